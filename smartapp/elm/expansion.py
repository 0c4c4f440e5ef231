"""Expanding intervals into their points, or into intervals of one step (CQL 1.5, Expand)."""

from collections.abc import Callable, Iterator
from decimal import ROUND_DOWN, Decimal
from typing import Any

from smartapp.elm import units
from smartapp.elm.boundaries import places
from smartapp.elm.bounds import end, start
from smartapp.elm.calendar import UNITS, moved
from smartapp.elm.interval import Interval
from smartapp.elm.ordering import compare
from smartapp.elm.quantity import Long, Quantity, decimal_of
from smartapp.elm.temporal import DAY, TEMPORAL, Date, DateTime, Temporal, Time

_WORDS = {1: "year", 2: "month", 3: "day", 4: "hour", 5: "minute", 6: "second", 7: "millisecond"}
Span = tuple[Any, Any]


def expand(values: Any, per: Quantity | None = None) -> list[Any] | None:
    """The points of an interval; of a list of intervals, the intervals of one step each."""
    if values is None:
        return None
    if isinstance(values, Interval):
        return [first for first, _ in _spans(values, per)]
    return [Interval(*span) for value in values if value is not None for span in _spans(value, per)]


def _spans(value: Interval, per: Quantity | None) -> Iterator[Span]:
    """First and last point of each whole step."""
    low, high = start(value), end(value)
    if low is None or high is None:
        return iter(())
    if isinstance(low, TEMPORAL):
        return _moments(low, high, per)
    if isinstance(low, Quantity):
        return _quantities(low, high, per)
    return _numbers(low, high, per, type(low))


def _moments(low: Temporal, high: Temporal, per: Quantity | None) -> Iterator[Span]:
    """Boundaries finer than the step are cut to it; coarser ones expand to nothing."""
    step = per or Quantity(Decimal(1), _WORDS[min(low.precision, high.precision)])
    unit = UNITS.get(step.unit)
    if unit is None or unit > min(low.precision, high.precision):
        return iter(())
    back = Quantity(Decimal(1), _WORDS[unit])
    return _walk(
        _cut(low, unit),
        _cut(high, unit),
        lambda point: moved(point, step),
        lambda point: moved(point, back, -1),
    )


def _cut(value: Temporal, unit: int) -> Temporal:
    parts = value.parts[: unit - value.LEAD]
    if type(value) is DateTime:
        return DateTime(parts, value.offset if unit > DAY else None)
    return Time(parts) if type(value) is Time else Date(parts)


def _quantities(low: Quantity, high: Quantity, per: Quantity | None) -> Iterator[Span]:
    step = None if per is None else units.converted(per.value, per.unit, low.unit)
    top = units.converted(high.value, high.unit, low.unit)
    if top is None or (per is not None and step is None):
        return
    number = None if step is None else Quantity(step)
    for first, last in _numbers(low.value, top, number, Decimal):
        yield Quantity(decimal_of(first), low.unit), Quantity(decimal_of(last), low.unit)


def _numbers(low: Any, high: Any, per: Quantity | None, kind: type) -> Iterator[Span]:
    """Steps of whole numbers give whole numbers; finer steps also fill the last whole number."""
    low, high = decimal_of(low), decimal_of(high)
    by = per.value if per is not None else Decimal(1).scaleb(-max(places(low), places(high)))
    unit = Decimal(1).scaleb(-places(by))
    if places(by) > places(high):
        high += Decimal(1).scaleb(-places(high)) - unit
    give = _giver(by, kind)
    low, high = (value.quantize(unit, rounding=ROUND_DOWN) for value in (low, high))
    for first, last in _walk(low, high, lambda point: point + by, lambda point: point - unit):
        yield give(first), give(last)


def _giver(by: Decimal, kind: type) -> Callable[[Decimal], Any]:
    if places(by):
        return Decimal
    return Long if kind is Long else int


def _walk(low: Any, high: Any, step: Callable[[Any], Any], back: Callable[[Any], Any]) -> Iterator[Span]:
    point = low
    while point is not None and (following := step(point)) is not None:
        last = back(following)
        if last is None or compare(last, high) not in {-1, 0} or compare(following, point) != 1:
            return
        yield point, last
        point = following
