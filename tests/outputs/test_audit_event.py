"""An audit line as an AuditEvent: whose fault a failure is, and which profile it may claim."""

from datetime import UTC, datetime

import pytest

from smartapp.outputs.audit_event import Noted, audit_event

AT = datetime(2026, 6, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("what", "status", "outcome"),
    [
        ("called", 200, "0"),
        ("called", 399, "0"),
        ("called", 400, "4"),
        ("called", 499, "4"),
        ("called", 500, "8"),
        ("not-written", 200, "8"),
        ("not-requested", 200, "8"),
        ("written", 200, "0"),
    ],
)
def test_a_callers_mistake_is_minor_and_what_was_not_done_is_serious(what, status, outcome):
    assert audit_event(Noted(id="1", what=what, at=AT, status=status))["outcome"] == outcome


@pytest.mark.parametrize(
    ("who", "patient", "claims"),
    [("Practitioner/1", "Patient/p", True), ("", "Patient/p", False), ("Practitioner/1", "", False)],
)
def test_a_profile_is_claimed_only_with_the_user_and_the_patient_it_asks_for(who, patient, claims):
    event = audit_event(Noted(id="1", what="saved", at=AT, who=who, patient=patient))

    assert ("meta" in event) is claims
