"""Aggregates over lists. Nulls are left out; nothing left is null (CQL 1.5, Aggregate Functions)."""

from collections.abc import Callable
from decimal import Decimal
from functools import reduce
from typing import Any

from smartapp.elm.arithmetic import add, divide, multiply, power, subtract
from smartapp.elm.equality import distinct, same
from smartapp.elm.ordering import compare, sorted_by
from smartapp.elm.quantity import DECIMALS, Quantity, decimal_of, in_range

Values = list[Any] | None


def _known(values: Values) -> list[Any]:
    return [value for value in values or () if value is not None]


def count(values: Values) -> int:
    """The number of items that are not null."""
    return len(_known(values))


def total(values: Values) -> Any:
    """The sum."""
    known = _known(values)
    return reduce(add, known) if known else None


def product(values: Values) -> Any:
    """The product."""
    known = _known(values)
    return reduce(multiply, known) if known else None


def least(values: Values) -> Any:
    """The least item."""
    return _extreme(values, -1)


def greatest(values: Values) -> Any:
    """The greatest item."""
    return _extreme(values, 1)


def _extreme(values: Values, order: int) -> Any:
    known = _known(values)
    return reduce(lambda one, other: other if compare(other, one) == order else one, known) if known else None


def mean(values: Values) -> Any:
    """The average."""
    known = _known(values)
    return divide(_decimal(reduce(add, known)), Decimal(len(known))) if known else None


def _decimal(value: Any) -> Any:
    return value if isinstance(value, Quantity) else decimal_of(value)


def geometric_mean(values: Values) -> Any:
    """The n-th root of the product."""
    known = _known(values)
    if not known:
        return None
    logarithms = [decimal_of(value).ln(DECIMALS) for value in known]
    return in_range((sum(logarithms, Decimal(0)) / len(known)).exp(DECIMALS))


def median(values: Values) -> Any:
    """The middle item, or the average of the two in the middle."""
    known = sorted_by(_known(values), [(lambda value: value, False)])
    if not known:
        return None
    middle = len(known) // 2
    return known[middle] if len(known) % 2 else mean(known[middle - 1 : middle + 1])


def mode(values: Values) -> Any:
    """The most frequent item, the least of several."""
    known = sorted_by(_known(values), [(lambda value: value, False)])
    counted = [(sum(same(value, other) for other in known), value) for value in distinct(known)]
    return max(counted, key=lambda pair: pair[0])[1] if counted else None


def variance(values: Values) -> Any:
    """The sample variance."""
    return _variance(_known(values), 1)


def population_variance(values: Values) -> Any:
    """The variance of the whole population."""
    return _variance(_known(values), 0)


def _variance(known: list[Any], freedom: int) -> Any:
    if len(known) <= freedom:
        return None
    average = mean(known)
    numbers = [_number(subtract(_decimal(value), average)) for value in known]
    spread = sum((number * number for number in numbers), Decimal(0)) / (len(known) - freedom)
    return _like(known[0], spread)


def _number(value: Any) -> Decimal:
    return value.value if isinstance(value, Quantity) else decimal_of(value)


def _like(value: Any, number: Decimal) -> Any:
    rounded = in_range(number)
    return (
        Quantity(decimal_of(rounded), value.unit)
        if isinstance(value, Quantity) and rounded is not None
        else rounded
    )


def deviation(values: Values) -> Any:
    """The sample standard deviation."""
    return _root(variance(values))


def population_deviation(values: Values) -> Any:
    """The standard deviation of the whole population."""
    return _root(population_variance(values))


def _root(value: Any) -> Any:
    if isinstance(value, Quantity):
        return Quantity(decimal_of(power(value.value, Decimal("0.5"))), value.unit)
    return power(value, Decimal("0.5"))


def all_true(values: Values) -> bool:
    """Whether none is false."""
    return all(value is not False for value in values or ())


def any_true(values: Values) -> bool:
    """Whether one is true."""
    return any(value is True for value in values or ())


def folded(values: Values, step: Callable[[Any, Any], Any], initial: Any) -> Any:
    """The step over all items, each with the total so far."""
    return reduce(step, values or (), initial)
