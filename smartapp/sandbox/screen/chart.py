"""A patient's record as the chart shows it: a line for each resource."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from smartapp.facts import Resource
from smartapp.sandbox.fhir.access import patient_of
from smartapp.sandbox.fhir.names import name_of
from smartapp.sandbox.fhir.records import Records

SECTIONS: Mapping[str, tuple[str, ...]] = {
    "Problems": ("Condition",),
    "Treatment": (
        "MedicationAdministration",
        "MedicationStatement",
        "MedicationDispense",
        "Procedure",
    ),
    "Results": ("Observation", "DiagnosticReport"),
    "Coverage": ("Coverage",),
}
WRITTEN = ("QuestionnaireResponse", "DocumentReference", "Task")
_WHEN = (
    "effectiveDateTime",
    "effectivePeriod",
    "performedDateTime",
    "performedPeriod",
    "onsetDateTime",
    "authoredOn",
    "authored",
    "date",
    "whenHandedOver",
    "recordedDate",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One resource in the chart."""

    reference: str
    text: str
    when: str
    status: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Banner:
    """Who the patient is."""

    id: str
    name: str
    born: str
    age: str
    gender: str
    mrn: str


def banner(patient: Resource, *, today: date) -> Banner:
    """The patient's identity, as the banner shows it."""
    born = str(patient.get("birthDate", ""))
    return Banner(
        id=patient["id"],
        name=name_of(patient),
        born=born,
        age=_age(born, today),
        gender=str(patient.get("gender", "")),
        mrn=str(patient.get("identifier", [{}])[0].get("value", "")),
    )


def sections(records: Records, patient: str) -> Iterator[tuple[str, list[Line]]]:
    """Each section's title with its lines, newest first."""
    for title, types in SECTIONS.items():
        yield title, lines(records, patient, *types)


def lines(records: Records, patient: str, *types: str) -> list[Line]:
    """The lines of some types, newest first."""
    held = [found for name in types for found in records.of_type(name) if patient_of(found) == patient]
    return sorted(map(line, held), key=lambda shown: shown.when, reverse=True)


def line(resource: Resource) -> Line:
    """One resource in a line."""
    return Line(
        reference=f"{resource['resourceType']}/{resource['id']}",
        text=text_of(resource),
        when=_when(resource),
        status=str(resource.get("status") or _status(resource)),
    )


def text_of(resource: Resource) -> str:
    """What a resource says, in a few words."""
    if resource["resourceType"] == "Coverage":
        plans = [entry.get("name", "") for entry in resource.get("class", ())]
        return ", ".join(filter(None, [resource["payor"][0].get("display", ""), *plans]))
    if resource["resourceType"] == "QuestionnaireResponse":
        return "Prior-authorization form"
    for element in ("medicationCodeableConcept", "code", "type"):
        if words := said(resource.get(element)):
            value = _value(resource)
            return f"{words}: {value}" if value else words
    reference = resource.get("medicationReference", {})
    return str(reference.get("display") or resource.get("description") or resource["resourceType"])


def said(concept: Any) -> str:
    """The words of a CodeableConcept: its text, a display or a code."""
    if not isinstance(concept, dict):
        return ""
    displays = [coding.get("display") or coding.get("code", "") for coding in concept.get("coding", ())]
    return str(concept.get("text") or next(iter(displays), ""))


def _value(resource: Resource) -> str:
    if "valueInteger" in resource:
        return str(resource["valueInteger"])
    return said(resource.get("valueCodeableConcept")) or str(resource.get("valueString", ""))


def _when(resource: Resource) -> str:
    value = next((resource[name] for name in _WHEN if name in resource), "")
    if isinstance(value, dict):
        return " to ".join(filter(None, (value.get("start", ""), value.get("end", ""))))
    return str(value)[:10]


def _status(resource: Resource) -> str:
    parts = (resource.get("clinicalStatus"), resource.get("verificationStatus"))
    return ", ".join(filter(None, map(said, parts)))


def _age(born: str, today: date) -> str:
    try:
        year, month, day = (*map(int, born.split("-")), 1, 1)[:3]
    except ValueError:
        return ""
    return f"{today.year - year - ((today.month, today.day) < (month, day))} y"
