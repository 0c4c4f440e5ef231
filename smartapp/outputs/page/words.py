"""What things are called on the page."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from smartapp.determination import Answer, Outcome
from smartapp.outputs.page.view import Mark

ANSWER_MARK: Mapping[Answer, Mark] = {
    Answer.MET: Mark.MET,
    Answer.UNKNOWN: Mark.OPEN,
    Answer.UNMET: Mark.UNMET,
}
OUTCOME_MARK: Mapping[Outcome | None, Mark] = {
    Outcome.MET: Mark.MET,
    Outcome.NEEDS_INFORMATION: Mark.OPEN,
    Outcome.NOT_MET: Mark.UNMET,
    Outcome.INVESTIGATIONAL: Mark.UNMET,
    Outcome.NOT_APPLICABLE: Mark.OTHER,
    None: Mark.OTHER,
}
NO_POLICY = "no policy covers this order"

HOW: Mapping[str, str] = {
    "record": "by code or value",
    "name-match": "by its name in text: please check",
    "attested": "answered by a clinician",
}

_TYPES: Mapping[str, tuple[str, str]] = {
    "Condition": ("condition", "conditions"),
    "Coverage": ("coverage", "coverages"),
    "DiagnosticReport": ("report", "reports"),
    "Medication": ("medication entry", "medication entries"),
    "MedicationAdministration": ("administration", "administrations"),
    "MedicationDispense": ("dispense", "dispenses"),
    "MedicationRequest": ("medication order", "medication orders"),
    "MedicationStatement": ("medication statement", "medication statements"),
    "Observation": ("observation", "observations"),
    "Encounter": ("encounter", "encounters"),
    "Location": ("location", "locations"),
    "Organization": ("organization", "organizations"),
    "Patient": ("patient record", "patient records"),
    "Practitioner": ("clinician", "clinicians"),
    "PractitionerRole": ("clinician's role", "roles of clinicians"),
    "Procedure": ("procedure", "procedures"),
    "QuestionnaireResponse": ("form", "forms"),
    "ServiceRequest": ("service order", "service orders"),
}


def kind_of(reference: str) -> str:
    """What a resource is, in a word, from "Type/id"."""
    name = reference.partition("/")[0]
    return _TYPES.get(name, (name, name))[0]


def counted(name: str, number: int) -> str:
    """So many resources of a type: "1 condition", "12 observations"."""
    one, several = _TYPES.get(name, (name, name))
    return f"{number} {one if number == 1 else several}"


def records(number: int) -> str:
    """As in "1 record", "1,204 records"."""
    return f"{number:,} record{'' if number == 1 else 's'}"


def many(name: str) -> str:
    """The resources of a type, as a word: "observations"."""
    return _TYPES.get(name, (name, name))[1]


def either(names: Sequence[str]) -> str:
    """As in "reports, dispenses or procedures"."""
    *others, last = names
    return f"{', '.join(others)} or {last}" if others else last


def sentence(text: str) -> str:
    """The text with a capital letter; the rest stays as it is."""
    return text[:1].upper() + text[1:]


def moment(at: datetime) -> str:
    """A moment that is the same for every reader: "2026-06-01 12:00 UTC"."""
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
