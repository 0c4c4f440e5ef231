"""What turns the meaning of a resource round: modifier extensions, the negations of DSTU2 and STU3, absent values."""

import re
from collections.abc import Iterator

from smartapp.facts import Remark, reference_of
from smartapp.normalize import identity, statuses
from smartapp.normalize.coding import Json

ELEMENTS = frozenset(
    (
        "extension",
        "modifierExtension",
        "wasNotTaken",
        "wasNotGiven",
        "notGiven",
        "notDone",
        "notPerformed",
        "taken",
        "dataAbsentReason",
        "component",
    )
)
_TYPES = frozenset(
    (
        "Condition",
        "Observation",
        "DiagnosticReport",
        "MedicationAdministration",
        "MedicationStatement",
        "MedicationDispense",
        "Procedure",
    )
)
_ACTS = ("MedicationAdministration", "MedicationStatement", "MedicationDispense", "Procedure")
_NEGATIONS = {
    "wasNotTaken": "not-taken",
    "wasNotGiven": "not-done",
    "notGiven": "not-done",
    "notDone": "not-done",
    "notPerformed": "not-done",
}
_SAYS_NOT_DONE = re.compile(
    r"(?:was-?)?not-?(?:given|taken|done|administered|performed)$|do-?not-?perform$", re.IGNORECASE
)
"""The end of the url of an extension that says so in FHIR or in an EHR's own words."""
_UNNAMED = "unnamed-"
_TAKEN = {"n": "not-taken", "unk": "unknown", "na": "unknown"}


def settled(resource: Json) -> Json:
    """The resource with the status that a negation means; with an unknown one where a modifier is not known.

    FHIR forbids to take a resource with an unknown modifier extension as if it were not there.
    """
    if resource["resourceType"] not in _TYPES or identity.is_error(resource):
        return resource
    if resource.get("modifierExtension"):
        condition = resource["resourceType"] == "Condition"
        return statuses.unreadable(resource) if condition else {**resource, "status": "unknown"}
    if contradicts_itself(resource):
        return {**resource, "status": "unknown"}
    said = [status for name, status in _NEGATIONS.items() if resource.get(name) in (True, "true")]
    taken = resource.get("taken", "y")
    said += filter(None, [_TAKEN.get(taken) if isinstance(taken, str) else "unknown"])
    if any(map(_denies, resource.get("extension", ()))) and resource["resourceType"] in _ACTS:
        said.append("unknown")
    return {**resource, "status": said[0]} if said else resource


def _denies(extension: Json) -> bool:
    return extension.get("valueBoolean") is True and _SAYS_NOT_DONE.search(extension["url"]) is not None


def contradicts_itself(resource: Json) -> bool:
    """Whether an Observation, or a component of it, gives a value and why there is none: obs-6 of FHIR forbids it."""
    if resource["resourceType"] != "Observation":
        return False
    holders = (resource, *resource.get("component", ()))
    return any(holder.get("dataAbsentReason") and _has_value(holder) for holder in holders)


def _has_value(holder: Json) -> bool:
    return any(name.startswith("value") and value is not None for name, value in holder.items())


def remarked(before: Json, after: Json) -> Iterator[Remark]:
    """That a resource does not count because of a modifier that nobody here knows, or of a value it takes back."""
    if before is after:
        return
    reference = None if after.get("id", _UNNAMED).startswith(_UNNAMED) else reference_of(after)
    if before.get("modifierExtension"):
        yield Remark(
            code="modifier",
            text=f"{before['resourceType']} carries a modifier extension that is not known here: it does not count.",
            reference=reference,
        )
    elif contradicts_itself(before):
        yield Remark(
            code="malformed",
            text="Observation gives a value beside the reason why it has none: it does not count.",
            reference=reference,
        )
