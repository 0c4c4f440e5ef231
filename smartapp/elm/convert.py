"""Conversions between CQL's types. What cannot be converted is null."""

import re
from decimal import Decimal
from typing import Any

from smartapp.elm import units
from smartapp.elm.code import Code, Concept, plain
from smartapp.elm.quantity import MAX_LONG, Long, Quantity, Ratio, decimal_of, in_range
from smartapp.elm.temporal import DAY, Date, DateTime, Time, parse_date, parse_datetime, parse_time

_INTEGER = re.compile(r"[+-]?\d+")
_DECIMAL = re.compile(r"[+-]?\d+(\.\d+)?")
_QUANTITY = re.compile(r"([+-]?\d+(?:\.\d+)?)\s*(?:'([^']*)'|([a-z]+))?")
_BOOLEANS = {
    word: answer
    for answer, words in ((True, "true t yes y 1"), (False, "false f no n 0"))
    for word in words.split()
}


def to_boolean(value: Any) -> bool | None:
    """A Boolean from its words, or from 1 and 0."""
    value = plain(value)
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        return _BOOLEANS.get(value.lower())
    return {0: False, 1: True}.get(int(value)) if value == int(value) else None


def to_integer(value: Any) -> int | None:
    """An Integer from its digits."""
    value = plain(value)
    if isinstance(value, str):
        value = int(value) if _INTEGER.fullmatch(value) else None
    return None if value is None else _as_int(in_range(int(value)))


def _as_int(value: Any) -> int | None:
    return None if value is None else int(value)


def to_long(value: Any) -> Long | None:
    """A Long from its digits."""
    value = plain(value)
    if isinstance(value, str):
        value = int(value) if _INTEGER.fullmatch(value) else None
    return Long(value) if value is not None and abs(int(value)) <= MAX_LONG + 1 else None


def to_decimal(value: Any) -> Any:
    """A Decimal from its digits."""
    value = plain(value)
    if isinstance(value, str):
        return in_range(Decimal(value)) if _DECIMAL.fullmatch(value) else None
    return None if value is None else in_range(decimal_of(value))


def to_quantity(value: Any) -> Quantity | None:
    """A Quantity from a number, or from a number and a unit in quotes."""
    value = plain(value)
    if isinstance(value, Ratio):
        return None
    if isinstance(value, str):
        match = _QUANTITY.fullmatch(value)
        return _quantity(match) if match else None
    return value if value is None or isinstance(value, Quantity) else Quantity(decimal_of(value))


def _quantity(match: re.Match[str]) -> Quantity | None:
    number = in_range(Decimal(match[1]))
    unit = match[2] or match[3] or "1"
    known = match[3] is None or match[3] in units.CALENDAR
    return Quantity(decimal_of(number), unit) if number is not None and known else None


def to_ratio(value: Any) -> Ratio | None:
    """A Ratio from two quantities with a colon between them."""
    value = plain(value)
    if not isinstance(value, str):
        return value if isinstance(value, Ratio) else None
    top, _, bottom = value.partition(":")
    numerator, denominator = to_quantity(top.strip()), to_quantity(bottom.strip())
    return Ratio(numerator, denominator) if numerator and denominator else None


def to_string(value: Any) -> str | None:
    """The text of a value."""
    value = plain(value)
    if value is None or isinstance(value, str):
        return value
    return str(value).lower() if isinstance(value, bool) else str(value)


def to_datetime(value: Any) -> DateTime | None:
    """A DateTime from ISO 8601 text, or from a Date."""
    value = plain(value)
    if isinstance(value, Date):
        return DateTime(value.parts)
    return parse_datetime(value) if isinstance(value, str) else value


def to_date(value: Any) -> Date | None:
    """A Date from ISO 8601 text, or from a DateTime."""
    value = plain(value)
    if isinstance(value, DateTime):
        return Date(value.parts[:DAY])
    return parse_date(value) if isinstance(value, str) else value


def to_time(value: Any) -> Time | None:
    """A Time from ISO 8601 text, or from a DateTime."""
    value = plain(value)
    if isinstance(value, DateTime):
        return Time(value.parts[DAY:]) if len(value.parts) > DAY else None
    return parse_time(_ZONE.sub("", value)) if isinstance(value, str) else value


_ZONE = re.compile(r"(Z|[+-]\d\d:\d\d)$")


def to_concept(value: Any) -> Concept | None:
    """A Concept of one code, or of a list of codes."""
    value = plain(value)
    if isinstance(value, list):
        return Concept(tuple(value))
    return Concept((value,), value.display) if isinstance(value, Code) else value


def to_chars(value: str | None) -> list[str] | None:
    """The characters of a text."""
    return None if value is None else list(value)


def convert_quantity(value: Quantity | None, unit: str | None) -> Quantity | None:
    """The quantity in another unit; null where it measures something else."""
    if value is None or unit is None:
        return None
    number = units.converted(value.value, value.unit, unit)
    return None if number is None else Quantity(decimal_of(in_range(number) or Decimal(0)), unit)


def can_convert_quantity(value: Quantity | None, unit: str | None) -> bool | None:
    """Whether the quantity can be had in another unit."""
    if value is None or unit is None:
        return None
    return units.factor(value.unit, unit) is not None
