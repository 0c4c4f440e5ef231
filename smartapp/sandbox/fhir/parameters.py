"""The search parameters of each type: what the store can search is exactly what is listed here."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

Kind = Literal["reference", "token", "date", "string", "uri"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """A search parameter: how it compares, and the elements that it looks at."""

    kind: Kind
    elements: tuple[str, ...]
    target: str | None = None
    """For a reference: the type that a bare id means, and that _include brings."""


def _reference(element: str, target: str) -> Parameter:
    return Parameter(kind="reference", elements=(element,), target=target)


def _token(*elements: str) -> Parameter:
    return Parameter(kind="token", elements=elements)


def _date(*elements: str) -> Parameter:
    return Parameter(kind="date", elements=elements)


def _string(*elements: str) -> Parameter:
    return Parameter(kind="string", elements=elements)


_EVERY = {"_id": _token("id"), "_lastUpdated": _date("meta.lastUpdated")}
_OF_PATIENT = {"patient": _reference("subject", "Patient"), "subject": _reference("subject", "Patient")}
_DRUG = {
    "code": _token("medicationCodeableConcept"),
    "medication": _reference("medicationReference", "Medication"),
}
_STATUS = {"status": _token("status")}
_NAMED = {"name": _string("name.family", "name.given", "name.text"), "identifier": _token("identifier")}

TYPES: Mapping[str, Mapping[str, Parameter]] = MappingProxyType(
    {
        name: MappingProxyType({**_EVERY, **parameters})
        for name, parameters in {
            "AllergyIntolerance": {"patient": _reference("patient", "Patient")},
            "Condition": {
                **_OF_PATIENT,
                "category": _token("category"),
                "clinical-status": _token("clinicalStatus"),
                "verification-status": _token("verificationStatus"),
                "code": _token("code"),
                "onset-date": _date("onsetDateTime", "onsetPeriod"),
                "recorded-date": _date("recordedDate"),
            },
            "Coverage": {
                **_STATUS,
                "patient": _reference("beneficiary", "Patient"),
                "beneficiary": _reference("beneficiary", "Patient"),
                "type": _token("type"),
            },
            "DiagnosticReport": {
                **_OF_PATIENT,
                **_STATUS,
                "category": _token("category"),
                "code": _token("code"),
                "date": _date("effectiveDateTime", "effectivePeriod"),
            },
            "DocumentReference": {
                **_OF_PATIENT,
                **_STATUS,
                "identifier": _token("identifier"),
                "category": _token("category"),
                "type": _token("type"),
                "date": _date("date"),
            },
            "Encounter": {**_OF_PATIENT, **_STATUS, "date": _date("period")},
            "FamilyMemberHistory": {**_STATUS, "patient": _reference("patient", "Patient")},
            "Medication": {"code": _token("code")},
            "MedicationAdministration": {
                **_OF_PATIENT,
                **_STATUS,
                **_DRUG,
                "effective-time": _date("effectiveDateTime", "effectivePeriod"),
            },
            "MedicationDispense": {
                **_OF_PATIENT,
                **_STATUS,
                **_DRUG,
                "whenhandedover": _date("whenHandedOver"),
            },
            "MedicationRequest": {
                **_OF_PATIENT,
                **_STATUS,
                **_DRUG,
                "identifier": _token("identifier"),
                "intent": _token("intent"),
                "authoredon": _date("authoredOn"),
            },
            "MedicationStatement": {
                **_OF_PATIENT,
                **_STATUS,
                **_DRUG,
                "effective": _date("effectiveDateTime", "effectivePeriod"),
            },
            "Observation": {
                **_OF_PATIENT,
                **_STATUS,
                "category": _token("category"),
                "code": _token("code"),
                "date": _date("effectiveDateTime", "effectivePeriod"),
            },
            "Organization": _NAMED,
            "Patient": {
                **_NAMED,
                "family": _string("name.family"),
                "given": _string("name.given"),
                "birthdate": _date("birthDate"),
                "gender": _token("gender"),
            },
            "Practitioner": _NAMED,
            "Procedure": {
                **_OF_PATIENT,
                **_STATUS,
                "code": _token("code"),
                "date": _date("performedDateTime", "performedPeriod"),
            },
            "QuestionnaireResponse": {
                **_OF_PATIENT,
                **_STATUS,
                "identifier": _token("identifier"),
                "questionnaire": Parameter(kind="uri", elements=("questionnaire",)),
                "authored": _date("authored"),
            },
            "ServiceRequest": {
                **_OF_PATIENT,
                **_STATUS,
                "identifier": _token("identifier"),
                "intent": _token("intent"),
                "code": _token("code"),
                "authored": _date("authoredOn"),
            },
            "Task": {
                **_STATUS,
                "patient": _reference("for", "Patient"),
                "identifier": _token("identifier"),
                "code": _token("code"),
            },
        }.items()
    }
)
WRITABLE = ("DocumentReference", "MedicationRequest", "QuestionnaireResponse", "ServiceRequest", "Task")
"""The types that clients may create and update."""
INCLUDES = tuple(f"{name}:medication" for name, parameters in TYPES.items() if "medication" in parameters)
RESULTS = ("_count", "_sort", "_include", "_offset", "_format")
"""The parameters that shape an answer instead of choosing resources."""
COMPARTMENT: Mapping[str, str] = MappingProxyType(
    {name: parameters["patient"].elements[0] for name, parameters in TYPES.items() if "patient" in parameters}
)
"""For each type of the patient's compartment the element that names the patient."""
