"""The people and places that an order carries inside itself, opened: the form asks who requests, and where."""

from collections.abc import Iterator

from smartapp.facts import Resource

_TYPES = frozenset({"Practitioner", "PractitionerRole", "Organization", "Location", "Encounter"})


def opened(order: Resource) -> tuple[Resource, ...]:
    """The contained people and places as resources of their own, each with the "#id" that the order calls it by."""
    return tuple({**item, "id": f"#{item['id']}"} for item in _inside(order))


def _inside(order: Resource) -> Iterator[Resource]:
    held = order.get("contained")
    for item in held if isinstance(held, list) else ():
        if isinstance(item, dict) and item.get("resourceType") in _TYPES and isinstance(item.get("id"), str):
            yield item
