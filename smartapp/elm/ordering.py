"""CQL's <, <=, >, >=, and the order in which a query sorts."""

from collections.abc import Callable
from decimal import Decimal
from functools import cmp_to_key
from typing import Any

from smartapp.elm import chronology, units
from smartapp.elm.code import plain
from smartapp.elm.interval import Uncertainty
from smartapp.elm.quantity import Quantity, decimal_of
from smartapp.elm.temporal import TEMPORAL, Temporal, lowest


def compare(left: Any, right: Any) -> int | None:
    """-1, 0 or 1; None where a value is null or not known well enough."""
    if left is None or right is None:
        return None
    if type(left) is int and type(right) is int:
        return (left > right) - (left < right)
    left, right = plain(left), plain(right)
    if isinstance(left, TEMPORAL) and isinstance(right, TEMPORAL):
        return chronology.compare(left, right)
    if isinstance(left, Quantity) and isinstance(right, Quantity):
        return _compare_quantity(left, right)
    if isinstance(left, float) or isinstance(right, float):
        left, right = decimal_of(left), decimal_of(right)
    return int(left > right) - int(left < right)


def _compare_quantity(left: Quantity, right: Quantity) -> int | None:
    number: Decimal | None = right.value
    if left.unit != right.unit:
        number = units.converted(right.value, right.unit, left.unit)
    return None if number is None else (left.value > number) - (left.value < number)


def less(left: Any, right: Any) -> bool | None:
    """Left < right."""
    if isinstance(left, Uncertainty) or isinstance(right, Uncertainty):
        return _less_uncertain(left, right)
    order = compare(left, right)
    return None if order is None else order < 0


def less_or_equal(left: Any, right: Any) -> bool | None:
    """Left <= right."""
    if isinstance(left, Uncertainty) or isinstance(right, Uncertainty):
        answer = _less_uncertain(right, left)
        return None if answer is None else not answer
    order = compare(left, right)
    return None if order is None else order <= 0


def greater(left: Any, right: Any) -> bool | None:
    """Left > right."""
    return less(right, left)


def greater_or_equal(left: Any, right: Any) -> bool | None:
    """Left >= right."""
    return less_or_equal(right, left)


def _less_uncertain(left: Any, right: Any) -> bool | None:
    """CQL 1.5 Author's Guide, "Uncertainty": true or false only where every possible number agrees."""
    if left is None or right is None:
        return None
    if _high(left) < _low(right):
        return True
    return False if _low(left) >= _high(right) else None


def _low(value: Any) -> Any:
    return value.low if isinstance(value, Uncertainty) else value


def _high(value: Any) -> Any:
    return value.high if isinstance(value, Uncertainty) else value


def _sort_order(left: Any, right: Any) -> int:
    """A total order: nulls first, and dates known in part as their earliest moment."""
    left, right = plain(left), plain(right)
    if left is None or right is None:
        return (left is not None) - (right is not None)
    if isinstance(left, TEMPORAL) and isinstance(right, TEMPORAL):
        return _sort_temporal(left, right)
    return compare(left, right) or 0


def _sort_temporal(left: Temporal, right: Temporal) -> int:
    order = chronology.compare(left, right)
    if order is not None:
        return order
    left, right = chronology.same_offset(left, right, None)
    return (lowest(left) > lowest(right)) - (lowest(left) < lowest(right))


SortKey = tuple[Callable[[Any], Any], bool]
"""What to sort by, and whether the greatest comes first."""


def sorted_by(values: list[Any], keys: list[SortKey]) -> list[Any]:
    """The values in the order of the keys, the first key first; equal ones stay as they were."""
    key = cmp_to_key(_sort_order)
    for find, reverse in reversed(keys):
        values = _sorted(values, find, key, reverse=reverse)
    return values


def _sorted(
    values: list[Any], find: Callable[[Any], Any], key: Callable[[Any], Any], *, reverse: bool
) -> list[Any]:
    return sorted(values, key=lambda value: key(find(value)), reverse=reverse)
