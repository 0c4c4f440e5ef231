"""Quantities and ratios, and numbers as CQL has them: 28 digits, 8 of them after the point, no overflow."""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context, Decimal

DECIMALS = Context(prec=60, rounding=ROUND_HALF_UP)
STEP = Decimal("0.00000001")
"""The smallest difference between two decimals (CQL 1.5, "Decimal")."""
MAX_DECIMAL = Decimal("99999999999999999999.99999999")
MAX_INTEGER = 2**31 - 1
MAX_LONG = 2**63 - 1


class Long(int):
    """A 64-bit integer; Python's int stands for CQL's 32-bit Integer."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number with a unit: UCUM, or a calendar word such as 'year'."""

    value: Decimal
    unit: str = "1"

    def __str__(self) -> str:
        return f"{self.value} '{self.unit}'"


@dataclass(frozen=True, slots=True)
class Ratio:
    """One quantity for each of another."""

    numerator: Quantity | None
    denominator: Quantity | None

    def __str__(self) -> str:
        return f"{self.numerator}:{self.denominator}"


def decimal_of(number: float | Decimal) -> Decimal:
    """The decimal of a number; of a float (JSON) the shortest one that reads the same."""
    if isinstance(number, Decimal):
        return number
    return Decimal(repr(number) if isinstance(number, float) else int(number))


def rounded(number: Decimal) -> Decimal:
    """The number with at most 8 decimal places."""
    exponent = number.as_tuple().exponent
    if isinstance(exponent, int) and exponent < -8:  # noqa: PLR2004 - places of STEP
        return number.quantize(STEP, context=DECIMALS)
    return number


def in_range(number: int | Decimal | None) -> int | Decimal | None:
    """The number, or None where its type cannot hold it (CQL 1.5, Arithmetic: overflow is null)."""
    if number is None:
        return None
    if isinstance(number, Decimal):
        number = rounded(number)
        return number if number.is_finite() and abs(number) <= MAX_DECIMAL else None
    limit = MAX_LONG if isinstance(number, Long) else MAX_INTEGER
    return number if -limit - 1 <= number <= limit else None
