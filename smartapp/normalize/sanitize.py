"""From whatever was sent to resources whose read elements have the right shape; what was odd is remarked."""

from collections.abc import Callable
from functools import partial
from typing import Any

from smartapp.facts import Remark, reference_of
from smartapp.normalize import deaths, modifiers, shapes, statuses
from smartapp.normalize.coding import Json
from smartapp.normalize.readable import ELEMENTS, OTHERS


def sanitized(resource: Any, remarks: list[Remark]) -> Json | None:
    """The resource in usable shape, the same object if it was; None when it is no resource at all."""
    if type(resource) is dict and type(resource.get("resourceType")) is str:
        try:
            return _sound(resource, remarks)
        except RecursionError:
            pass  # nested deeper than any resource is
    remarks.append(Remark(code="malformed", text="An entry that is no FHIR resource was ignored."))
    return None


def _sound(resource: Json, remarks: list[Remark]) -> Json:
    kind = resource["resourceType"]
    result = shapes.members(resource, ELEMENTS.get(kind, OTHERS))
    if kind == "Condition":
        result = statuses.settled(result)
    if not modifiers.ELEMENTS.isdisjoint(result):
        unturned, result = result, modifiers.settled(result)
        remarks += modifiers.remarked(unturned, result)
    if result is not resource:
        remarks += _misfits(resource, result)
    if kind == "Patient":
        result = deaths.valued(deaths.marked(resource, result))
    if "contained" in result:
        result = _with_sound_contained(result, remarks)
    return result


def _misfits(before: Json, after: Json) -> list[Remark]:
    """One remark for each element that could not be read as it was sent."""
    return [
        Remark(
            code="malformed",
            text=f"{before['resourceType']}.{name} is malformed and was read only as far as possible.",
            reference=reference_of(after) if "id" in after else None,
        )
        for name, value in before.items()
        if value is not None and after.get(name) is not value and name not in statuses.RESTATED
    ]


def _with_sound_contained(resource: Json, remarks: list[Remark]) -> Json:
    check: Callable[[Any], Json | None] = partial(sanitized, remarks=remarks)
    old = resource["contained"]
    new = [sound for item in old if (sound := check(item)) is not None]
    if len(new) == len(old) and all(a is b for a, b in zip(new, old, strict=True)):
        return resource
    return resource | {"contained": new}
