"""Which elements of which resource the criteria read, and of what shape they have to be."""

from collections.abc import Mapping
from typing import Any

from smartapp.normalize.primitives import MISFIT, boolean, day, identifier, number, text, word
from smartapp.normalize.shapes import (
    Shape,
    anything,
    concept,
    many,
    members,
    note,
    period,
    quantity,
    record,
    reference,
)

_EXTENSION: dict[str, Shape] = {
    "url": text,
    "valueCodeableConcept": concept,
    "valueReference": reference,
    "valueString": text,
    "valueCode": text,
    "valueBoolean": boolean,
    "valueDateTime": day,
    "valueDate": day,
    "valuePeriod": period,
}


def extension(value: Any) -> Any:
    """An extension has a url; extensions inside are read too."""
    if type(value) is not dict or type(value.get("url")) is not str:
        return MISFIT
    return members(value, _EXTENSION)


_EXTENSION["extension"] = many(extension)


def _whose(value: Any) -> Any:
    """A reference, also as a mere string or as the only one of a list: it may name another patient."""
    if type(value) is dict:
        return reference(value)
    if type(value) is str:
        return {"reference": value}
    return _whose(value[0]) if type(value) is list and len(value) == 1 else MISFIT


_VALUE: dict[str, Shape] = {
    "valueCodeableConcept": concept,
    "valueString": text,
    "valueBoolean": boolean,
    "valueQuantity": quantity,
    "valueInteger": number,
    "valueDateTime": day,
    "valuePeriod": period,
    "interpretation": many(concept),
    "dataAbsentReason": concept,
}
_LINKS: dict[str, Shape] = dict.fromkeys(
    ("reasonReference", "basedOn", "focus", "hasMember", "result", "authorizingPrescription"), many(reference)
) | {"request": reference, "stage": many(record(summary=concept, type=concept, assessment=many(reference)))}
_PERIODS: dict[str, Shape] = dict.fromkeys(
    ("effectivePeriod", "performedPeriod", "onsetPeriod", "occurrencePeriod", "abatementPeriod"), period
)
# What some step reads of whatever resource, so that it has to be sound even where FHIR has no such element.
_COMMON: dict[str, Shape] = {
    "id": identifier,
    "status": word,
    "extension": many(extension),
    "contained": many(anything),
    "subject": _whose,
    "patient": _whose,
    "note": many(note),
    "reasonCode": many(concept),
    **_LINKS,
    **_PERIODS,
}
_TIMING = record(event=many(day), repeat=record(boundsPeriod=period))
_DOSAGE = record(
    text=text,
    timing=_TIMING,
    dose=quantity,
    doseQuantity=quantity,
    doseAndRate=many(record(doseQuantity=quantity)),
)
_MEDICATION: dict[str, Shape] = _COMMON | {
    "medicationCodeableConcept": concept,
    "medicationReference": reference,
    "category": concept,
    "statusReason": many(concept),
    "effectiveDateTime": day,
    "dateAsserted": day,
    "whenHandedOver": day,
    "whenPrepared": day,
}


def _answer(value: Any) -> Any:
    return members(value, _ANSWER) if type(value) is dict else MISFIT


def _item(value: Any) -> Any:
    return members(value, _ITEM) if type(value) is dict else MISFIT


_ANSWER: dict[str, Shape] = {
    "valueBoolean": boolean,
    "valueString": text,
    "valueDate": day,
    "valueDateTime": day,
    "valueInteger": number,
    "valueDecimal": number,
    "valueCoding": record(system=text, code=text, display=text),
    "valueReference": reference,
    "extension": many(extension),
    "item": many(_item),
}
_ITEM: dict[str, Shape] = {
    "linkId": text,
    "text": text,
    "answer": many(_answer),
    "item": many(_item),
    "extension": many(extension),
}

ELEMENTS: Mapping[str, Mapping[str, Shape]] = {
    "Patient": _COMMON
    | {
        "birthDate": day,
        "deceasedBoolean": boolean,
        "deceasedDateTime": day,
        "identifier": many(record(system=text, value=text)),
        "link": many(record(other=reference, type=word)),
    },
    "Condition": _COMMON
    | {
        "category": many(concept),
        "code": concept,
        "bodySite": many(concept),
        "onsetDateTime": day,
        "abatementDateTime": day,
        "recordedDate": day,
    },
    "Observation": _COMMON
    | _VALUE
    | {
        "code": concept,
        "effectiveDateTime": day,
        "effectiveInstant": day,
        "issued": day,
        "component": many(record(code=concept, **_VALUE)),
        "method": concept,
        "bodySite": concept,
        "specimen": reference,
    },
    "DiagnosticReport": _COMMON
    | {
        "code": concept,
        "conclusion": text,
        "conclusionCode": many(concept),
        "effectiveDateTime": day,
        "issued": day,
    },
    "MedicationAdministration": _MEDICATION | {"dosage": _DOSAGE},
    "MedicationStatement": _MEDICATION | {"dosage": many(_DOSAGE)},
    "MedicationDispense": _MEDICATION
    | {
        "dosageInstruction": many(_DOSAGE),
        "daysSupply": quantity,
        "quantity": quantity,
        "statusReasonCodeableConcept": concept,
    },
    "MedicationRequest": _MEDICATION
    | {
        "category": many(concept),
        "statusReason": concept,
        "intent": word,
        "doNotPerform": boolean,
        "authoredOn": day,
        "dosageInstruction": many(_DOSAGE),
    },
    "Medication": _COMMON
    | {
        "code": concept,
        "ingredient": many(
            record(itemCodeableConcept=concept, itemReference=reference, isActive=boolean),
        ),
    },
    "Substance": _COMMON | {"code": concept},
    "BodyStructure": _COMMON | {"morphology": concept, "location": concept, "description": text},
    "Procedure": _COMMON
    | {
        "code": concept,
        "category": concept,
        "statusReason": concept,
        "usedCode": many(concept),
        "usedReference": many(reference),
        "performedDateTime": day,
    },
    "ServiceRequest": _COMMON
    | {
        "code": concept,
        "category": many(concept),
        "statusReason": concept,
        "orderDetail": many(concept),
        "intent": word,
        "doNotPerform": boolean,
        "authoredOn": day,
        "occurrenceDateTime": day,
        "occurrenceTiming": _TIMING,
    },
    "Coverage": {k: v for k, v in _COMMON.items() if k != "subject"}
    | {
        "type": concept,
        "beneficiary": reference,
        "payor": many(reference),
        "class": many(record(type=concept, value=text, name=text)),
        "period": period,
        "subscriberId": text,
        "dependent": text,
    },
    "Organization": _COMMON | {"name": text},
    "QuestionnaireResponse": _COMMON
    | {"questionnaire": text, "authored": day, "item": many(_item), "source": reference, "author": reference},
    "FamilyMemberHistory": _COMMON | {"patient": reference},
    "AllergyIntolerance": _COMMON | {"patient": reference, "code": concept},
}


OTHERS: Mapping[str, Shape] = {
    "id": identifier,
    "contained": many(anything),
    "subject": _whose,
    "patient": _whose,
}
"""Of a resource that no criterion reads."""
