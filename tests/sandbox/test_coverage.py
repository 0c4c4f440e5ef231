"""What a payer said about an order's coverage, on the EHR's screen: in words, with the codes beside them."""

from datetime import UTC, datetime

import pytest

from smartapp.sandbox.fhir.records import Records
from smartapp.sandbox.screen.coverage import Line, lines

URL = "http://hl7.org/fhir/us/davinci-crd/StructureDefinition/ext-coverage-information"
PLAN = {
    "resourceType": "Coverage",
    "id": "c1",
    "payor": [{"display": "Example Health"}],
    "class": [{"name": "Gold"}],
}
# CRD 2.0.1 and 2.2.1
CODES = {
    "covered": ["covered", "not-covered", "conditional", "indeterminate"],
    "pa-needed": ["no-auth", "auth-needed", "satisfied", "performpa", "conditional", "indeterminate"],
    "doc-needed": ["clinical", "admin", "both", "patient", "conditional", "indeterminate"],
    "doc-purpose": ["withpa", "withclaim", "withorder", "retain-doc", "OTH"],
    "info-needed": ["performer", "location", "timeframe", "contract-window", "detail-code", "OTH"],
}


def records(*resources):
    held = Records(clock=lambda: datetime(2026, 6, 1, tzinfo=UTC))
    held.load(resources)
    return held


def shown(*parts, others=()):
    orders = [{"url": URL, "extension": list(each)} for each in (parts, *others)]
    order = {"resourceType": "MedicationRequest", "extension": [{"url": "https://other.example"}, *orders]}
    return list(lines(order, records=records(PLAN)))


def code(url, value):
    return {"url": url, "valueCode": value}


@pytest.mark.parametrize(("part", "value"), [(part, each) for part, codes in CODES.items() for each in codes])
def test_every_code_of_crd_is_told_in_words_and_stays_visible(part, value):
    ((line,),) = shown(code(part, value))

    assert line.code == value
    assert line.words[:1].isupper()
    assert line.label not in ("", part)


def test_no_two_codes_of_a_part_read_alike():
    words = {(part, shown(code(part, value))[0][0].words) for part, codes in CODES.items() for value in codes}

    assert len(words) == sum(map(len, CODES.values()))


def test_a_code_that_is_not_known_is_shown_as_it_is():
    assert shown(code("covered", "perhaps")) == [[Line(label="Coverage", words="", code="perhaps")]]


def test_a_part_that_is_said_twice_is_shown_twice():
    """Story: of two kinds of documentation only the last was shown."""
    found = shown(code("doc-needed", "clinical"), code("covered", "covered"), code("doc-needed", "admin"))

    assert [line.code for line in found[0]] == ["covered", "clinical", "admin"]


def test_each_plan_is_named_with_what_is_said_of_it_and_why():
    known = {"url": "coverage", "valueReference": {"reference": "Coverage/c1"}}
    unknown = {"url": "coverage", "valueReference": {"reference": "Coverage/elsewhere"}}
    reason = {"url": "reason", "valueCodeableConcept": {"text": "BRAF is open."}}
    on, until = {"url": "date", "valueDate": "2026-06-01"}, {"url": "expiry-date", "valueDate": "2026-08-30"}

    found = shown(on, until, reason, known, others=[[unknown]])

    assert [[(line.label, line.words) for line in each] for each in found] == [
        [
            ("Plan", "Example Health, Gold"),
            ("Reason", "BRAF is open."),
            ("Said on", "2026-06-01"),
            ("Holds until", "2026-08-30"),
        ],
        [("Plan", "Coverage/elsewhere")],
    ]


def test_an_order_of_which_nothing_was_said_shows_nothing():
    assert list(lines({"resourceType": "MedicationRequest"}, records=records())) == []
