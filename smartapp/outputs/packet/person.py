"""The patient as every page of the packet names them; what is missing is said."""

from collections.abc import Iterator, Mapping
from typing import Any

from smartapp.facts import Facts, Resource
from smartapp.outputs.wording import cut

_HEADER, _FIRST_PAGE = 60, 120
"""Characters of a name in the header and on the first page; the answers have it whole."""


def person_of(facts: Facts) -> dict[str, str]:
    """Name, birth date, sex and medical record number of the patient, each a text for a person."""
    patient = next((r for r in facts.of_type("Patient") if r.get("id") == facts.patient_id), {})
    name = _name(patient) or "no name on record"
    return {
        "name": cut(name, _FIRST_PAGE),
        "short": cut(name, _HEADER),
        "born": str(patient.get("birthDate") or "no birth date on record"),
        "sex": str(patient.get("gender") or "not recorded"),
        "mrn": next(_record_numbers(patient), "no MRN on record"),
    }


def _name(patient: Resource) -> str:
    """The official name where one is marked, else the first."""
    names = [name for name in patient.get("name") or () if isinstance(name, Mapping)]
    chosen = next((name for name in names if name.get("use") == "official"), names[0] if names else {})
    if isinstance(chosen.get("text"), str) and chosen["text"].strip():
        return str(chosen["text"]).strip()
    given = chosen.get("given")
    parts = [*(given if isinstance(given, list) else ()), chosen.get("family")]
    return " ".join(str(part) for part in parts if part)


def _record_numbers(patient: Resource) -> Iterator[str]:
    """Values of identifiers of type MR (HL7 v2 table 0203)."""
    for identifier in patient.get("identifier") or ():
        if isinstance(identifier, Mapping) and "MR" in _type_codes(identifier) and identifier.get("value"):
            yield str(identifier["value"])


def _type_codes(identifier: Mapping[str, Any]) -> set[str]:
    kind = identifier.get("type")
    codings = kind.get("coding") if isinstance(kind, Mapping) else None
    return {str(c.get("code")) for c in codings or () if isinstance(c, Mapping)}
