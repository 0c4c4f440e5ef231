"""Making, joining, cutting, collapsing and expanding intervals."""

from typing import Any

from smartapp.elm import timing
from smartapp.elm.arithmetic import subtract
from smartapp.elm.bounds import end, predecessor, start, successor
from smartapp.elm.failures import EvaluationError
from smartapp.elm.interval import Interval
from smartapp.elm.ordering import compare, less, sorted_by


def interval(low: Any, high: Any, *closed: bool, point: str | None = None) -> Interval | None:
    """An interval; one that ends before it starts is null (CQL 1.5: it is invalid)."""
    low_closed, high_closed = (each is not False for each in closed)
    made = Interval(low, high, low_closed, high_closed, point)
    if low is not None and high is not None and less(end(made), start(made)) is True:
        return None
    return made


def start_of(value: Interval | None) -> Any:
    """Where the interval starts."""
    return None if value is None else start(value)


def end_of(value: Interval | None) -> Any:
    """Where the interval ends."""
    return None if value is None else end(value)


def width(value: Interval | None) -> Any:
    """The distance from start to end."""
    return None if value is None else subtract(end(value), start(value))


def size(value: Interval | None) -> Any:
    """The number of points: the width and one step more."""
    distance = width(value)
    return None if distance is None else successor(distance)


def point_from(value: Interval | None) -> Any:
    """The only point of an interval that has one."""
    if value is None:
        return None
    if start(value) is None or end(value) is None:
        return None
    if compare(start(value), end(value)) != 0:
        raise EvaluationError("point from an interval with more than one point")
    return start(value)


def union(left: Interval | None, right: Interval | None) -> Interval | None:
    """The interval from the earlier start to the later end, where the two overlap or meet."""
    if left is None or right is None:
        return None
    if timing.overlaps(left, right) is not True and timing.meets(left, right) is not True:
        return None
    return Interval(_lesser(start(left), start(right)), _greater(end(left), end(right)))


def _lesser(left: Any, right: Any) -> Any:
    order = compare(left, right)
    return None if order is None else left if order <= 0 else right


def _greater(left: Any, right: Any) -> Any:
    order = compare(left, right)
    return None if order is None else left if order >= 0 else right


def intersect(left: Interval | None, right: Interval | None) -> Interval | None:
    """The part that both cover; a boundary that is not known stays so."""
    if left is None or right is None or timing.overlaps(left, right) is False:
        return None
    low, high = _greater(start(left), start(right)), _lesser(end(left), end(right))
    return Interval(low, high, low is not None, high is not None)


def except_(left: Interval | None, right: Interval | None) -> Interval | None:
    """The left interval without the right one; null where two pieces or nothing would be left."""
    if left is None or right is None:
        return None
    if timing.overlaps(left, right) is False:
        return left
    if timing.overlaps_before(left, right) is True and timing.overlaps_after(left, right) is False:
        return Interval(start(left), predecessor(start(right)))
    if timing.overlaps_after(left, right) is True and timing.overlaps_before(left, right) is False:
        return Interval(successor(end(right)), end(left))
    return None


def collapse(values: list[Interval | None] | None) -> list[Interval] | None:
    """The fewest intervals that cover the same points."""
    if values is None:
        return None
    known = [value for value in values if value is not None and _has_ends(value)]
    collapsed: list[Interval] = []
    for value in sorted_by(known, [(start, False)]):
        if collapsed and _joins(collapsed[-1], value):
            collapsed[-1] = Interval(start(collapsed[-1]), _greater(end(collapsed[-1]), end(value)))
        else:
            collapsed.append(value)
    return collapsed


def _has_ends(value: Interval) -> bool:
    return start(value) is not None and end(value) is not None


def _joins(one: Interval, other: Interval) -> bool:
    return timing.overlaps(one, other) is True or timing.meets(one, other) is True
