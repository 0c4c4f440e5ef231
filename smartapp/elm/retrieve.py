"""Finding resources: by type, and by a code in a value set."""

from collections.abc import Iterable
from functools import lru_cache
from typing import Any, Protocol

from smartapp.elm.clinical import Coded, Pairs, known_pairs

Resources = list[Any]
Index = dict[Any, list[int]]
"""The places of the resources that carry a code, by its system and code, or by a bare code."""


class Found(Coded, Protocol):
    """What a run keeps of the resources."""

    by_type: dict[str, Resources]
    retrieved: dict[tuple[str, tuple[str, ...], Pairs], Resources]
    indexes: dict[tuple[str, tuple[str, ...]], Index]


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
        candidates, index = run.by_type.get(kind, []), _index(run, kind, keys)
        places = {place for code in _wanted(pairs).intersection(index) for place in index[code]}
        found = run.retrieved[question] = [candidates[place] for place in sorted(places)]
    return found


def _index(run: Found, kind: str, keys: tuple[str, ...]) -> Index:
    """Where the resources of a type carry which code; made once in a run."""
    index = run.indexes.get((kind, keys))
    if index is None:
        index = run.indexes[kind, keys] = {}
        for place, resource in enumerate(run.by_type.get(kind, [])):
            for code in _codes(run, resource, keys):
                index.setdefault(code, []).append(place)
    return index


def _codes(run: Found, resource: Any, keys: tuple[str, ...]) -> Iterable[Any]:
    """What stands under the first of the keys that the resource has."""
    for key in keys:
        value = resource.get(key)
        if value is not None:
            concepts = value if type(value) is list else [value]
            return [code for concept in concepts for code in _codes_of(run, concept)]
    return ()


def _codes_of(run: Found, concept: Any) -> Iterable[Any]:
    if type(concept) is dict:
        return known_pairs(run, concept)
    return (concept,) if type(concept) is str else ()


@lru_cache(maxsize=1024)
def _wanted(pairs: Pairs) -> frozenset[Any]:
    """The codes of a value set with their systems, and bare, as elements of the type `code` have them."""
    return pairs | {code for _, code in pairs}
