"""Finding resources: by type, and by a code in a value set."""

from typing import Any, Protocol

from smartapp.elm.clinical import Coded, Pairs, in_valueset

Resources = list[Any]


class Found(Coded, Protocol):
    """What a run keeps of the resources."""

    by_type: dict[str, Resources]
    retrieved: dict[tuple[str, tuple[str, ...], Pairs], Resources]


def by_type(resources: Any) -> dict[str, Resources]:
    """The resources grouped by their type, in their order."""
    groups: dict[str, Resources] = {}
    for resource in resources:
        groups.setdefault(resource.get("resourceType"), []).append(resource)
    return groups


def coded(run: Found, kind: str, keys: tuple[str, ...], pairs: Pairs) -> Resources:
    """The resources of a type with a coding among the pairs, under one of the keys; found once in a run."""
    question = (kind, keys, pairs)
    found = run.retrieved.get(question)
    if found is None:
        candidates = run.by_type.get(kind, [])
        found = [resource for resource in candidates if _has_code(run, resource, keys, pairs)]
        run.retrieved[question] = found
    return found


def _has_code(run: Found, resource: Any, keys: tuple[str, ...], pairs: Pairs) -> bool:
    for key in keys:
        value = resource.get(key)
        if type(value) is list:
            return any(in_valueset(run, concept, pairs) for concept in value)
        if value is not None:
            return in_valueset(run, value, pairs)
    return False
