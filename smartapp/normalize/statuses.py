"""The clinical and verification status of a Condition, in the codes of FHIR R4.

A status that cannot be read is never the same as none: it becomes "unreadable", which no rule accepts.
"""

from collections.abc import Mapping
from typing import Any

from smartapp.normalize.coding import Json

CLINICAL = "http://terminology.hl7.org/CodeSystem/condition-clinical"
VERIFICATION = "http://terminology.hl7.org/CodeSystem/condition-ver-status"
RESTATED = ("clinicalStatus", "verificationStatus", "status", "id")
"""Elements that are put into other words rather than found malformed."""

_CLINICAL_CODES = {"active", "recurrence", "relapse", "inactive", "remission", "resolved"}
_VERIFICATION_CODES = {
    "unconfirmed",
    "provisional",
    "differential",
    "confirmed",
    "refuted",
    "entered-in-error",
}
_UNREADABLE: Json = {"coding": [{"code": "unreadable"}]}
_ABATEMENT = tuple(f"abatement{kind}" for kind in ("DateTime", "Age", "Period", "Range", "String", "Boolean"))
_SYSTEMS = {"clinicalStatus": CLINICAL, "verificationStatus": VERIFICATION}
_CODES: Mapping[str, set[str]] = {
    "clinicalStatus": _CLINICAL_CODES,
    "verificationStatus": _VERIFICATION_CODES,
}
_CONSTANTS = {
    (system, code): {"coding": [{"system": system, "code": code}]}
    for element, system in _SYSTEMS.items()
    for code in _CODES[element]
}


def settled(condition: Json) -> Json:
    """The Condition with both statuses as canonical codings; the same object when they are."""
    result = condition
    if _is_over(condition):
        result = {**condition, "clinicalStatus": _CONSTANTS[CLINICAL, "resolved"]}
    for element in _SYSTEMS:
        old = condition.get(element)
        if old is not None and not _is_canonical(old, element):
            new = _restated(old, element)
            result = {**result, element: new}
    return result


def unreadable(condition: Json) -> Json:
    """The Condition with a verification status that no rule accepts."""
    return {**condition, "verificationStatus": _UNREADABLE}


def _is_over(condition: Json) -> bool:
    """Whether a Condition without a status says that it has ended: R4 wants it resolved or inactive then."""
    if condition.get("clinicalStatus") is not None:
        return False
    return any(condition.get(name) not in (None, False) for name in _ABATEMENT if name in condition)


def _is_canonical(value: Any, element: str) -> bool:
    """One coding in the system of R4, as almost every EHR sends it."""
    try:
        (coding,) = value["coding"]
        return coding["system"] == _SYSTEMS[element] and coding["code"] in _CODES[element]
    except (KeyError, TypeError, ValueError):
        return False


def _restated(value: Any, element: str) -> Json:
    said = {word for raw in _words(value) if (word := _word(raw)) in _CODES[element]}
    if len(said) != 1:  # nothing known, or two that differ
        return _UNREADABLE
    return _CONSTANTS[_SYSTEMS[element], said.pop()]


def _words(value: Any) -> list[Any]:
    """A bare string, or codes; displays and the text where no code is known (local codes, SNOMED CT)."""
    if type(value) is not dict:
        return [value]
    codings = value.get("coding")
    listed = codings if type(codings) is list else [codings]
    sound = [coding for coding in listed if type(coding) is dict]
    codes = [coding.get("code") for coding in sound]
    if any(_word(code) in _CLINICAL_CODES | _VERIFICATION_CODES for code in codes):
        return codes
    return [value.get("text"), *(coding.get("display") for coding in sound)]


def _word(value: Any) -> str:
    return "-".join(value.lower().replace("_", " ").split()) if type(value) is str else ""
