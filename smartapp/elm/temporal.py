"""Dates and times that may be known only in part: a year, a month, a day, an hour.

A value is the tuple of its known parts, from the year (for Time: from the hour) downward. A DateTime has an
offset from UTC in minutes, or None for the offset of the evaluation (CQL 1.5 Author's Guide, "Timezone
Offset Considerations").
"""

import re
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import ClassVar

YEAR, MONTH, DAY, HOUR, MINUTE, SECOND, MILLISECOND = range(1, 8)
"""A precision is the number of parts that a DateTime of this precision has."""

PRECISIONS = {
    "Year": YEAR,
    "Month": MONTH,
    "Week": DAY,
    "Day": DAY,
    "Hour": HOUR,
    "Minute": MINUTE,
    "Second": SECOND,
    "Millisecond": MILLISECOND,
}
LOWEST = (1, 1, 1, 0, 0, 0, 0)
HIGHEST = (9999, 12, 31, 23, 59, 59, 999)
MINUTES_A_DAY = 24 * 60

default_offset: ContextVar[int] = ContextVar("default_offset", default=0)
"""The offset in minutes of a DateTime that states none; the evaluation sets it from its `now`."""


@dataclass(frozen=True, slots=True)
class Date:
    """A day, a month or a year."""

    parts: tuple[int, ...]
    LEAD: ClassVar[int] = 0
    """The number of parts that the type leaves out in front."""

    @property
    def precision(self) -> int:
        """The finest part that is known."""
        return len(self.parts)

    def __str__(self) -> str:
        return _date_text(self.parts)


@dataclass(frozen=True, slots=True)
class DateTime:
    """A moment, or a day, a month or a year that may lack the rest."""

    parts: tuple[int, ...]
    offset: int | None = None
    LEAD: ClassVar[int] = 0

    @property
    def precision(self) -> int:
        """The finest part that is known."""
        return len(self.parts)

    def __str__(self) -> str:
        text = _date_text(self.parts[:DAY])
        if self.precision < HOUR:
            return text
        return f"{text}T{_time_text(self.parts[DAY:])}{_offset_text(self.offset)}"


@dataclass(frozen=True, slots=True)
class Time:
    """A time of day."""

    parts: tuple[int, ...]
    LEAD: ClassVar[int] = DAY

    @property
    def precision(self) -> int:
        """The finest part that is known."""
        return DAY + len(self.parts)

    def __str__(self) -> str:
        return _time_text(self.parts)


Temporal = Date | DateTime | Time
TEMPORAL = (Date, DateTime, Time)


def _date_text(parts: tuple[int, ...]) -> str:
    return "-".join(f"{part:0{4 if place == 0 else 2}d}" for place, part in enumerate(parts))


def _time_text(parts: tuple[int, ...]) -> str:
    text = ":".join(f"{part:02d}" for part in parts[:3])
    return f"{text}.{parts[3]:03d}" if len(parts) > 3 else text  # noqa: PLR2004 - h, m, s, ms


def _offset_text(offset: int | None) -> str:
    if offset is None:
        return ""
    if offset == 0:
        return "Z"
    hours, minutes = divmod(abs(offset), 60)
    return f"{'-' if offset < 0 else '+'}{hours:02d}:{minutes:02d}"


_TIME = r"(?P<h>\d\d)(?::(?P<mi>\d\d)(?::(?P<s>\d\d)(?:\.(?P<ms>\d+))?)?)?"
_DATE_TIME = re.compile(
    r"(?P<y>\d{4})(?:-(?P<mo>\d\d)(?:-(?P<d>\d\d))?)?"
    rf"(?:T(?:{_TIME})?(?P<z>Z|[+-]\d\d(?::?\d\d)?)?)?"
)
_TIME_ONLY = re.compile(rf"T?{_TIME}")


@lru_cache(maxsize=8192)
def parse_datetime(text: str) -> DateTime | None:
    """The DateTime that an ISO 8601 text names, or None when it names none (2025-02-30, "unknown")."""
    match = _DATE_TIME.fullmatch(text)
    parts = _parts(match, ("y", "mo", "d", "h", "mi", "s", "ms")) if match else None
    if match is None or parts is None or not is_valid(parts):
        return None
    return DateTime(parts, _offset(match["z"]) if len(parts) >= HOUR else None)


@lru_cache(maxsize=4096)
def parse_date(text: str) -> Date | None:
    """The Date that an ISO 8601 text names, or None."""
    moment = parse_datetime(text)
    return None if moment is None else Date(moment.parts[:DAY])


def parse_time(text: str) -> Time | None:
    """The Time that an ISO 8601 text names, or None."""
    match = _TIME_ONLY.fullmatch(text)
    parts = _parts(match, ("h", "mi", "s", "ms")) if match else None
    return Time(parts) if parts is not None and is_valid((1, 1, 1, *parts)) else None


def _parts(match: re.Match[str], names: tuple[str, ...]) -> tuple[int, ...]:
    texts = [match[name] for name in names if match[name] is not None]
    if match["ms"] is not None:
        texts[-1] = texts[-1][:3].ljust(3, "0")
    return tuple(map(int, texts))


def _offset(zone: str | None) -> int | None:
    if zone is None:
        return None
    if zone == "Z":
        return 0
    minutes = int(zone[1:3]) * 60 + int(zone[-2:] if len(zone) > 3 else 0)  # noqa: PLR2004 - "+05"
    return -minutes if zone[0] == "-" else minutes


def is_valid(parts: tuple[int, ...]) -> bool:
    """Whether the calendar has these parts: 30 February and 24:00 are not valid."""
    year, month, day = (*parts[:DAY], 1, 1)[:DAY]
    if not (1 <= year <= 9999 and 1 <= month <= 12 and 1 <= day <= days_in_month(year, month)):  # noqa: PLR2004
        return False
    return all(0 <= part <= high for part, high in zip(parts[DAY:], HIGHEST[DAY:], strict=False))


def days_in_month(year: int, month: int) -> int:
    """The number of days of a month."""
    if month == 2:  # noqa: PLR2004 - February
        return 29 if year % 4 == 0 and (year % 100 != 0 or year % 400 == 0) else 28
    return 30 if month in {4, 6, 9, 11} else 31


def from_python(moment: datetime | date) -> DateTime:
    """The DateTime of a Python date or datetime."""
    if not isinstance(moment, datetime):
        return DateTime((moment.year, moment.month, moment.day))
    zone = moment.utcoffset()
    offset = None if zone is None else int(zone.total_seconds() // 60)
    day = (moment.year, moment.month, moment.day)
    return DateTime((*day, moment.hour, moment.minute, moment.second, moment.microsecond // 1000), offset)


def lowest(value: Temporal) -> tuple[int, ...]:
    """The seven parts of the earliest moment that the value may mean."""
    known = LOWEST[: value.LEAD] + value.parts
    return known + LOWEST[len(known) :]


def highest(value: Temporal) -> tuple[int, ...]:
    """The seven parts of the latest moment that the value may mean; seconds alone mean .000."""
    known = LOWEST[: value.LEAD] + value.parts
    if len(known) == SECOND:
        return (*known, 0)
    if len(known) == MONTH:
        known += (days_in_month(known[0], known[1]),)
    if type(value) is Date:  # a Date has no time that could be unknown
        return known + HIGHEST[len(known) : DAY] + LOWEST[DAY:]
    return known + HIGHEST[len(known) :]


def offset_of(value: Temporal) -> int:
    """The offset in minutes, that of the evaluation where the value states none."""
    offset = value.offset if type(value) is DateTime else None
    return default_offset.get() if offset is None else offset


def in_offset(value: DateTime, offset: int) -> DateTime:
    """The same moment as clocks in another offset show it; a value without a time has no moment."""
    own = offset_of(value)
    if value.precision < HOUR or own == offset:
        return value
    parts = _shifted(value.parts, offset - own)
    return DateTime(parts[: value.precision], offset)


def _shifted(parts: tuple[int, ...], minutes: int) -> tuple[int, ...]:
    """The parts of the moment some minutes later."""
    full = parts + LOWEST[len(parts) :]
    days, rest = divmod(full[3] * 60 + full[4] + minutes, MINUTES_A_DAY)
    return (*date_parts(day_number(full) + days), *divmod(rest, 60), *full[5:])


def day_number(parts: tuple[int, ...]) -> int:
    """Days since the first of January of the year 1, for the first three parts."""
    return date(parts[0], parts[1], parts[2]).toordinal()


def date_parts(number: int) -> tuple[int, int, int]:
    """Year, month and day of a day number; OverflowError or ValueError outside the years 1 to 9999."""
    day = date.fromordinal(number)
    return day.year, day.month, day.day
