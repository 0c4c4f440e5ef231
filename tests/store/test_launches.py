"""A launch is kept whole, with its session, and shows no token."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from smartapp.store import Launch, Store, launches

LAUNCH = Launch(
    id="l1",
    session="s1",
    iss="https://ehr.example/fhir",
    patient="p1",
    user="Practitioner/dr1",
    scopes=frozenset({"patient/Condition.rs", "openid"}),
    fhir_context=({"reference": "MedicationRequest/o1"},),
    access_token="secret-access",
    refresh_token="secret-refresh",
    expires_at=datetime(2026, 6, 1, 13, tzinfo=UTC),
)


@pytest.fixture
def vault():
    store = Store("sqlite://")
    yield store.vault
    store.close()


def test_a_launch_comes_back_as_it_was_kept(vault):
    launches.save(vault, LAUNCH, seconds=60)
    launches.save(vault, replace(LAUNCH, id="l2", session="s2", expires_at=None), seconds=60)

    assert launches.load(vault, "l1") == LAUNCH
    assert launches.of_session(vault, "s1") == [LAUNCH]
    assert launches.load(vault, "l3") is None


def test_a_changed_launch_keeps_its_place_and_one_that_ended_stays_ended(vault):
    launches.save(vault, LAUNCH, seconds=60)

    after = launches.change(vault, "l1", lambda found: replace(found, access_token="new"))
    ended = launches.change(vault, "gone", lambda found: found)

    assert (after, ended) == (replace(LAUNCH, access_token="new"), None)
    assert launches.of_session(vault, "s1") == [after]
    assert launches.load(vault, "gone") is None


def test_of_two_changes_at_once_neither_is_lost(vault):
    launches.save(vault, LAUNCH, seconds=60)

    def late(found):
        if found.refresh_token == "secret-refresh":
            launches.change(vault, "l1", lambda other: replace(other, refresh_token="renewed"))
        return replace(found, user_name="Dr. Ada Hale")

    after = launches.change(vault, "l1", late)

    assert after == replace(LAUNCH, refresh_token="renewed", user_name="Dr. Ada Hale")


def test_a_launch_in_an_exception_or_a_log_shows_no_token():
    assert "secret" not in repr(LAUNCH)
