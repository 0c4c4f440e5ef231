"""Precision, and the least and greatest value that a value known to a precision may stand for."""

from decimal import ROUND_DOWN, Decimal
from typing import Any

from smartapp.elm.quantity import decimal_of
from smartapp.elm.temporal import DAY, Date, DateTime, Temporal, Time, highest, lowest

_DIGITS = (4, 6, 8, 10, 12, 14, 17)
"""Digits of a DateTime known to the year, the month ... the millisecond."""
_TIME_DIGITS = (2, 4, 6, 9)
_DECIMAL_PLACES = 8


def precision(value: Any) -> int | None:
    """Decimal places of a number; digits of a date or time."""
    if value is None:
        return None
    if isinstance(value, Decimal):
        return places(value)
    return _digits(value)[len(value.parts) - 1]


def places(value: Decimal) -> int:
    """The number of decimal places as written."""
    return max(0, -int(value.as_tuple().exponent))


def _digits(value: Temporal) -> tuple[int, ...]:
    return _TIME_DIGITS if type(value) is Time else _DIGITS


def low_boundary(value: Any, digits: int | None = None) -> Any:
    """The least value that the value may stand for, to a precision."""
    if value is None:
        return None
    if isinstance(value, int | Decimal):
        return _decimal_boundary(decimal_of(value), digits, high=False)
    return _moment(value, lowest(value), digits)


def high_boundary(value: Any, digits: int | None = None) -> Any:
    """The greatest value that the value may stand for, to a precision."""
    if value is None:
        return None
    if isinstance(value, int | Decimal):
        return _decimal_boundary(decimal_of(value), digits, high=True)
    return _moment(value, highest(value), digits)


def _decimal_boundary(value: Decimal, digits: int | None, *, high: bool) -> Decimal | None:
    wanted = _DECIMAL_PLACES if digits is None else digits
    if not 0 <= wanted <= _DECIMAL_PLACES:
        return None
    step = Decimal(1).scaleb(-wanted)
    reach = Decimal(1).scaleb(-places(value)) - step if high and wanted > places(value) else Decimal(0)
    return (value + reach.copy_sign(value)).quantize(step, rounding=ROUND_DOWN)


def _moment(value: Temporal, full: tuple[int, ...], digits: int | None) -> Temporal | None:
    known = _digits(value)
    if digits is not None and digits not in known:
        return None
    count = len(known) if digits is None else known.index(digits) + 1
    if type(value) is DateTime:
        return DateTime(full[:count], value.offset)
    return Time(full[DAY:][:count]) if type(value) is Time else Date(full[: min(count, DAY)])
