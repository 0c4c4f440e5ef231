"""CQL's `=` and `~`, and finding duplicates by them."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from smartapp.elm import chronology, units
from smartapp.elm.bounds import end, start
from smartapp.elm.code import Code, Concept, plain
from smartapp.elm.interval import Interval, Uncertainty
from smartapp.elm.quantity import DECIMALS, Long, Quantity, Ratio, decimal_of
from smartapp.elm.temporal import TEMPORAL

_NUMBERS = (int, Decimal, float, Long)
_TEMPORAL = frozenset(TEMPORAL)
_SIMPLE = frozenset({str, int, bool, Long})


def equal(left: Any, right: Any) -> bool | None:
    """Whether two values are the same; None where one is null or not known well enough."""
    if left is None or right is None:
        return None
    if type(left) is type(right) and type(left) in _SIMPLE:
        return bool(left == right)
    left, right = plain(left), plain(right)
    if left is right and isinstance(left, dict) and "resourceType" in left:
        return True
    return _equal_kind(left, right)


def _equal_kind(left: Any, right: Any) -> bool | None:
    if type(left) in _TEMPORAL and type(right) in _TEMPORAL:
        return None if (order := chronology.compare(left, right)) is None else order == 0
    if isinstance(left, Uncertainty) or isinstance(right, Uncertainty):
        return _equal_uncertain(left, right)
    if isinstance(left, Quantity) and isinstance(right, Quantity):
        return _equal_quantity(left, right)
    if isinstance(left, Interval) and isinstance(right, Interval):
        return all_true((equal(start(left), start(right)), equal(end(left), end(right))))
    if isinstance(left, list) and isinstance(right, list):
        return _equal_list(left, right)
    if isinstance(left, dict) and isinstance(right, dict):
        return _equal_tuple(left, right)
    if isinstance(left, Ratio) and isinstance(right, Ratio):
        return all_true((equal(left.numerator, right.numerator), equal(left.denominator, right.denominator)))
    return _equal_rest(left, right)


def _equal_rest(left: Any, right: Any) -> bool:
    if isinstance(left, float) or isinstance(right, float):
        return isinstance(left, _NUMBERS) and isinstance(right, _NUMBERS) and _same_number(left, right)
    return bool(left == right)


def _same_number(left: Any, right: Any) -> bool:
    return decimal_of(left) == decimal_of(right)


def _equal_uncertain(left: Any, right: Any) -> bool | None:
    low, high = _ends(left)
    other_low, other_high = _ends(right)
    if low == high == other_low == other_high:
        return True
    return False if high < other_low or other_high < low else None


def _ends(value: Any) -> tuple[Any, Any]:
    return (value.low, value.high) if isinstance(value, Uncertainty) else (value, value)


def _equal_quantity(left: Quantity, right: Quantity) -> bool | None:
    if left.unit == right.unit:
        return left.value == right.value
    if units.is_calendar(left.unit) is not units.is_calendar(right.unit):
        return None
    other = units.converted(right.value, right.unit, left.unit)
    return None if other is None else round(left.value, 8) == round(other, 8)


def all_true(answers: Iterable[bool | None]) -> bool | None:
    """Three-valued "and" over many."""
    seen: bool | None = True
    for answer in answers:
        if answer is False:
            return False
        seen = seen if answer else None
    return seen


def any_true(answers: Iterable[bool | None]) -> bool | None:
    """Three-valued "or" over many."""
    seen: bool | None = False
    for answer in answers:
        if answer is True:
            return True
        seen = None if answer is None else seen
    return seen


def _equal_list(left: list[Any], right: list[Any]) -> bool | None:
    if len(left) != len(right):
        return False
    return all_true(_equal_element(one, other) for one, other in zip(left, right, strict=True))


def _equal_tuple(left: Mapping[str, Any], right: Mapping[str, Any]) -> bool | None:
    if left.keys() != right.keys():
        return False
    return all_true(_equal_element(left[name], right[name]) for name in left)


def _equal_element(left: Any, right: Any) -> bool | None:
    """CQL 1.5, Equal: elements of tuples and lists that are both null count as equal."""
    return True if left is None and right is None else equal(left, right)


def equivalent(left: Any, right: Any) -> bool:
    """Whether two values mean the same; two nulls do."""
    if left is None or right is None:
        return left is None and right is None
    left, right = plain(left), plain(right)
    if isinstance(left, str) and isinstance(right, str):
        return _folded(left) == _folded(right)
    if isinstance(left, Code | Concept) and isinstance(right, Code | Concept):
        return not _pairs(left).isdisjoint(_pairs(right))
    return _equivalent_kind(left, right)


def _equivalent_kind(left: Any, right: Any) -> bool:
    if isinstance(left, list) and isinstance(right, list):
        return len(left) == len(right) and all(map(equivalent, left, right))
    if isinstance(left, dict) and isinstance(right, dict):
        return left.keys() == right.keys() and all(equivalent(left[name], right[name]) for name in left)
    if isinstance(left, Interval) and isinstance(right, Interval):
        return equivalent(start(left), start(right)) and equivalent(end(left), end(right))
    if isinstance(left, TEMPORAL) and isinstance(right, TEMPORAL):
        return chronology.compare(left, right) == 0
    if isinstance(left, Ratio) and isinstance(right, Ratio):
        return _proportion(left) == _proportion(right)
    if isinstance(left, Quantity) and isinstance(right, Quantity):
        return _equivalent_quantity(left, right)
    if isinstance(left, Decimal) and isinstance(right, Decimal):
        return _equivalent_decimal(left, right)
    return equal(left, right) is True


def _equivalent_quantity(left: Quantity, right: Quantity) -> bool:
    """Here a calendar year is 365 days and a month 30 days (CQL 1.5, Equivalent)."""
    for convert in (units.converted, units.converted_by_days):
        other = convert(right.value, right.unit, left.unit)
        if other is not None and round(left.value, 8) == round(other, 8):
            return True
    return False


def _folded(text: str) -> str:
    """CQL 1.5, Equivalent: case is ignored, and any white space is one like another."""
    return "".join(" " if letter.isspace() else letter for letter in text.casefold())


def _pairs(value: Code | Concept) -> frozenset[Any]:
    return value.pairs if isinstance(value, Concept) else frozenset((value.pair,))


def _equivalent_decimal(left: Decimal, right: Decimal) -> bool:
    """Compared at the lesser precision of the two, trailing zeros aside."""
    places = [max(0, -int(number.normalize().as_tuple().exponent)) for number in (left, right)]
    step = Decimal(1).scaleb(-min(places))
    return left.quantize(step, context=DECIMALS) == right.quantize(step, context=DECIMALS)


def _proportion(ratio: Ratio) -> Decimal | None:
    top, bottom = ratio.numerator, ratio.denominator
    if top is None or bottom is None or not bottom.value:
        return None
    ratio_of_units = units.factor(top.unit, bottom.unit)
    return DECIMALS.divide(top.value, bottom.value) * (
        Decimal(1) if ratio_of_units is None else ratio_of_units
    )


def distinct(values: Iterable[Any]) -> list[Any]:
    """The values without those that an earlier one equals; nulls equal each other here."""
    seen: set[Any] = set()
    rest: list[Any] = []
    kept: list[Any] = []
    for value in values:
        key = identity(value)
        if key is None:
            if contains_same(rest, value):
                continue
            rest.append(value)
        elif key in seen:
            continue
        else:
            seen.add(key)
        kept.append(value)
    return kept


def identity(value: Any) -> Any:
    """A hashable thing that is the same exactly for equal values, or None where comparing must tell.

    A FHIR resource is identified by its type and id, so that the union of two retrieves has it once.
    """
    kind = type(value)
    if kind in _SIMPLE:
        return kind is bool, value
    if value is None:
        return ("null",)
    if kind is dict and "id" in value and "resourceType" in value:
        return value["resourceType"], value["id"]
    return ("code", value) if kind is Code else None


def contains_same(values: Iterable[Any], value: Any) -> bool:
    """Whether one of the values equals this one, or is null as this one is."""
    return any(same(one, value) for one in values)


def same(left: Any, right: Any) -> bool:
    """Equality for list membership: true or not; two nulls are the same."""
    if left is None or right is None:
        return left is None and right is None
    return equal(left, right) is True
