"""Orders among resources: which are open, and what they order when that is a reference."""

from collections.abc import Iterable, Mapping

from smartapp.facts import Resource, reference_of
from smartapp.sources.references import resolved

TYPES = frozenset({"MedicationRequest", "ServiceRequest"})
_OPEN = ("draft", "active", "on-hold")
_ORDERED = "ordered-medication"


def is_open(order: Resource) -> bool:
    """Whether this order waits to be signed or carried out; one with doNotPerform is as if absent."""
    return (
        order.get("resourceType") in TYPES
        and order.get("status") in _OPEN
        and order.get("doNotPerform") is not True
    )


def is_waiting(order: Resource) -> bool:
    """The same for an order in a hook's draftOrders, which is a draft even when it does not say so."""
    return is_open(order if isinstance(order.get("status"), str) else {**order, "status": "draft"})


def medications(resources: Iterable[Resource]) -> Mapping[str, Resource]:
    """The Medication resources, by "Medication/id"."""
    return {reference_of(item): item for item in resources if item.get("resourceType") == "Medication"}


def with_medication(order: Resource, known: Mapping[str, Resource], full_urls: Mapping[str, str]) -> Resource:
    """The order, holding the Medication that it refers to when that is known."""
    found = known.get(resolved(order.get("medicationReference"), full_urls) or "")
    if found is None:
        return order
    contained = order.get("contained")
    return {
        **order,
        "contained": [*(contained if isinstance(contained, list) else ()), {**found, "id": _ORDERED}],
        "medicationReference": {**order["medicationReference"], "reference": f"#{_ORDERED}"},
    }
