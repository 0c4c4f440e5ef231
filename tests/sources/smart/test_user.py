"""The user's name as the EHR writes it, directly or behind a role; a user without a name is nobody by name."""

import pytest

from smartapp.errors import Unreachable
from smartapp.sources.smart.user import name


class FakeServer:
    def __init__(self, **resources):
        self._resources = resources

    def read(self, reference, *, seconds):
        assert seconds <= 5
        kind = reference.partition("/")[0]
        if kind not in self._resources:
            raise Unreachable("It is not there.")
        return {"resourceType": kind, **self._resources[kind]}


DOCTOR = {"name": [{"prefix": ["Dr."], "given": ["Ada", "B."], "family": "Hale", "suffix": ["MD"]}]}


@pytest.mark.parametrize(
    ("practitioner", "said"),
    [
        (DOCTOR, "Dr. Ada B. Hale, MD"),
        ({"name": [{"text": " Ada Hale "}]}, "Ada Hale"),
        ({"name": [{"family": "Hale"}]}, "Hale"),
        ({"name": ["odd", {"given": [7], "family": 8}]}, None),
        ({"name": "odd"}, None),
        ({}, None),
    ],
)
def test_a_name_is_its_text_or_its_parts_in_order(practitioner, said):
    assert name(FakeServer(Practitioner=practitioner), "Practitioner/dr1") == said


def test_behind_a_role_is_its_practitioner():
    role = {"practitioner": {"reference": "Practitioner/dr1"}}

    assert (
        name(FakeServer(PractitionerRole=role, Practitioner=DOCTOR), "PractitionerRole/r1")
        == "Dr. Ada B. Hale, MD"
    )


@pytest.mark.parametrize("role", [{}, {"practitioner": {}}, {"practitioner": "odd"}])
def test_a_role_of_nobody_and_a_server_that_does_not_tell_give_no_name(role):
    assert name(FakeServer(PractitionerRole=role), "PractitionerRole/r1") is None
    assert name(FakeServer(), "Practitioner/dr1") is None
