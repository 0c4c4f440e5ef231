"""Moving dates and times by a quantity of time, and their first, last, next and previous values."""

from decimal import Decimal

from smartapp.elm.quantity import Quantity
from smartapp.elm.temporal import (
    DAY,
    HIGHEST,
    HOUR,
    LOWEST,
    MILLISECOND,
    MINUTE,
    MINUTES_A_DAY,
    MONTH,
    SECOND,
    YEAR,
    Date,
    DateTime,
    Temporal,
    Time,
    date_parts,
    day_number,
    days_in_month,
)

UNITS = {
    "year": YEAR, "years": YEAR, "a": YEAR,
    "month": MONTH, "months": MONTH, "mo": MONTH,
    "week": DAY, "weeks": DAY, "wk": DAY,
    "day": DAY, "days": DAY, "d": DAY,
    "hour": HOUR, "hours": HOUR, "h": HOUR,
    "minute": MINUTE, "minutes": MINUTE, "min": MINUTE,
    "second": SECOND, "seconds": SECOND, "s": SECOND,
    "millisecond": MILLISECOND, "milliseconds": MILLISECOND, "ms": MILLISECOND,
}  # fmt: skip
"""The unit of a quantity of time -> the part that it moves."""

_DAYS_A_WEEK = 7
_MILLISECONDS_A_DAY = MINUTES_A_DAY * 60_000
# How many of the finer part make one of the coarser (CQL 1.5 Reference, "Add" on dates).
_SCALE = {YEAR: 12, MONTH: 30, DAY: 24, HOUR: 60, MINUTE: 60, SECOND: 1000}
_DAYS_A_YEAR = 365
_CLOCK = {HOUR: 3_600_000, MINUTE: 60_000, SECOND: 1000, MILLISECOND: 1}


def moved(value: Temporal, quantity: Quantity, sign: int = 1) -> Temporal | None:
    """The date or time a quantity later; None outside the calendar or for a unit that is none of time."""
    unit = UNITS.get(quantity.unit)
    if unit is None:
        return None
    amount = quantity.value * sign * (_DAYS_A_WEEK if quantity.unit in {"week", "weeks", "wk"} else 1)
    try:
        return _moved(value, unit, amount)
    except (ValueError, OverflowError):
        return None


def _moved(value: Temporal, unit: int, amount: Decimal) -> Temporal:
    """Whole units of the finest part that the value knows are added; what is finer is cut off."""
    while unit > value.precision:
        to_year = unit == DAY and value.precision == YEAR
        unit = YEAR if to_year else unit - 1
        amount = amount / (_DAYS_A_YEAR if to_year else _SCALE[unit])
    whole = int(amount) if unit != SECOND or value.precision < MILLISECOND else amount
    if type(value) is Time:
        return _moved_time(value, unit, whole)
    parts = _moved_parts(value.parts, unit, whole)
    return Date(parts) if type(value) is Date else DateTime(parts, getattr(value, "offset", None))


def _moved_time(value: Time, unit: int, amount: int | Decimal) -> Time:
    full = value.parts + LOWEST[value.precision :]
    total = (_clock(full) + int(amount * _CLOCK[unit])) % _MILLISECONDS_A_DAY
    return Time(_clock_parts(total)[: len(value.parts)])


def _moved_parts(parts: tuple[int, ...], unit: int, amount: int | Decimal) -> tuple[int, ...]:
    full = parts + LOWEST[len(parts) :]
    if unit <= MONTH:
        moved_full = _moved_months(full, int(amount) * (12 if unit == YEAR else 1))
    elif unit == DAY:
        moved_full = (*date_parts(day_number(full) + int(amount)), *full[3:])
    else:
        days, clock = divmod(_clock(full[3:]) + int(amount * _CLOCK[unit]), _MILLISECONDS_A_DAY)
        moved_full = (*date_parts(day_number(full) + days), *_clock_parts(clock))
    return moved_full[: len(parts)]


def _moved_months(full: tuple[int, ...], months: int) -> tuple[int, ...]:
    """The last day of the month where the month has no such day (29 February + 1 year)."""
    year, month = divmod(full[0] * 12 + full[1] - 1 + months, 12)
    if not 1 <= year <= HIGHEST[0]:
        raise OverflowError
    return (year, month + 1, min(full[2], days_in_month(year, month + 1)), *full[3:])


def _clock(parts: tuple[int, ...]) -> int:
    return ((parts[0] * 60 + parts[1]) * 60 + parts[2]) * 1000 + parts[3]


def _clock_parts(milliseconds: int) -> tuple[int, ...]:
    seconds, rest = divmod(milliseconds, 1000)
    minutes, second = divmod(seconds, 60)
    return (*divmod(minutes, 60), second, rest)


def next_value(value: Temporal, step: int = 1) -> Temporal | None:
    """The value one step later (or earlier) at its own precision; None past the end of the calendar."""
    unit = value.precision
    if type(value) is Time:
        full = value.parts + LOWEST[unit:]
        total = _clock(full) + step * _CLOCK[unit]
        in_day = 0 <= total < _MILLISECONDS_A_DAY
        return Time(_clock_parts(total)[: len(value.parts)]) if in_day else None
    try:
        return _moved(value, unit, Decimal(step))
    except (ValueError, OverflowError):
        return None
