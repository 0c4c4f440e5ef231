"""HAPI's validator over what is loaded into test servers, and over the audit trail."""

import itertools
from datetime import UTC, date, datetime

import pytest
from fakes_reviews import COMPLETE, FakeWriter, Service
from integration.explained import unexplained

from smartapp.outputs.audit_event import Noted, audit_event
from smartapp.reviews import export
from smartapp.reviews.submission import submit
from smartapp.sandbox.seeding import transactions

BALP = {
    r"error: (Invalid profile. Failed to retrieve profile with url=|Profile reference ').*/BALP/StructureDefinition/": (
        "the package of IHE BALP cannot be had here; tests/web/callers/test_trail.py holds us to what it asks"
    ),
    r"warning: The Coding provided \(\S+/BALP/CodeSystem/BasicAuditEntityType#XrequestId\) ": (
        "extensible, and BALP asks for this code"
    ),
}
"""What the validator says of audit events besides."""
WHATS = (
    *("called", "queried", "read", "refreshed", "resumed", "saved", "kept", "signed", "amended", "written"),
    *("not-written", "downloaded", "requested", "not-requested", "asked-payer", "something new"),
)
URL = "https://app.example"


@pytest.fixture(scope="module")
def validator(judging):
    with judging("2.0") as validator:
        yield validator


@pytest.mark.parametrize("bundle", transactions(date(2026, 11, 24)).items(), ids=lambda one: one[0])
def test_a_practice_patient_is_loaded_in_a_valid_transaction(validator, bundle):
    assert unexplained(validator, [bundle[1]]) == set()


def test_the_trail_of_a_review_is_valid(validator):
    service = Service()
    visit = service.open()
    service.reviews.sign(visit, service.form(visit, COMPLETE, token="t1"))
    submit(service.reviews, visit, writer=FakeWriter(refuses=True), packet=lambda: b"%PDF")
    submit(service.reviews, visit, writer=FakeWriter(), packet=lambda: b"%PDF")

    events = list(export.events(service.store, service=URL))

    assert {"signed", "written", "not written"} <= {event["outcomeDesc"] for event in events}
    assert unexplained(validator, events, BALP) == set()


def test_whatever_is_noted_is_told_in_a_valid_event(validator):
    events = [
        audit_event(
            Noted(
                id="audit-1",
                what=what,
                at=datetime(2026, 6, 1, 12, tzinfo=UTC),
                who=who,
                about="review-1",
                patient=patient,
                status=status,
                service=URL,
                server="https://ehr.example/fhir",
                queries=("Condition?patient=p",),
            )
        )
        for what, who, patient, status in itertools.product(
            WHATS,
            ("Practitioner/d", "a client", ""),
            ("Patient/p", ""),
            (200, 404, 500),
        )
    ]

    assert unexplained(validator, events, BALP) == set()
