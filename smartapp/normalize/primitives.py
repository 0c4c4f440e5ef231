"""The shapes of single values: texts, words, ids, booleans, numbers and days, each as it came, repaired, or MISFIT."""

import re
from datetime import date, datetime
from functools import lru_cache
from typing import Any

MISFIT = object()
"""Not usable as what it should be."""

NUMBERS = (int, float)
"""The types of a JSON number."""
_DAY = len("2026-01-01")
# Statuses and intents as FHIR R4 writes them; anything else is put in lower case with hyphens.
_WORDS = frozenset(
    [
        "active",
        "amended",
        "appended",
        "cancelled",
        "completed",
        "corrected",
        "declined",
        "draft",
        "entered-in-error",
        "final",
        "finished",
        "in-progress",
        "intended",
        "not-done",
        "not-taken",
        "on-hold",
        "option",
        "order",
        "original-order",
        "partial",
        "plan",
        "preliminary",
        "preparation",
        "proposal",
        "registered",
        "revoked",
        "stopped",
        "unknown",
        "filler-order",
        "instance-order",
        "reflex-order",
    ]
)
_BOOLEANS = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_DATE = re.compile(r"(\d{4})(?:-(\d\d)(?:-(\d\d))?)?")
_TIME = re.compile(r"T\d\d(:\d\d(:\d\d(\.\d+)?)?)?(Z|[+-]\d\d:\d\d)?")


def text(value: Any) -> Any:
    """A string."""
    return value if type(value) is str else MISFIT


def word(value: Any) -> Any:
    """A code of a FHIR code system, such as a status: lower case with hyphens."""
    if type(value) is not str:
        return MISFIT
    return value if value in _WORDS else _word(value)


def identifier(value: Any) -> Any:
    """A logical id; a number is taken as its digits."""
    if type(value) is str and value:
        return value
    return str(value) if type(value) is int else MISFIT


def boolean(value: Any) -> Any:
    """True or false; the words for them are taken as such."""
    if type(value) is str:
        return _BOOLEANS.get(value, MISFIT)
    return value if type(value) is bool else MISFIT


def number(value: Any) -> Any:
    """A JSON number."""
    return value if type(value) in NUMBERS else MISFIT


def day(value: Any) -> Any:
    """A FHIR date, dateTime or instant; of one with an impossible time the day is kept."""
    if type(value) is not str:
        return MISFIT
    kept = _day(value)
    return value if kept == value else kept


def _word(value: str) -> Any:
    folded = re.sub(r"[\s_]+", "-", value.strip().lower())
    return folded or MISFIT


@lru_cache(maxsize=8192)
def _day(value: str) -> Any:
    usual = value[10:11] in ("", "T") and value[4:5] == "-" == value[7:8] and "," not in value
    if usual and _time_exists(value) and (len(value) == _DAY or _has_zone(value)):
        return value
    found = _DATE.match(value)
    if not found or not _exists(found):
        return MISFIT
    rest = value[found.end() :]
    if not rest:
        return value
    if found[3] and _TIME.fullmatch(rest) and _time_exists(value):
        return value
    return found[0] if found[3] and rest[0] in "T " else MISFIT


def _has_zone(value: str) -> bool:
    return value[-1] == "Z" or (value[-6] in "+-" and value[-3] == ":")


def _exists(parts: re.Match[str]) -> bool:
    try:
        date(int(parts[1]), int(parts[2] or 1), int(parts[3] or 1))
    except ValueError:
        return False
    return True


def _time_exists(value: str) -> bool:
    try:
        datetime.fromisoformat(value)
    except ValueError:
        return False
    return True
