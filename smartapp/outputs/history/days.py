"""Days as they are written in a record: a year or a month stands for every day in it."""

import calendar
from datetime import date

_YEAR, _MONTH = 1, 2


def first_day(text: str) -> date:
    """The first day that YYYY, YYYY-MM or YYYY-MM-DD can mean."""
    year, month, day = [*_parts(text), 1, 1][:3]
    return date(year, month, day)


def last_day(text: str) -> date:
    """The last day that YYYY, YYYY-MM or YYYY-MM-DD can mean."""
    parts = _parts(text)
    year = parts[0]
    month = parts[1] if len(parts) > _YEAR else 12
    day = parts[2] if len(parts) > _MONTH else calendar.monthrange(year, month)[1]
    return date(year, month, day)


def _parts(text: str) -> list[int]:
    return [int(part) for part in text.split("-")]
