"""Numbers and quantities. Null in, null out; what a type cannot hold is null (CQL 1.5, Arithmetic)."""

from collections.abc import Callable
from decimal import ROUND_CEILING, ROUND_DOWN, ROUND_FLOOR, ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any

from smartapp.elm import units
from smartapp.elm.calendar import moved
from smartapp.elm.interval import Uncertainty, certain
from smartapp.elm.quantity import DECIMALS, Long, Quantity, decimal_of, in_range
from smartapp.elm.temporal import TEMPORAL

Number = int | Decimal
Step = Callable[[Any, Any], Any]


def _numeric(left: Any, right: Any, step: Step) -> Number | None:
    """The step on two plain numbers; the wider of the two types is the type of the result."""
    if isinstance(left, Decimal) or isinstance(right, Decimal):
        return in_range(_rounded_result(step, decimal_of(left), decimal_of(right)))
    wide = isinstance(left, Long) or isinstance(right, Long)
    result = step(int(left), int(right))
    return in_range(Long(result) if wide else result)


def _rounded_result(step: Step, left: Decimal, right: Decimal) -> Decimal | None:
    """The step in decimals, or None where there is no number."""
    try:
        result = step(left, right)
    except (InvalidOperation, ZeroDivisionError, OverflowError):
        return None
    return result if isinstance(result, Decimal) else Decimal(result)


def _uncertain(left: Any, right: Any, step: Step) -> Any:
    """The step on every end; the result lies between the least and the greatest."""
    ends = [
        step(one, other)
        for one in ((left.low, left.high) if isinstance(left, Uncertainty) else (left,))
        for other in ((right.low, right.high) if isinstance(right, Uncertainty) else (right,))
    ]
    return None if None in ends else certain(min(ends), max(ends))


def _is_uncertain(left: Any, right: Any) -> bool:
    return isinstance(left, Uncertainty) or isinstance(right, Uncertainty)


def add(left: Any, right: Any) -> Any:
    """Left + right: numbers, quantities, or a date and a quantity of time."""
    return _sum(left, right, 1)


def subtract(left: Any, right: Any) -> Any:
    """Left - right."""
    return _sum(left, right, -1)


def _sum(left: Any, right: Any, sign: int) -> Any:
    if left is None or right is None:
        return None
    if isinstance(left, TEMPORAL):
        return moved(left, right, sign)
    if _is_uncertain(left, right):
        return _uncertain(left, right, subtract if sign < 0 else add)
    if isinstance(left, Quantity):
        return _quantity_sum(left, right, sign)
    return _numeric(left, right, lambda one, other: one + sign * other)


def _quantity_sum(left: Quantity, right: Quantity, sign: int) -> Quantity | None:
    number = units.converted(right.value, right.unit, left.unit)
    return None if number is None else _quantity(_numeric(left.value, sign * number, DECIMALS.add), left.unit)


def _quantity(number: Number | None, unit: str | None) -> Quantity | None:
    return None if number is None or unit is None else Quantity(decimal_of(number), unit)


def multiply(left: Any, right: Any) -> Any:
    """Left * right."""
    if left is None or right is None:
        return None
    if _is_uncertain(left, right):
        return _uncertain(left, right, multiply)
    if isinstance(left, Quantity) or isinstance(right, Quantity):
        one, other = _as_quantity(left), _as_quantity(right)
        return _quantity(_numeric(one.value, other.value, DECIMALS.multiply), _product(one.unit, other.unit))
    return _numeric(left, right, lambda one, other: one * other)


def _as_quantity(value: Any) -> Quantity:
    return value if isinstance(value, Quantity) else Quantity(decimal_of(value))


def _product(left: str, right: str) -> str | None:
    if right == "1":
        return left
    return right if left == "1" else units.product(left, right)


def divide(left: Any, right: Any) -> Any:
    """Left / right, a decimal; null by zero."""
    if left is None or right is None:
        return None
    if isinstance(left, Quantity) or isinstance(right, Quantity):
        return _quantity_divided(_as_quantity(left), _as_quantity(right))
    return _numeric(decimal_of(left), decimal_of(right), DECIMALS.divide)


def _quantity_divided(left: Quantity, right: Quantity) -> Quantity | None:
    if right.unit == "1":
        return _quantity(_numeric(left.value, right.value, DECIMALS.divide), left.unit)
    number = units.converted(right.value, right.unit, left.unit)
    if number is not None:
        return _quantity(_numeric(left.value, number, DECIMALS.divide), "1")
    unit = units.product(left.unit, right.unit, divide=True)
    return _quantity(_numeric(left.value, right.value, DECIMALS.divide), unit)


def truncated_divide(left: Any, right: Any) -> Any:
    """Left div right: the quotient without its fraction."""
    return _by_divisor(left, right, _div)


def modulo(left: Any, right: Any) -> Any:
    """Left mod right: the remainder, with the sign of the dividend."""
    return _by_divisor(left, right, _mod)


def _by_divisor(left: Any, right: Any, step: Step) -> Any:
    if left is None or right is None:
        return None
    if isinstance(left, Quantity):
        number = units.converted(right.value, right.unit, left.unit)
        return None if not number else _quantity(_numeric(left.value, number, step), left.unit)
    return None if right == 0 else _numeric(left, right, step)


def _div(left: Any, right: Any) -> Any:
    if isinstance(left, Decimal):
        return DECIMALS.divide(left, right).to_integral_value(ROUND_DOWN)
    quotient = abs(left) // abs(right)
    return quotient if (left < 0) == (right < 0) else -quotient


def _mod(left: Any, right: Any) -> Any:
    if isinstance(left, Decimal):
        return DECIMALS.remainder(left, right)
    return left - right * _div(left, right)


def power(base: Any, exponent: Any) -> Any:
    """Base ^ exponent; a decimal where the exponent of an integer is negative."""
    if base is None or exponent is None:
        return None
    if isinstance(base, Decimal) or isinstance(exponent, Decimal) or exponent < 0:
        return _numeric(decimal_of(base), decimal_of(exponent), _decimal_power)
    return _numeric(base, exponent, lambda one, other: one**other)


def _decimal_power(base: Decimal, exponent: Decimal) -> Decimal:
    return Decimal(1) if base == exponent == 0 else DECIMALS.power(base, exponent)


def negate(value: Any) -> Any:
    """Minus the value."""
    if isinstance(value, Quantity):
        return Quantity(-value.value, value.unit)
    if isinstance(value, Uncertainty):
        return Uncertainty(negate(value.high), negate(value.low))
    return None if value is None else type(value)(-value)


def absolute(value: Any) -> Any:
    """The value without its sign."""
    if isinstance(value, Quantity):
        return Quantity(abs(value.value), value.unit)
    return None if value is None else in_range(type(value)(abs(value)))


def ceiling(value: Any) -> Any:
    """The least integer that is not less."""
    return None if value is None else _integer(value, ROUND_CEILING)


def floor(value: Any) -> Any:
    """The greatest integer that is not greater."""
    return None if value is None else _integer(value, ROUND_FLOOR)


def truncate(value: Any) -> Any:
    """The integer part."""
    return None if value is None else _integer(value, ROUND_DOWN)


def _integer(value: Any, rounding: str) -> Any:
    return in_range(int(decimal_of(value).to_integral_value(rounding)))


def round_half_up(value: Any, places: int | None = None) -> Any:
    """The decimal with so many places; a half goes away from zero."""
    if value is None:
        return None
    return decimal_of(value).quantize(Decimal(1).scaleb(-(places or 0)), rounding=ROUND_HALF_UP)


def logarithm(value: Any, base: Any) -> Any:
    """The logarithm to a base; null for the base 1."""
    if value is None or base is None or base == 1:
        return None
    return _numeric(
        decimal_of(value), decimal_of(base), lambda one, other: one.ln(DECIMALS) / other.ln(DECIMALS)
    )


def natural_logarithm(value: Any) -> Any:
    """The natural logarithm; null where there is none."""
    if value is None or value <= 0:
        return None
    return in_range(decimal_of(value).ln(DECIMALS))


def exponential(value: Any) -> Any:
    """The number e to this power."""
    if value is None:
        return None
    return in_range(_rounded_result(lambda one, _: one.exp(DECIMALS), decimal_of(value), Decimal(0)))
