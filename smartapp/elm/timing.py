"""How points and intervals lie to each other: before, during, overlaps, meets (CQL 1.5, Interval Operators).

A precision is a number of parts (temporal.DAY) or None. A boundary that is not known makes the answer null,
unless the other boundary already settles it.
"""

from typing import Any

from smartapp.elm import chronology, ordering
from smartapp.elm.bounds import end, predecessor, start, successor
from smartapp.elm.equality import all_true, any_true
from smartapp.elm.interval import Interval
from smartapp.elm.temporal import DAY, TEMPORAL, Date

Precision = int | None


def order(left: Any, right: Any, precision: Precision) -> int | None:
    """-1, 0 or 1 for two points; None where that is not known."""
    if type(left) is Date is type(right) and precision in _DAYS:
        one, other = left.parts, right.parts
        if len(one) == len(other) == DAY:
            return (one > other) - (one < other)
    if left is None or right is None:
        return None
    if type(left) in _TEMPORAL and type(right) in _TEMPORAL:
        return chronology.compare(left, right, precision)
    return ordering.compare(left, right)


_TEMPORAL = frozenset(TEMPORAL)
_DAYS = frozenset((None, DAY))


def first(value: Any) -> Any:
    """Where an interval starts; a point is its own start."""
    return start(value) if type(value) is Interval else value


def last(value: Any) -> Any:
    """Where an interval ends; a point is its own end."""
    return end(value) if type(value) is Interval else value


def _less(left: Any, right: Any, precision: Precision) -> bool | None:
    return None if (found := order(left, right, precision)) is None else found < 0


def _at_most(left: Any, right: Any, precision: Precision) -> bool | None:
    return None if (found := order(left, right, precision)) is None else found <= 0


def _equal(left: Any, right: Any, precision: Precision) -> bool | None:
    return None if (found := order(left, right, precision)) is None else found == 0


def _gap(left: Any, right: Any, precision: Precision) -> int | None:
    """How the end of the left one lies to the start of the right one."""
    if type(left) is Interval:
        left = end(left)
    if type(right) is Interval:
        right = start(right)
    return order(left, right, precision)


def before(left: Any, right: Any, precision: Precision = None) -> bool | None:
    """The left one ends before the right one starts."""
    found = _gap(left, right, precision)
    return None if found is None else found < 0


def after(left: Any, right: Any, precision: Precision = None) -> bool | None:
    """The left one starts after the right one ends."""
    found = _gap(right, left, precision)
    return None if found is None else found < 0


def same_or_before(left: Any, right: Any, precision: Precision = None) -> bool | None:
    """The left one ends on or before the start of the right one."""
    found = _gap(left, right, precision)
    return None if found is None else found <= 0


def same_or_after(left: Any, right: Any, precision: Precision = None) -> bool | None:
    """The left one starts on or after the end of the right one."""
    found = _gap(right, left, precision)
    return None if found is None else found <= 0


def same_as(left: Any, right: Any, precision: Precision = None) -> bool | None:
    """Both start and end at the same point."""
    if left is None or right is None:
        return None
    starts_same = _equal(first(left), first(right), precision)
    if type(left) is not Interval and type(right) is not Interval:
        return starts_same
    return all_true((starts_same, _equal(last(left), last(right), precision)))


def within(inner: Any, outer: Any, precision: Precision = None) -> bool | None:
    """The inner point or interval lies in the outer interval."""
    if inner is None or outer is None:
        return None
    return all_true(
        (_at_most(first(outer), first(inner), precision), _at_most(last(inner), last(outer), precision))
    )


def properly_within(inner: Any, outer: Any, precision: Precision = None) -> bool | None:
    """The inner one lies in the outer one, which reaches further."""
    if inner is None or outer is None:
        return None
    if type(inner) is not Interval:
        return all_true((_less(first(outer), inner, precision), _less(inner, last(outer), precision)))
    further = any_true(
        (_less(first(outer), first(inner), precision), _less(last(inner), last(outer), precision))
    )
    return all_true((within(inner, outer, precision), further))


def overlaps(left: Any, right: Any, precision: Precision = None) -> bool | None:
    """The two have a point in common."""
    if left is None or right is None:
        return None
    return all_true(
        (_at_most(first(left), last(right), precision), _at_most(first(right), last(left), precision))
    )


def overlaps_before(left: Any, right: Any, precision: Precision = None) -> bool | None:
    """They overlap and the left one starts first."""
    if left is None or right is None:
        return None
    return all_true((_less(first(left), first(right), precision), overlaps(left, right, precision)))


def overlaps_after(left: Any, right: Any, precision: Precision = None) -> bool | None:
    """They overlap and the left one ends last."""
    if left is None or right is None:
        return None
    return all_true((_less(last(right), last(left), precision), overlaps(left, right, precision)))


def meets_before(left: Any, right: Any, precision: Precision = None) -> bool | None:
    """The left one ends immediately before the right one starts."""
    if left is None or right is None:
        return None
    if _less(first(left), last(right), precision) is False:
        return False
    return _adjacent(last(left), first(right), precision)


def _adjacent(one: Any, other: Any, precision: Precision) -> bool | None:
    """Whether one is immediately before the other."""
    if one is None or other is None:
        return None
    after_one = successor(one)
    if after_one is not None:
        return _equal(after_one, other, precision)
    before_other = predecessor(other)
    return False if before_other is None else _equal(one, before_other, precision)


def meets_after(left: Any, right: Any, precision: Precision = None) -> bool | None:
    """The left one starts immediately after the right one ends."""
    return meets_before(right, left, precision)


def meets(left: Any, right: Any, precision: Precision = None) -> bool | None:
    """One starts immediately after the other ends."""
    if left is None or right is None:
        return None
    return any_true((meets_before(left, right, precision), meets_after(left, right, precision)))


def starts(left: Any, right: Any, precision: Precision = None) -> bool | None:
    """They start together and the left one ends no later."""
    if left is None or right is None:
        return None
    return all_true(
        (_equal(first(left), first(right), precision), _at_most(last(left), last(right), precision))
    )


def ends(left: Any, right: Any, precision: Precision = None) -> bool | None:
    """They end together and the left one starts no earlier."""
    if left is None or right is None:
        return None
    return all_true(
        (_at_most(first(right), first(left), precision), _equal(last(left), last(right), precision))
    )
