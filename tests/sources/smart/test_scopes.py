"""Scopes: asked in the version that the server speaks, compared as sets of letters."""

import pytest

from smartapp.ehrs import SCOPES, Ehr
from smartapp.sources.smart.discovery import Metadata
from smartapp.sources.smart.scopes import missing, to_ask


def asked(*capabilities, scopes=(), launched=True, **flags):
    metadata = Metadata(
        authorization_endpoint="",
        token_endpoint="",
        capabilities=frozenset(capabilities),
        scopes=frozenset(scopes),
    )
    return to_ask(Ehr(name="Hospital", iss="https://ehr.example", **flags), metadata, launched=launched)


V2 = "patient/Condition.rs"
V1 = "patient/Condition.read"


@pytest.mark.parametrize(
    ("given", "scope"),
    [
        (asked("permission-v1", "permission-v2"), V2),
        (asked("permission-v2"), V2),
        (asked("permission-v1"), V1),
        (asked(), V1),
        (asked(scopes=["patient/*.rs"]), V2),
        (asked(scopes=["patient/*.read"]), V1),
        (asked("permission-v1", scope_version="v2"), V2),
        (asked("permission-v2", scope_version="v1"), V1),
    ],
)
def test_the_version_is_chosen_from_the_capabilities_unless_it_is_set(given, scope):
    assert scope in given.split()
    assert ({V1, V2} - {scope}).isdisjoint(given.split())


def test_reading_and_writing_are_two_scopes_in_version_1_and_letters_in_version_2():
    given = asked(scopes=("patient/A.cus", "patient/B.r", "patient/C.d?x=y"), scope_version="v1")
    own = to_ask(
        Ehr(name="H", iss="https://e.example", scopes=("patient/A.cus", "patient/B.r", "user/C.d?x=y")),
        Metadata(authorization_endpoint="", token_endpoint="", capabilities=frozenset({"permission-v1"})),
        launched=True,
    )

    assert given.startswith("launch openid fhirUser ")
    assert own.split()[3:] == ["patient/A.read", "patient/A.write", "patient/B.read", "user/C.write"]


def test_online_access_is_asked_for_where_it_is_offered_and_a_standalone_launch_asks_for_a_patient():
    assert "online_access" not in asked("permission-v2").split()
    assert "online_access" in asked("permission-online").split()
    assert "online_access" in asked(scopes=["online_access"]).split()
    assert asked(launched=False).split()[0] == "launch/patient"


def test_what_was_not_granted_is_told_as_letters_by_type():
    granted = ["launch", "patient/Condition.read", "patient/Observation.r", "user/Coverage.rs?x=y"]

    gaps = missing(
        ["patient/Condition.rs", "patient/Observation.rs", "patient/Coverage.rs", *SCOPES[:1]], granted
    )

    assert gaps == {"Observation": frozenset("s"), "Patient": frozenset("r")}


def test_a_grant_that_names_no_type_or_every_type_lacks_nothing():
    assert missing(SCOPES, ["launch", "openid", "fhirUser"]) == {}
    assert missing(SCOPES, ["patient/*.cruds"]) == {}
