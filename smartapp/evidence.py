"""A resource as evidence: what it says in a few words, when, and by what it was recognised."""

from collections.abc import Iterator, Mapping
from typing import Any

from smartapp.facts import Resource
from smartapp.normalize.coding import is_added
from smartapp.normalize.terms import DISEASE_NAME, DRUG_NAME

_DATES = (
    "effectiveDateTime",
    "effectivePeriod",
    "effectiveInstant",
    "performedDateTime",
    "performedPeriod",
    "whenHandedOver",
    "whenPrepared",
    "onsetDateTime",
    "onsetPeriod",
    "occurrenceDateTime",
    "authoredOn",
    "authored",
    "recordedDate",
    "issued",
    "dateAsserted",
)


def text_of(resource: Resource) -> str:
    """What the resource says, in a few words of its own: "nivolumab 480 mg", "BRAF: not detected"."""
    kind = str(resource.get("resourceType"))
    said = _TEXTS.get(kind, _coded)(resource)
    return said or kind


def date_of(resource: Resource) -> str | None:
    """The day that the resource speaks of, as written (a partial date stays partial), or None.

    A Patient's birth date is what it says, not when.
    """
    for key in _DATES:
        if key not in resource:
            continue
        value = resource[key]
        if isinstance(value, str):
            return value[:10]
        if isinstance(value, dict) and (day := value.get("start") or value.get("end")):
            return str(day)[:10]
    return None


def origin_of(resource: Resource, identified_by: frozenset[tuple[str, str]]) -> str:
    """`attested`, `name-match` when only a name in text identified it, else `record`."""
    if resource.get("resourceType") == "QuestionnaireResponse":
        return "attested"
    codings = list(_codings(resource.get("medicationCodeableConcept") or resource.get("code")))
    if any((c.get("system"), c.get("code")) in identified_by and not _is_name(c) for c in codings):
        return "record"
    return "name-match" if any(_is_name(c) for c in codings) else "record"


def _coded(resource: Resource) -> str:
    return concept_text(resource.get("code"))


def _condition(resource: Resource) -> str:
    label, code = concept_text(resource.get("code")), _first_code(resource.get("code"))
    said = f"{label} ({code})" if code and label and code not in label else label or code or ""
    return ", ".join(part for part in (said, *_stages(resource)) if part)


def _stages(condition: Resource) -> Iterator[str]:
    stages = condition.get("stage")
    for stage in stages if isinstance(stages, list) else ():
        if isinstance(stage, dict) and (summary := concept_text(stage.get("summary"))):
            yield summary if "stag" in summary.lower() else f"stage {summary}"


def _procedure(resource: Resource) -> str:
    """What was done, and with which product."""
    used = resource.get("usedCode")
    products = [concept_text(concept) for concept in (used if isinstance(used, list) else ())]
    return ": ".join(part for part in (_coded(resource), ", ".join(filter(None, products))) if part)


def _medication(resource: Resource) -> str:
    drug = concept_text(resource.get("medicationCodeableConcept"))
    return " ".join(part for part in (drug, _dose(resource)) if part)


def _dose(resource: Resource) -> str:
    dosage = resource.get("dosage") or resource.get("dosageInstruction")
    first = dosage[0] if isinstance(dosage, list) and dosage else dosage
    if not isinstance(first, dict):
        return ""
    rates = first.get("doseAndRate")
    rate = rates[0] if isinstance(rates, list) and rates and isinstance(rates[0], dict) else {}
    dose = first.get("dose") or rate.get("doseQuantity")
    return _quantity(dose)


def _observation(resource: Resource) -> str:
    label, value = concept_text(resource.get("code")), _value(resource)
    readings = ", ".join(_readings(resource.get("interpretation")))
    said = value or readings
    return ": ".join(part for part in (label, said) if part)


def _report(resource: Resource) -> str:
    conclusion = resource.get("conclusion")
    return str(conclusion)[:160] if isinstance(conclusion, str) else _coded(resource)


def _patient(resource: Resource) -> str:
    born = resource.get("birthDate")
    return f"born {born}" if isinstance(born, str) else "no birth date"


def _practitioner(resource: Resource) -> str:
    names = resource.get("name")
    first = names[0] if isinstance(names, list) and names and isinstance(names[0], dict) else {}
    given = first.get("given")
    parts = [*(given if isinstance(given, list) else ()), first.get("family")]
    return str(first.get("text") or " ".join(part for part in parts if isinstance(part, str)))


def _response(_: Resource) -> str:
    return "answer in the prior-authorization form"


def _coverage(resource: Resource) -> str:
    return concept_text(resource.get("type"))


_TEXTS = {
    "Condition": _condition,
    "MedicationAdministration": _medication,
    "MedicationStatement": _medication,
    "MedicationRequest": _medication,
    "MedicationDispense": _medication,
    "Observation": _observation,
    "DiagnosticReport": _report,
    "Procedure": _procedure,
    "Patient": _patient,
    "Practitioner": _practitioner,
    "QuestionnaireResponse": _response,
    "Coverage": _coverage,
}


def concept_text(concept: Any) -> str:
    """The text of a CodeableConcept as it was sent; an added label or a bare code where it has none."""
    if not isinstance(concept, dict):
        return ""
    if isinstance(concept.get("text"), str) and concept["text"].strip():
        return str(concept["text"]).strip()
    codings = list(_codings(concept))
    sent = [c for c in codings if not is_added(c)]
    for coding in (*sent, *codings):
        if isinstance(coding.get("display"), str) and coding["display"].strip():
            return str(coding["display"]).strip()
    return next((str(c["code"]) for c in (*sent, *codings) if c.get("code")), "")


def _first_code(concept: Any) -> str | None:
    return next((str(c["code"]) for c in _codings(concept) if c.get("code") and not is_added(c)), None)


def _value(resource: Resource) -> str:
    if isinstance(resource.get("valueCodeableConcept"), dict):
        return concept_text(resource["valueCodeableConcept"])
    if isinstance(resource.get("valueQuantity"), dict):
        return _quantity(resource["valueQuantity"])
    value = next(
        (resource[k] for k in ("valueString", "valueInteger", "valueBoolean") if k in resource), None
    )
    return "" if value is None else str(value)[:160]


def _quantity(quantity: Any) -> str:
    if not isinstance(quantity, dict) or quantity.get("value") is None:
        return ""
    return f"{quantity['value']} {quantity.get('unit') or quantity.get('code') or ''}".strip()


def _readings(interpretation: Any) -> Iterator[str]:
    for concept in interpretation if isinstance(interpretation, list) else ():
        for coding in _codings(concept):
            if isinstance(coding.get("display"), str):
                yield coding["display"]


def _codings(concept: Any) -> Iterator[Mapping[str, Any]]:
    codings = concept.get("coding") if isinstance(concept, dict) else None
    for coding in codings if isinstance(codings, list) else ():
        if isinstance(coding, dict):
            yield coding


def _is_name(coding: Mapping[str, Any]) -> bool:
    return coding.get("system") in (DRUG_NAME, DISEASE_NAME)
