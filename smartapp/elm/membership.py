"""in, contains, includes, union and their kin, over lists as over intervals."""

from typing import Any

from smartapp.elm import intervals, lists, timing
from smartapp.elm.interval import Interval

Precision = int | None


def contains(container: Any, value: Any, precision: Precision = None) -> bool | None:
    """Whether a list has the value or an interval covers it; a null list has nothing."""
    if type(container) is Interval:
        return timing.within(value, container, precision)
    return False if container is None else lists.contains(container, value)


def in_(value: Any, container: Any, precision: Precision = None) -> bool | None:
    """The same, the other way round."""
    return contains(container, value, precision)


def properly_contains(container: Any, value: Any, precision: Precision = None) -> bool | None:
    """Whether it contains the value and more."""
    if type(container) is Interval:
        return timing.properly_within(value, container, precision)
    return False if container is None else lists.properly_contains(container, value)


def properly_in(value: Any, container: Any, precision: Precision = None) -> bool | None:
    """The same, the other way round."""
    return properly_contains(container, value, precision)


def includes(outer: Any, inner: Any, precision: Precision = None) -> bool | None:
    """Whether all of the inner list or interval (or the inner point) is in the outer one."""
    if outer is None or inner is None:
        return None
    if type(outer) is Interval:
        return timing.within(inner, outer, precision)
    return lists.includes(outer, inner) if type(inner) is list else lists.contains(outer, inner)


def included_in(inner: Any, outer: Any, precision: Precision = None) -> bool | None:
    """The same, the other way round."""
    return includes(outer, inner, precision)


def properly_includes(outer: Any, inner: Any, precision: Precision = None) -> bool | None:
    """Whether it includes the inner one and has more."""
    if outer is None or inner is None:
        return None
    if type(outer) is Interval:
        return timing.properly_within(inner, outer, precision)
    return (
        lists.properly_includes(outer, inner)
        if type(inner) is list
        else lists.properly_contains(outer, inner)
    )


def properly_included_in(inner: Any, outer: Any, precision: Precision = None) -> bool | None:
    """The same, the other way round."""
    return properly_includes(outer, inner, precision)


def union(left: Any, right: Any) -> Any:
    """The items of two lists, or the interval that two touching intervals make."""
    if type(left) is Interval or type(right) is Interval:
        return intervals.union(left, right)
    return None if left is None and right is None else lists.union(left, right)


def intersect(left: Any, right: Any) -> Any:
    """What two lists or intervals have in common."""
    if type(left) is Interval or type(right) is Interval:
        return intervals.intersect(left, right)
    return lists.intersect(left, right)


def except_(left: Any, right: Any) -> Any:
    """The left list or interval without the right one."""
    if type(left) is Interval or type(right) is Interval:
        return intervals.except_(left, right)
    return lists.except_(left, right)
