"""Scopes as what they allow, in both versions."""

import pytest

from smartapp.sources import granted


@pytest.mark.parametrize(
    ("scope", "allowed"),
    [
        ("patient/Condition.rs", "rs"),
        ("patient/Condition.read", "rs"),
        ("user/Condition.cruds", "cruds"),
        ("patient/Condition.write", "cud"),
        ("patient/*.read", "rs"),
        ("system/*.*", "crus"),
        ("patient/Condition.s", "s"),
        ("patient/Observation.rs", ""),
        ("patient/Condition.rs?category=problem-list-item", "rs"),
    ],
)
def test_a_scope_allows_what_its_letters_say(scope, allowed):
    grant = granted.read(["launch", "openid", scope])

    assert {letter for letter in "crus" if grant.allows("Condition", letter)} == set(allowed) - {"d"}


@pytest.mark.parametrize(
    "scopes", [[], ["launch", "openid", "fhirUser"], ["patient/Condition", "Condition.read"]]
)
def test_scopes_that_name_no_type_leave_it_to_the_server(scopes):
    assert granted.read(scopes) is granted.EVERYTHING


def test_a_part_of_a_type_is_not_the_whole_unless_the_whole_is_granted_too():
    part = "patient/Observation.rs?category=laboratory"

    alone, beside = granted.read([part]), granted.read([part, "user/Observation.read"])

    assert (alone.allows_part("Observation", "s"), beside.allows_part("Observation", "s")) == (True, False)
