"""The use case, where the spec cases cannot see it."""

from datetime import UTC, datetime

import pytest

from smartapp.determination import Answer, Outcome
from smartapp.facts import Facts, Gap, Unread
from smartapp.flow import determine
from smartapp.outputs.form.answers import ORIGIN
from smartapp.policies import load_catalog
from smartapp.reviews.response import SIGNATURE

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
PATIENT = {"resourceType": "Patient", "id": "p", "birthDate": "1960-05-04"}
ORDER = {
    "resourceType": "ServiceRequest",
    "id": "o",
    "status": "draft",
    "intent": "order",
    "subject": {"reference": "Patient/p"},
    "authoredOn": "2026-06-01",
    "code": {
        "coding": [{"system": "https://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets", "code": "S2107"}]
    },
}


def asked(*unread):
    policy = load_catalog().policy("TILMelanoma")
    facts = Facts(patient_id="p", resources=(PATIENT,), unread=unread)
    return determine(policy, facts, order=ORDER, now=NOW)


def test_a_bare_code_gets_no_answer_when_the_record_shows_no_melanoma():
    assert asked().outcome is None


@pytest.mark.parametrize("kind", ["Condition", "*"])
def test_a_bare_code_is_not_answered_with_silence_when_conditions_could_not_be_read(kind):
    """Story: with Condition refused (403), S2107 got the empty answer of another drug's order."""
    refused = Unread(type=kind, gap=Gap.NOT_GRANTED, text="The EHR refused Condition (403).")

    determination = asked(refused)

    assert determination.outcome is Outcome.NEEDS_INFORMATION
    assert determination.criteria[1].answer is Answer.UNKNOWN
    assert "The EHR refused Condition (403)." in determination.criteria[1].reason


def test_a_signed_form_that_repeats_the_chart_is_no_second_evidence():
    """Story: at the order after the signature the card said "born 1960-05-04 and 1 more"."""
    signature = {"url": SIGNATURE, "valueSignature": {"when": "2026-05-30T10:00:00Z"}}
    forms = [_signed(signature, origin) for origin in ("auto", "auto-client", "override")]

    found = [_adult_evidence(form) for form in forms]

    assert found == [["Patient/p"], ["Patient/p"], ["Patient/p", "QuestionnaireResponse/f"]]


def _signed(signature, origin):
    source = {"url": ORIGIN, "extension": [{"url": "source", "valueCode": origin}]}
    born = {"linkId": "patient.birthDate", "answer": [{"valueDate": "1960-05-04", "extension": [source]}]}
    return {
        "resourceType": "QuestionnaireResponse",
        "id": "f",
        "status": "completed",
        "subject": {"reference": "Patient/p"},
        "extension": [signature],
        "item": [born],
    }


def _adult_evidence(form):
    policy = load_catalog().policy("TILMelanoma")
    facts = Facts(patient_id="p", resources=(PATIENT, form))
    order = {**ORDER, "code": {"text": "lifileucel"}}
    adult = determine(policy, facts, order=order, now=NOW).criteria[0]
    return [evidence.reference for evidence in adult.evidence]
