"""Finding resources: by type, and by a code in a value set."""

from collections import defaultdict
from typing import Any, Protocol

from smartapp.elm.clinical import Coded, Pairs, codes

Resources = list[Any]


class Found(Coded, Protocol):
    """What a run keeps of the resources."""

    by_type: dict[str, Resources]
    retrieved: dict[tuple[str, tuple[str, ...], Pairs], Resources]
    held: dict[tuple[str, tuple[str, ...]], list[Pairs]]
    """The codes that the resources of a type have under one of the keys."""


def by_type(resources: Any) -> dict[str, Resources]:
    """The resources grouped by their type, in their order."""
    groups: dict[str, Resources] = defaultdict(list)
    for resource in resources:
        groups[resource.get("resourceType")].append(resource)
    return groups


def coded(run: Found, kind: str, keys: tuple[str, ...], pairs: Pairs) -> Resources:
    """The resources of a type with a code among the pairs, under one of the keys; found once in a run."""
    question = (kind, keys, pairs)
    found = run.retrieved.get(question)
    if found is None:
        resources, held = run.by_type.get(kind, ()), _held(run, kind, keys)
        found = run.retrieved[question] = [
            resource for resource, own in zip(resources, held, strict=True) if not own.isdisjoint(pairs)
        ]
    return found


def _held(run: Found, kind: str, keys: tuple[str, ...]) -> list[Pairs]:
    """The codes of each resource of a type; looked up once in a run."""
    held = run.held.get((kind, keys))
    if held is None:
        held = run.held[kind, keys] = [_codes(run, each, keys) for each in run.by_type.get(kind, ())]
    return held


def _codes(run: Found, resource: Any, keys: tuple[str, ...]) -> Pairs:
    """What stands under the first of the keys that the resource has."""
    for key in keys:
        value = resource.get(key)
        if value is not None:
            if type(value) is list:
                return frozenset(code for concept in value for code in codes(run, concept))
            return codes(run, value)
    return frozenset()
