"""A second policy is files in a folder and no Python: an invented one about nivolumab for kidney cancer."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from smartapp.determination import Answer, Outcome
from smartapp.facts import Facts
from smartapp.flow import determine, review
from smartapp.policies import load_catalog
from smartapp.policies.catalog import DEFAULT_FOLDER

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
PATIENT = {"resourceType": "Patient", "id": "k", "birthDate": "1970-05-04"}
ORDER = {
    "resourceType": "MedicationRequest",
    "id": "o",
    "status": "draft",
    "intent": "order",
    "subject": {"reference": "Patient/k"},
    "medicationCodeableConcept": {"text": "nivolumab 480 mg every 4 weeks"},
}
KIDNEY = {
    "resourceType": "Condition",
    "id": "c",
    "subject": {"reference": "Patient/k"},
    "code": {"coding": [{"system": "http://hl7.org/fhir/sid/icd-10-cm", "code": "C64.1"}]},
}
SUTENT = {
    "resourceType": "MedicationStatement",
    "id": "s",
    "status": "completed",
    "subject": {"reference": "Patient/k"},
    "medicationCodeableConcept": {"text": "Sutent 50 mg"},
    "effectiveDateTime": "2024-03",
}


@pytest.fixture(scope="module")
def catalog():
    return load_catalog(DEFAULT_FOLDER, Path(__file__).parent / "second")


def facts(*resources):
    return Facts(patient_id="k", resources=(PATIENT, *resources))


def test_each_order_finds_its_own_policy(catalog):
    lifileucel = {**ORDER, "medicationCodeableConcept": {"text": "Amtagvi"}}

    found = [catalog.match(order).policy.name for order in (ORDER, lifileucel)]

    assert found == ["NivolumabKidney", "TILMelanoma"]


def test_the_second_policy_decides_by_its_own_cql_names_and_wording(catalog):
    policy = catalog.policy("NivolumabKidney")

    determination = determine(policy, facts(KIDNEY, SUTENT), order=ORDER, now=NOW)

    assert determination.outcome is Outcome.MET
    assert [(c.id, c.answer, [e.reference for e in c.evidence]) for c in determination.criteria] == [
        ("adult", Answer.MET, ["Patient/k"]),
        ("kidney", Answer.MET, ["Condition/c"]),
        ("tki", Answer.MET, ["MedicationStatement/s"]),
    ]
    assert determination.criteria[2].evidence[0].origin == "name-match"


def test_silence_is_unknown_in_the_second_policy_too(catalog):
    policy = catalog.policy("NivolumabKidney")

    determination = determine(policy, facts(KIDNEY), order=ORDER, now=NOW)

    assert determination.outcome is Outcome.NEEDS_INFORMATION
    assert determination.criteria[2].reason == "None was found."


def test_its_form_is_filled_by_its_own_expressions(catalog):
    policy = catalog.policy("NivolumabKidney")

    response = review(policy, facts(KIDNEY), order=ORDER, now=NOW).response()

    assert response["questionnaire"] == "https://smartapp.example/fhir/Questionnaire/NivolumabKidney|1.0.0"
    assert response["item"][0]["answer"][0]["valueBoolean"] is True


def test_a_second_policy_does_not_change_the_first(catalog):
    kidney_cancer_by_name = {**KIDNEY, "code": {"text": "renal cell carcinoma"}}
    alone, beside = (found.policy("TILMelanoma") for found in (load_catalog(), catalog))

    answers = [
        determine(policy, facts(kidney_cancer_by_name), order=None, now=NOW) for policy in (alone, beside)
    ]

    assert answers[0] == answers[1]
