"""The first and last point of an interval, and the least and greatest value of each type."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from smartapp.elm.calendar import next_value
from smartapp.elm.failures import EvaluationError
from smartapp.elm.interval import Interval, Uncertainty
from smartapp.elm.quantity import MAX_DECIMAL, MAX_INTEGER, MAX_LONG, STEP, Long, Quantity
from smartapp.elm.temporal import DAY, HIGHEST, LOWEST, TEMPORAL, Date, DateTime, Time

MINIMUM: dict[str, Any] = {
    "Integer": -MAX_INTEGER - 1,
    "Long": Long(-MAX_LONG - 1),
    "Decimal": -MAX_DECIMAL,
    "Quantity": Quantity(-MAX_DECIMAL),
    "Date": Date(LOWEST[:DAY]),
    "DateTime": DateTime(LOWEST),
    "Time": Time(LOWEST[DAY:]),
}
MAXIMUM: dict[str, Any] = {
    "Integer": MAX_INTEGER,
    "Long": Long(MAX_LONG),
    "Decimal": MAX_DECIMAL,
    "Quantity": Quantity(MAX_DECIMAL),
    "Date": Date(HIGHEST[:DAY]),
    "DateTime": DateTime(HIGHEST),
    "Time": Time(HIGHEST[DAY:]),
}
_NAMES = {int: "Integer"}


def type_name(value: Any) -> str:
    """CQL's name for the type of a value."""
    return _NAMES.get(type(value), type(value).__name__)


def least(like: Any, point: str | None) -> Any:
    """The least value of the type of `like`, or of the type named."""
    value = MINIMUM.get(point or type_name(like))
    return Quantity(value.value, like.unit) if isinstance(like, Quantity) and value else value


def greatest(like: Any, point: str | None) -> Any:
    """The greatest value of the type of `like`, or of the type named."""
    value = MAXIMUM.get(point or type_name(like))
    return Quantity(value.value, like.unit) if isinstance(like, Quantity) and value else value


def start(interval: Interval) -> Any:
    """The first point: None where it is not known, the least value where there is no limit."""
    if interval.low is None:
        return least(interval.high, interval.point) if interval.low_closed else None
    return interval.low if interval.low_closed else successor(interval.low)


def end(interval: Interval) -> Any:
    """The last point: None where it is not known, the greatest value where there is no limit."""
    if interval.high is None:
        return greatest(interval.low, interval.point) if interval.high_closed else None
    return interval.high if interval.high_closed else predecessor(interval.high)


def successor(value: Any) -> Any:
    """The next value of the type; None past the last."""
    return _step(value, 1, MAXIMUM)


def predecessor(value: Any) -> Any:
    """The previous value of the type; None before the first."""
    return _step(value, -1, MINIMUM)


def _step(value: Any, step: int, limits: dict[str, Any]) -> Any:
    if value is None:
        return None
    if isinstance(value, TEMPORAL):
        return next_value(value, step)
    if isinstance(value, Quantity):
        number = _step(value.value, step, limits)
        return None if number is None else Quantity(number, value.unit)
    if isinstance(value, Uncertainty):
        return Uncertainty(_step(value.low, step, limits), _step(value.high, step, limits))
    if value == limits.get(type_name(value)):
        return None
    return value + step * STEP if isinstance(value, Decimal) else type(value)(value + step)


def next_of(value: Any) -> Any:
    """Successor of; past the end of the type there is none, and CQL makes that an error."""
    return _stepped(value, successor)


def previous_of(value: Any) -> Any:
    """Predecessor of."""
    return _stepped(value, predecessor)


def _stepped(value: Any, step: Callable[[Any], Any]) -> Any:
    result = step(value)
    if value is not None and result is None:
        raise EvaluationError("there is no next value of this type")
    return result


def minimum(type_name: str) -> Any:
    """The least value of a type."""
    return MINIMUM[type_name]


def maximum(type_name: str) -> Any:
    """The greatest value of a type."""
    return MAXIMUM[type_name]
