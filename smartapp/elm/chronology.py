"""Comparing and counting on dates and times that are known in part."""

from collections.abc import Callable

from smartapp.elm.interval import certain
from smartapp.elm.temporal import (
    HOUR,
    MILLISECOND,
    MINUTE,
    SECOND,
    Date,
    DateTime,
    Temporal,
    Time,
    day_number,
    highest,
    in_offset,
    lowest,
    offset_of,
)

MILLISECONDS = {HOUR: 3_600_000, MINUTE: 60_000, SECOND: 1_000, MILLISECOND: 1}
MILLISECONDS_A_DAY = 86_400_000


def compare(left: Temporal, right: Temporal, precision: int | None = None) -> int | None:
    """-1, 0 or 1 down to a precision; None where one of the two does not know the deciding part.

    Offsets are reconciled only where hours count (CQL 1.5 Author's Guide, "Comparing Dates and Times").
    """
    if type(left) is DateTime:
        left, right = same_offset(left, right, precision)
    one, other = left.parts, right.parts
    wanted = None if precision is None else precision - left.LEAD
    one, other = one[:wanted], other[:wanted]
    if len(one) == len(other):
        known = (one > other) - (one < other)
        # CQL 1.5 "Same As": a precision that neither value has makes equal values unknown
        return known or (None if wanted is not None and len(one) < wanted else 0)
    shared = min(len(one), len(other))
    return (one[:shared] > other[:shared]) - (one[:shared] < other[:shared]) or None


def same_offset(left: Temporal, right: Temporal, precision: int | None) -> tuple[Temporal, Temporal]:
    """Both as clocks in one offset show them, where that matters."""
    if type(left) is not DateTime or type(right) is not DateTime or left.offset == right.offset:
        return left, right
    if precision is not None and precision < HOUR:
        return left, right
    return left, in_offset(right, offset_of(left))


def duration(start: Temporal, end: Temporal, precision: str) -> object:
    """Whole periods from start to end, as a number or as an uncertainty; None where no number tells."""
    return _between(start, end, precision, _WHOLE[precision])


def difference(start: Temporal, end: Temporal, precision: str) -> object:
    """Boundaries crossed from start to end, as a number or as an uncertainty."""
    return _between(start, end, precision, _CROSSED[precision])


Moment = tuple[int, ...]
Count = Callable[[Moment, Moment], int]


def _between(start: Temporal, end: Temporal, precision: str, count: Count) -> object:
    if (type(start) is Time and precision in _CALENDAR) or (type(start) is Date and precision in _CLOCK):
        return None
    if precision in _CLOCK or count is _WHOLE.get(precision):
        start, end = same_offset(start, end, None)
    return certain(count(highest(start), lowest(end)), count(lowest(start), highest(end)))


def _months(start: Moment, end: Moment) -> int:
    return (end[0] - start[0]) * 12 + end[1] - start[1]


def _whole_months(start: Moment, end: Moment) -> int:
    months = _months(start, end)
    if months > 0 and end[2:] < start[2:]:
        return months - 1
    if months < 0 and end[2:] > start[2:]:
        return months + 1
    return months


def _milliseconds(parts: Moment) -> int:
    clock = ((parts[3] * 60 + parts[4]) * 60 + parts[5]) * 1000 + parts[6]
    return day_number(parts) * MILLISECONDS_A_DAY + clock


def _toward_zero(number: int, unit: int) -> int:
    return number // unit if number >= 0 else -(-number // unit)


def _whole(unit: int) -> Count:
    return lambda start, end: _toward_zero(_milliseconds(end) - _milliseconds(start), unit)


def _crossed(unit: int) -> Count:
    return lambda start, end: _milliseconds(end) // unit - _milliseconds(start) // unit


def _weeks_crossed(start: Moment, end: Moment) -> int:
    """Sundays passed: a week begins on Sunday, day 7 of a count from Monday, 1 January 1."""
    return day_number(end) // 7 - day_number(start) // 7


_CALENDAR = frozenset({"Year", "Month", "Week", "Day"})
_CLOCK = frozenset({"Hour", "Minute", "Second", "Millisecond"})
_WHOLE: dict[str, Count] = {
    "Year": lambda start, end: _toward_zero(_whole_months(start, end), 12),
    "Month": _whole_months,
    "Week": _whole(7 * MILLISECONDS_A_DAY),
    "Day": _whole(MILLISECONDS_A_DAY),
    "Hour": _whole(MILLISECONDS[HOUR]),
    "Minute": _whole(MILLISECONDS[MINUTE]),
    "Second": _whole(MILLISECONDS[SECOND]),
    "Millisecond": _whole(1),
}
_CROSSED: dict[str, Count] = {
    "Year": lambda start, end: end[0] - start[0],
    "Month": _months,
    "Week": _weeks_crossed,
    "Day": _crossed(MILLISECONDS_A_DAY),
    "Hour": _crossed(MILLISECONDS[HOUR]),
    "Minute": _crossed(MILLISECONDS[MINUTE]),
    "Second": _crossed(MILLISECONDS[SECOND]),
    "Millisecond": _crossed(1),
}
