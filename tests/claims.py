"""Signed reviews for tests of requests to payers."""

from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from typing import Any

from smartapp import flow
from smartapp.facts import Facts
from smartapp.outputs.claim import Case, Party
from smartapp.outputs.dialect import Dialect
from smartapp.policies import load_catalog

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
ISS = "https://ehr.example/fhir"
PATIENT: dict[str, Any] = {
    "resourceType": "Patient",
    "id": "p1",
    "identifier": [
        {"system": "https://ehr.example/mrn", "value": "M1", "assigner": {"reference": "Organization/h"}}
    ],
    "name": [{"family": "Marrow", "given": ["Ann"]}],
    "gender": "female",
    "birthDate": "1960-05-04",
    "photo": [{"url": "https://ehr.example/photo"}],
    "managingOrganization": {"reference": "Organization/h"},
}
PLAN: dict[str, Any] = {
    "resourceType": "Organization",
    "id": "plan",
    "name": "Example Health Plan",
    "partOf": {"reference": "Organization/parent"},
}
COVERAGE: dict[str, Any] = {
    "resourceType": "Coverage",
    "id": "cov",
    "status": "active",
    "subscriberId": "MBR-1",
    "subscriber": {"reference": "Patient/p1"},
    "beneficiary": {"reference": "Patient/p1"},
    "payor": [{"reference": "Organization/plan", "display": "Example Health Plan"}],
}
CONDITION: dict[str, Any] = {
    "resourceType": "Condition",
    "id": "c1",
    "clinicalStatus": {
        "coding": [{"system": "http://terminology.hl7.org/CodeSystem/condition-clinical", "code": "active"}]
    },
    "code": {"coding": [{"system": "http://hl7.org/fhir/sid/icd-10-cm", "code": "C43.59"}]},
    "subject": {"reference": f"{ISS}/Patient/p1"},
    "encounter": {"reference": "Encounter/e1"},
}
ORDER: dict[str, Any] = {
    "resourceType": "MedicationRequest",
    "id": "o1",
    "status": "active",
    "intent": "order",
    "medicationCodeableConcept": {
        "coding": [
            {
                "system": "http://www.nlm.nih.gov/research/umls/rxnorm",
                "code": "2675868",
                "display": "lifileucel",
            }
        ]
    },
    "subject": {"reference": "Patient/p1"},
    "encounter": {"reference": "Encounter/e1", "display": "Oncology visit"},
    "authoredOn": "2026-05-30T09:00:00Z",
    "requester": {"reference": "Practitioner/hale", "display": "Dr. Rowan Halewick"},
    "reasonReference": [{"reference": "Condition/c1"}],
    "insurance": [{"reference": "Coverage/cov"}],
}
SERVICE: dict[str, Any] = {key: value for key, value in ORDER.items() if not key.startswith("medication")} | {
    "resourceType": "ServiceRequest",
    "code": {
        "coding": [{"system": "https://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets", "code": "S2107"}],
        "text": "lifileucel",
    },
}
RESPONSE: dict[str, Any] = {
    "resourceType": "QuestionnaireResponse",
    "id": "work",
    "identifier": {"system": "https://smartapp.example/fhir/sid/written", "value": "work.1"},
    "questionnaire": "https://smartapp.example/fhir/Questionnaire/TILMelanoma|1.0.0",
    "status": "completed",
    "subject": {"reference": "Patient/p1"},
    "encounter": {"reference": "Encounter/e1"},
    "authored": "2026-06-01T12:00:00+00:00",
    "author": {"reference": "Practitioner/hale", "display": "Dr. Rowan Halewick"},
    "extension": [
        {
            "url": "http://hl7.org/fhir/us/davinci-dtr/StructureDefinition/qr-context",
            "valueReference": {"reference": "MedicationRequest/o1"},
        },
        {
            "url": "http://hl7.org/fhir/us/davinci-dtr/StructureDefinition/qr-context",
            "valueReference": {"reference": "Coverage/cov"},
        },
    ],
    "item": [{"linkId": "x", "answer": [{"valueBoolean": True}]}],
}


@cache
def _policy() -> Any:
    return load_catalog().policies[0]


def chart(*more: dict[str, Any], without: tuple[str, ...] = ()) -> Facts:
    held = (PATIENT, COVERAGE, PLAN, CONDITION, ORDER)
    kept = tuple(r for r in held if r["resourceType"] not in without)
    return Facts(patient_id="p1", resources=(*kept, *more))


def case(facts: Facts | None = None, *, dialect: Dialect = Dialect.V2_2, **changed: Any) -> Case:
    facts = facts or chart()
    order = changed.pop("order", ORDER)
    review = flow.review(_policy(), facts, order=order, now=NOW)
    given = Case(
        id="work.1",
        policy=_policy(),
        determination=review.determination,
        facts=facts,
        order=order,
        coverage=COVERAGE,
        extension={
            "url": "http://hl7.org/fhir/us/davinci-crd/StructureDefinition/ext-coverage-information",
            "extension": [{"url": "coverage", "valueReference": {"reference": "Coverage/cov"}}],
        },
        response=RESPONSE,
        signed_at=NOW,
        planned="2026-06-20",
        iss=ISS,
        dialect=dialect,
        provider=Party(
            name="Example Cancer Center",
            identifier={"system": "http://hl7.org/fhir/sid/us-npi", "value": "1234567893"},
        ),
    )
    return replace(given, **changed)
