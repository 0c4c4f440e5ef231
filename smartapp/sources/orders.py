"""Orders among resources: which are open, and what they order when that is a reference."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from smartapp.facts import Resource, is_forbidden, reference_of
from smartapp.sources.references import resolved

TYPES = frozenset({"MedicationRequest", "ServiceRequest"})
_OPEN = ("draft", "active", "on-hold")
_ORDERED = "ordered-medication"
_ASKED = ("requester", "performer", "locationReference", "encounter")
_BEHIND = {
    "PractitionerRole": ("practitioner", "organization"),
    "Encounter": ("serviceProvider",),
}


def is_open(order: Resource) -> bool:
    """Whether this order waits to be signed or carried out; one with doNotPerform is as if absent."""
    return order.get("resourceType") in TYPES and order.get("status") in _OPEN and not is_forbidden(order)


def is_waiting(order: Resource) -> bool:
    """The same for an order in a hook's draftOrders, which is a draft even when it does not say so."""
    return is_open({**order, "status": _status(order)})


def _status(order: Resource) -> str:
    status = order.get("status")
    return status if isinstance(status, str) else "draft"


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


def is_unreadable(order: Resource) -> bool:
    """Whether what an order gives as its medication cannot be read: it is not there, says nothing, or is malformed.

    An order that gives none at all is an order for nothing that a policy covers.
    """
    if order.get("resourceType") != "MedicationRequest":
        return False
    reference, concept = order.get("medicationReference"), order.get("medicationCodeableConcept")
    if reference is None:
        return concept is not None and not isinstance(concept, dict)
    if not isinstance(reference, dict):
        return True
    held = [item for item in _contained(order) if reference.get("reference") == f"#{item.get('id')}"]
    return not (reference.get("display") or any(map(_says_what_it_is, held)))


def _says_what_it_is(medication: Resource) -> bool:
    return bool(medication.get("ingredient")) or _names(medication.get("code"))


def _names(concept: Any) -> bool:
    """Whether a CodeableConcept says anything, in a text or by a code."""
    if not isinstance(concept, dict):
        return False
    codings = concept.get("coding")
    held = [item for item in codings if isinstance(item, dict)] if isinstance(codings, list) else []
    values = (concept.get("text"), *(item.get(name) for item in held for name in ("code", "display")))
    return any(isinstance(value, str) and value.strip() for value in values)


def people_and_places(resources: Iterable[Resource], full_urls: Mapping[str, str]) -> Iterator[str]:
    """Who asked for the waiting orders, and where it is to be done, as "Type/id": drafts first, then the newest.

    Of a role or an encounter among the resources, who and what is behind it.
    """
    held = list(resources)
    waiting = sorted(filter(is_waiting, held), key=lambda item: str(item.get("authoredOn", "")), reverse=True)
    for order in sorted(waiting, key=lambda item: _OPEN.index(_status(item))):
        yield from _named(order, _ASKED, full_urls)
        yield from _behind(_contained(order), full_urls)
    yield from _behind(held, full_urls)


def _behind(resources: Iterable[Resource], full_urls: Mapping[str, str]) -> Iterator[str]:
    for item in resources:
        yield from _named(item, _BEHIND.get(str(item.get("resourceType")), ()), full_urls)


def _contained(order: Resource) -> list[Resource]:
    held = order.get("contained")
    return [item for item in held if isinstance(item, dict)] if isinstance(held, list) else []


def _named(resource: Resource, elements: Iterable[str], full_urls: Mapping[str, str]) -> Iterator[str]:
    for element in elements:
        value = resource.get(element)
        for item in value if isinstance(value, list) else (value,):
            if name := resolved(item, full_urls):
                yield name
