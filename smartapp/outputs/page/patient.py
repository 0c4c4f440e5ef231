"""Who the review is about, in the words of the record."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from smartapp.facts import Facts
from smartapp.outputs.page.view import Patient

_UNNAMED = "Name not on record"


def patient(facts: Facts, *, today: date) -> Patient:
    """The patient's name, birth date, age, sex and record number, as far as the record says them."""
    found: Mapping[str, Any] = facts.find(f"Patient/{facts.patient_id}") or {}
    born = found.get("birthDate")
    sex = found.get("gender")
    return Patient(
        name=_name(found) or _UNNAMED,
        born=born if isinstance(born, str) else None,
        age=_age(born, today),
        sex=sex if isinstance(sex, str) else None,
        number=_number(found),
        is_deceased=bool(found.get("deceasedBoolean") or found.get("deceasedDateTime")),
    )


def _name(found: Mapping[str, Any]) -> str:
    names = list(_dicts(found.get("name")))
    best = next((name for name in names if name.get("use") == "official"), names[0] if names else {})
    family, given = best.get("family"), best.get("given")
    first = " ".join(str(part) for part in given) if isinstance(given, list) else ""
    parts = [part for part in (str(family) if family else "", first) if part]
    return ", ".join(parts) or str(best.get("text") or "")


def _age(born: Any, today: date) -> int | None:
    try:
        day = date.fromisoformat(born)
    except (TypeError, ValueError):
        return None
    return today.year - day.year - ((today.month, today.day) < (day.month, day.day))


def _number(found: Mapping[str, Any]) -> str | None:
    for identifier in _dicts(found.get("identifier")):
        kind = identifier.get("type")
        codings = _dicts(kind.get("coding") if isinstance(kind, dict) else None)
        if identifier.get("value") and any(coding.get("code") == "MR" for coding in codings):
            return str(identifier["value"])
    return None


def _dicts(value: Any) -> Iterator[Mapping[str, Any]]:
    return (each for each in (value if isinstance(value, list) else ()) if isinstance(each, dict))
