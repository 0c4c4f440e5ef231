"""The patient as every page of the packet names them; what is missing is said."""

from datetime import date

from smartapp.facts import Facts
from smartapp.outputs.page.patient import patient
from smartapp.outputs.wording import cut

_HEADER, _FIRST_PAGE = 60, 120
"""Characters of a name in the header and on the first page; the answers have it whole."""


def person_of(facts: Facts, *, today: date) -> dict[str, str]:
    """Name, birth date, sex and medical record number of the patient, each a text for a person."""
    found = patient(facts, today=today)
    born = found.born or "no birth date on record"
    age = f" ({found.age} y)" if found.age is not None else ""
    state = ", deceased" if found.is_deceased else ""
    return {
        "name": cut(found.name, _FIRST_PAGE),
        "short": cut(found.name, _HEADER),
        "born": born,
        "about": f"{born}{age}, {found.sex or 'sex not recorded'}{state}",
        "mrn": found.number or "no MRN on record",
        "numbered": _numbered(found.number),
    }


def _numbered(number: str | None) -> str:
    """As in "MRN: 4471"; many a number says itself that it is one."""
    if not number:
        return "no MRN on record"
    return number if number.startswith("MRN") else f"MRN: {number}"
