"""Changes to a JSON value at any of its places, for tests that hold whatever is sent."""

import copy
from collections.abc import Iterable, Iterator
from typing import Any

ODD = (
    None,
    "",
    "x",
    0,
    -1,
    1.5,
    True,
    [],
    {},
    [None],
    [[]],
    {"a": None},
    "2026-13-45",
    "Patient/other",
    "é" * 300,
)

Place = tuple[Any, ...]


def places(value: Any, path: Place = ()) -> Iterator[Place]:
    """Every place in a value, as the keys that lead there."""
    members = (
        value.items() if isinstance(value, dict) else enumerate(value if isinstance(value, list) else ())
    )
    for key, item in members:
        yield (*path, key)
        yield from places(item, (*path, key))


def changed(value: Any, changes: Iterable[tuple[Place, Any]]) -> Any:
    """A copy with other things at these places; what lay below a place that was changed before is passed by."""
    whole = copy.deepcopy(value)
    for place, odd in changes:
        _put(whole, place, copy.deepcopy(odd))  # a later change may go into it
    return whole


def _put(node: Any, place: Place, odd: Any) -> None:
    *above, last = place
    for key in above:
        if not _has(node, key):
            return
        node = node[key]
    if isinstance(node, dict) or _has(node, last):
        node[last] = odd


def _has(node: Any, key: Any) -> bool:
    if isinstance(node, list):
        return isinstance(key, int) and key < len(node)
    return isinstance(node, dict) and key in node
