"""Intervals of numbers, quantities, dates and times."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Interval:
    """From low to high. A null boundary means "not known" when open, "no limit" when closed."""

    low: Any
    high: Any
    low_closed: bool = True
    high_closed: bool = True
    point: str | None = None
    """The name of the point type where no boundary tells it ("Integer")."""

    def __str__(self) -> str:
        left, right = "[" if self.low_closed else "(", "]" if self.high_closed else ")"
        return f"Interval{left}{self.low}, {self.high}{right}"


@dataclass(frozen=True, slots=True)
class Uncertainty:
    """A number that is only known to lie from low to high, such as the years between partial dates."""

    low: Any
    high: Any

    def __str__(self) -> str:
        return f"{self.low} to {self.high}"


def certain(low: Any, high: Any) -> Any:
    """The number where both ends agree, else the uncertainty."""
    return low if low == high else Uncertainty(low, high)
