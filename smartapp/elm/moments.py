"""Making and taking apart dates and times."""

from decimal import Decimal
from typing import Any

from smartapp.elm import chronology
from smartapp.elm.failures import EvaluationError
from smartapp.elm.temporal import (
    DAY,
    HOUR,
    PRECISIONS,
    Date,
    DateTime,
    Temporal,
    Time,
    is_valid,
    offset_of,
)


def make_datetime(*parts: int | None, zone: Decimal | int | None = None) -> DateTime | None:
    """A DateTime from its parts, up to the first that is null."""
    known = _known(parts)
    if not known:
        return None
    offset = None if zone is None else int(zone * 60)
    return DateTime(_checked(known), offset if len(known) >= HOUR else None)


def make_date(*parts: int | None) -> Date | None:
    """A Date from its parts, up to the first that is null."""
    known = _known(parts)
    return Date(_checked(known)) if known else None


def make_time(*parts: int | None) -> Time | None:
    """A Time from its parts, up to the first that is null."""
    known = _known(parts)
    return Time(_checked((1, 1, 1, *known))[DAY:]) if known else None


def _known(parts: tuple[int | None, ...]) -> tuple[int, ...]:
    known: list[int] = []
    for part in parts:
        if part is None:
            break
        known.append(part)
    return tuple(known)


def _checked(parts: tuple[int, ...]) -> tuple[int, ...]:
    if not is_valid(parts):
        raise EvaluationError("a date or time outside the calendar")
    return parts


def component(value: Temporal | None, precision: str) -> int | None:
    """One part, such as the year; null where it is not known."""
    if value is None:
        return None
    place = PRECISIONS[precision] - value.LEAD - 1
    return value.parts[place] if 0 <= place < len(value.parts) else None


def date_of(value: DateTime | Date | None) -> Date | None:
    """The date, without the time."""
    return None if value is None else Date(value.parts[:DAY])


def time_of(value: DateTime | None) -> Time | None:
    """The time, without the date; null where none is known."""
    return None if value is None or value.precision < HOUR else Time(value.parts[DAY:])


def zone_of(value: DateTime | None) -> Decimal | None:
    """The offset in hours."""
    return None if value is None else Decimal(offset_of(value)) / 60


def duration_between(start: Temporal | None, end: Temporal | None, precision: str) -> Any:
    """Whole periods from one to the other; an uncertainty where they are known in part."""
    return None if start is None or end is None else chronology.duration(start, end, precision)


def difference_between(start: Temporal | None, end: Temporal | None, precision: str) -> Any:
    """Boundaries crossed from one to the other."""
    return None if start is None or end is None else chronology.difference(start, end, precision)
