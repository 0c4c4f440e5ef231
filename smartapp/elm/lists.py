"""Lists. A null list is null, save where CQL 1.5 says otherwise (exists, count, in)."""

from collections.abc import Callable
from typing import Any

from smartapp.elm.equality import all_true, any_true, contains_same, distinct, equal
from smartapp.elm.failures import EvaluationError
from smartapp.elm.logic import negated

Items = list[Any] | None


def exists(values: Items) -> bool:
    """Whether there is an item that is not null."""
    if type(values) is not list:
        return values is not None
    return bool(values) and (values[0] is not None or any(value is not None for value in values))


def union(left: Items, right: Items) -> list[Any]:
    """The items of both, each once."""
    return distinct((left or []) + (right or []))


def intersect(left: Items, right: Items) -> Items:
    """The items that are in both, each once."""
    if left is None or right is None:
        return None
    return distinct(value for value in left if contains_same(right, value))


def except_(left: Items, right: Items) -> Items:
    """The items of the left list that are not in the right one, each once."""
    if left is None:
        return None
    return distinct(value for value in left if not contains_same(right or [], value))


def distinct_items(values: Items) -> Items:
    """Each item once."""
    return None if values is None else distinct(values)


def flatten(values: Items) -> Items:
    """The items of the lists inside."""
    if values is None:
        return None
    flat: list[Any] = []
    for value in values:
        if type(value) is list:
            flat += value
        elif value is not None:
            flat.append(value)
    return flat


def first(values: Items) -> Any:
    """The first item."""
    return values[0] if values else None


def last(values: Items) -> Any:
    """The last item."""
    return values[-1] if values else None


def singleton(values: Items) -> Any:
    """The only item; more than one is an error."""
    if values is not None and len(values) > 1:
        raise EvaluationError("singleton from a list with more than one item")
    return values[0] if values else None


def indexer(values: Any, index: int | None) -> Any:
    """The item (of a text: the character) at a position, or null outside."""
    if values is None or index is None or not 0 <= index < len(values):
        return None
    return values[index]


def index_of(values: Items, value: Any) -> int | None:
    """The position of the first item that equals the value, or -1."""
    if values is None or value is None:
        return None
    return next((place for place, item in enumerate(values) if equal(item, value) is True), -1)


def slice_(values: Items, begin: int | None, stop: int | None = None) -> Items:
    """The items from one position up to, but not with, another."""
    if values is None:
        return None
    if (begin is not None and begin < 0) or (stop is not None and stop < 0):
        return []
    return values[begin or 0 : stop]


def size(values: Items) -> int:
    """The number of items; 0 for null (CQL 1.5, Length)."""
    return len(values or ())


def to_list(value: Any) -> list[Any]:
    """The value as a list of one; nothing for null."""
    return [] if value is None else [value]


def contains(values: list[Any], value: Any) -> bool | None:
    """Whether the list has an item that equals the value; a null value is found as null."""
    if value is None:
        return any(item is None for item in values)
    if type(value) is str and all(type(item) is str for item in values):
        return value in values
    return any_true(equal(item, value) for item in values if item is not None)


def includes(left: list[Any], right: list[Any]) -> bool:
    """Whether each item of the right list is in the left one."""
    return all(contains_same(left, value) for value in right)


def properly_includes(left: list[Any], right: list[Any]) -> bool:
    """Whether the left list includes the right one and has more."""
    return len(left) > len(right) and includes(left, right)


def properly_contains(values: list[Any], value: Any) -> bool | None:
    """Whether the list has the value and something else."""
    if value is None:
        return contains(values, value) and any(item is not None for item in values)
    others = any_true(negated(equal(item, value)) for item in values)
    return all_true((contains(values, value), others))


def mapped(values: Items, give: Callable[[Any], Any]) -> Items:
    """What is given for each item."""
    return None if values is None else [give(value) for value in values]


def product(lists: list[Items]) -> list[tuple[Any, ...]]:
    """Every combination of one item of each list."""
    rows: list[tuple[Any, ...]] = [()]
    for values in lists:
        rows = [(*row, value) for row in rows for value in values or ()]
    return rows
