"""Why something was ordered, given or done: its own reasons and those of its order, each as one extension."""

from collections.abc import Iterator

from smartapp.normalize.coding import REASON, Json, as_sent, key_of, with_codings
from smartapp.normalize.conditions import reason_readings
from smartapp.normalize.references import References, contained
from smartapp.normalize.terms import Terms

TYPES = (
    "Observation",
    "DiagnosticReport",
    "MedicationAdministration",
    "MedicationStatement",
    "MedicationRequest",
    "MedicationDispense",
    "Procedure",
    "ServiceRequest",
)
_ORDERS = ("request", "basedOn", "authorizingPrescription")
ELEMENTS = frozenset((*_ORDERS, "reasonCode", "reasonReference", "focus"))
"""Where a reason may be, or the order that gives it."""


def stated(resource: Json, terms: Terms, references: References) -> Json:
    """The resource with one reason extension for each reason that it or its order gives."""
    if resource["resourceType"] not in TYPES or ELEMENTS.isdisjoint(resource):
        return resource
    concepts = [*_own(resource, references), *_ordered(resource, references), *_inside(resource)]
    if not concepts:
        return resource
    distinct = {key_of(concept): concept for concept in concepts}
    extensions = [
        {"url": REASON, "valueCodeableConcept": with_codings(concept, reason_readings(terms, key))}
        for key, concept in distinct.items()
    ]
    others = (extension for extension in resource.get("extension", ()) if extension["url"] != REASON)
    return {**resource, "extension": [*others, *extensions]}


def _own(resource: Json, references: References) -> Iterator[Json]:
    yield from resource.get("reasonCode", ())
    for reference in resource.get("reasonReference", ()):
        found = references.resolve(reference, resource)
        if found is not None and found["resourceType"] == "Condition":
            if code := as_sent(found.get("code") or {}):
                yield code
        elif reference.get("display"):
            yield {"text": reference["display"]}


def _ordered(resource: Json, references: References) -> Iterator[Json]:
    for name in _ORDERS:
        linked = resource.get(name, [])
        for reference in linked if isinstance(linked, list) else [linked]:
            order = references.resolve(reference, resource)
            if order is not None and order["resourceType"] in TYPES:
                yield from _own(order, references)


def _inside(resource: Json) -> Iterator[Json]:
    """The Condition inside an Observation that it is about: no reference that CQL follows can name that one."""
    for focus in resource.get("focus", ()):
        written = focus.get("reference") or ""
        found = contained(resource, written[1:]) if written.startswith("#") else None
        if found is not None and found["resourceType"] == "Condition" and "code" in found:
            yield found["code"]
