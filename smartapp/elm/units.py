"""Comparing and converting quantities by UCUM; the library for it is loaded when two units first differ."""

from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Any

from smartapp.elm.quantity import DECIMALS, decimal_of

CALENDAR = {
    "year": "a", "years": "a", "month": "mo", "months": "mo", "week": "wk", "weeks": "wk",
    "day": "d", "days": "d", "hour": "h", "hours": "h", "minute": "min", "minutes": "min",
    "second": "s", "seconds": "s", "millisecond": "ms", "milliseconds": "ms",
}  # fmt: skip
"""The words for calendar durations -> UCUM."""


_DAYS = {"year": 365, "years": 365, "month": 30, "months": 30, "week": 7, "weeks": 7, "day": 1, "days": 1}


def is_calendar(unit: str) -> bool:
    """Whether a unit is a calendar year or month, whose length varies; UCUM's `a` and `mo` are fixed."""
    return _DAYS.get(unit, 0) >= _DAYS["month"]


def converted_by_days(value: Decimal, unit: str, other: str) -> Decimal | None:
    """A calendar duration in another calendar unit, by days."""
    if unit not in _DAYS or other not in _DAYS:
        return None
    return DECIMALS.divide(value * _DAYS[unit], Decimal(_DAYS[other]))


def ucum(unit: str | None) -> str:
    """The UCUM code of a unit as written: calendar words and nothing included."""
    return CALENDAR.get(unit, unit) if unit else "1"


def factor(unit: str | None, other: str | None) -> Decimal | None:
    """What a number in one unit is multiplied by to be in the other; None where that makes no sense."""
    one, two = ucum(unit), ucum(other)
    return Decimal(1) if one == two else _factor(one, two)


@lru_cache(maxsize=1024)
def _factor(one: str, two: str) -> Decimal | None:
    try:
        return decimal_of(float(_quantity(one).to(_quantity(two).units).magnitude))
    except Exception:  # noqa: BLE001 - the library has many errors, and all mean "not comparable"
        return None


@lru_cache(maxsize=1024)
def product(unit: str | None, other: str | None, *, divide: bool = False) -> str | None:
    """The UCUM unit of a product or a quotient; None where the library does not know the units."""
    one, two = ucum(unit), ucum(other)
    if two == "1":
        return one
    if one == "1" and not divide:
        return two
    if one == two and divide:
        return "1"
    return f"{one}/{two}" if divide else _joined(one, two)


def _joined(one: str, two: str) -> str:
    return f"{one}2" if one == two and one.isalpha() else f"{one}.{two}"


def converted(value: Decimal, unit: str | None, other: str | None) -> Decimal | None:
    """The number in another unit."""
    ratio = factor(unit, other)
    if ratio is None:
        return None
    try:
        return DECIMALS.multiply(value, ratio)
    except InvalidOperation:
        return None


@lru_cache(maxsize=1)
def _registry() -> Any:
    from ucumvert import PintUcumRegistry  # noqa: PLC0415 - half a second that most evaluations never need

    return PintUcumRegistry()


def _quantity(unit: str) -> Any:
    return _registry().from_ucum(unit)
