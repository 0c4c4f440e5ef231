"""Dates as FHIR search compares them: every date is the range of instants that it may mean."""

import re
from calendar import monthrange
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from smartapp.sandbox.fhir.refusals import invalid

Range = tuple[datetime, datetime]
"""The first instant, and the first one after it."""

_FIRST, _LAST = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)
_WRITTEN = re.compile(
    r"(\d{4})(?:-(\d\d)(?:-(\d\d)(?:T(\d\d):(\d\d)(?::(\d\d)(?:\.\d+)?)?(Z|[+-]\d\d:\d\d)?)?)?)?"
)
_ASKED = re.compile(r"(eq|ne|gt|ge|lt|le|sa|eb)?(\d.*)")

# FHIR R4 search "date": the resource's range against the parameter's
_COMPARE: Mapping[str, Callable[[Range, Range], bool]] = {
    "eq": lambda held, asked: asked[0] <= held[0] and held[1] <= asked[1],
    "ne": lambda held, asked: not (asked[0] <= held[0] and held[1] <= asked[1]),
    "gt": lambda held, asked: held[1] > asked[1],
    "ge": lambda held, asked: held[1] > asked[0],
    "lt": lambda held, asked: held[0] < asked[0],
    "le": lambda held, asked: held[0] < asked[1],
    "sa": lambda held, asked: held[0] >= asked[1],
    "eb": lambda held, asked: held[1] <= asked[0],
}


def matches(value: Any, asked: str) -> bool:
    """Whether a date, dateTime, instant or Period of a resource is what a parameter asks for."""
    prefix, day = _parts(asked)
    held = span(value)
    return held is not None and _COMPARE[prefix](held, day)


def span(value: Any) -> Range | None:
    """The range of a date or a Period; None when it cannot be read."""
    if isinstance(value, dict):
        start, end = span(value.get("start")), span(value.get("end"))
        return (start[0] if start else _FIRST, end[1] if end else _LAST)
    written = _WRITTEN.fullmatch(value) if isinstance(value, str) else None
    return _range(written) if written else None


def _parts(asked: str) -> tuple[str, Range]:
    # a "+" of an offset that was not escaped in the address arrives as a space
    found = _ASKED.fullmatch(asked.replace(" ", "+"))
    day = span(found[2]) if found else None
    if found is None or day is None:
        raise invalid("A date parameter is a prefix (eq, ne, gt, ge, lt, le, sa, eb) and a date.")
    return found[1] or "eq", day


def _range(written: re.Match[str]) -> Range | None:
    year, month, day, hour, minute, second, zone = written.groups()
    try:
        start = datetime(int(year), int(month or 1), int(day or 1), tzinfo=UTC)
        start += timedelta(
            hours=int(hour or 0), minutes=int(minute or 0), seconds=int(second or 0)
        ) - _offset(zone)
        return start, start + _length(written, start)
    except (ValueError, OverflowError):
        return None


def _length(written: re.Match[str], start: datetime) -> timedelta:
    if written[6]:
        return timedelta(seconds=1)
    if written[4]:
        return timedelta(minutes=1)
    if written[3]:
        return timedelta(days=1)
    if written[2]:
        return timedelta(days=monthrange(start.year, start.month)[1])
    return start.replace(year=start.year + 1) - start


def _offset(zone: str | None) -> timedelta:
    if zone in (None, "Z"):
        return timedelta()
    assert zone is not None
    size = timedelta(hours=int(zone[1:3]), minutes=int(zone[4:6]))
    return -size if zone[0] == "-" else size
