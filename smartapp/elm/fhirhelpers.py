"""FHIRHelpers in Python: what cql/FHIRHelpers.cql says, done directly on the JSON."""

from collections.abc import Callable
from typing import Any

from smartapp.elm.code import Code, Concept, plain
from smartapp.elm.fhir import primitive
from smartapp.elm.interval import Interval
from smartapp.elm.ordering import less
from smartapp.elm.quantity import Quantity, Ratio, decimal_of
from smartapp.elm.temporal import DAY, Date, DateTime, Time, parse_date, parse_datetime, parse_time


def to_string(value: Any) -> str | None:
    """A FHIR string, uri or code as a String."""
    value = plain(value)
    return value if value is None or isinstance(value, str) else str(value)


def to_boolean(value: Any) -> bool | None:
    """A FHIR boolean as a Boolean."""
    value = plain(value)
    return value if isinstance(value, bool) else None


def to_integer(value: Any) -> int | None:
    """A FHIR integer as an Integer."""
    value = plain(value)
    return value if type(value) is int else None


def to_decimal(value: Any) -> Any:
    """A FHIR decimal as a Decimal."""
    value = plain(value)
    return None if value is None else decimal_of(value)


def to_datetime(value: Any) -> DateTime | None:
    """A FHIR dateTime or instant as a DateTime; None when it is not a date of the calendar."""
    if type(value) is str:
        return parse_datetime(value)
    if value is None:
        return None
    value = plain(value)
    if isinstance(value, str):
        return parse_datetime(value)
    return value if isinstance(value, DateTime) else None


def to_day(value: Any) -> Date | None:
    """The date of a FHIR dateTime (`date from`), without making the DateTime."""
    if type(value) is str:
        return parse_date(value)
    moment = to_datetime(value)
    return None if moment is None else Date(moment.parts[:DAY])


def to_date(value: Any) -> Date | None:
    """A FHIR date as a Date."""
    value = plain(value)
    if isinstance(value, str):
        return parse_date(value)
    return value if isinstance(value, Date) else None


def to_time(value: Any) -> Time | None:
    """A FHIR time as a Time."""
    value = plain(value)
    if isinstance(value, str):
        return parse_time(value)
    return value if isinstance(value, Time) else None


def to_quantity(value: Any) -> Quantity | None:
    """A FHIR Quantity as a Quantity: its UCUM code, else its unit as written, else '1'."""
    value = plain(value)
    if not isinstance(value, dict) or (number := value.get("value")) is None:
        return value if isinstance(value, Quantity) else None
    return Quantity(decimal_of(number), value.get("code") or value.get("unit") or "1")


def to_ratio(value: Any) -> Ratio | None:
    """A FHIR Ratio as a Ratio."""
    value = plain(value)
    if not isinstance(value, dict):
        return value if isinstance(value, Ratio) else None
    return Ratio(to_quantity(value.get("numerator")), to_quantity(value.get("denominator")))


def to_code(value: Any) -> Code | None:
    """A FHIR Coding as a Code."""
    value = plain(value)
    if not isinstance(value, dict):
        return value if isinstance(value, Code) else None
    return Code(value.get("code"), value.get("system"), value.get("version"), value.get("display"))


def to_concept(value: Any) -> Concept | None:
    """A FHIR CodeableConcept as a Concept."""
    value = plain(value)
    if not isinstance(value, dict):
        return value if isinstance(value, Concept) else None
    return Concept(tuple(map(to_code, value.get("coding") or ())), value.get("text"))


def to_interval(value: Any) -> Interval | None:
    """A FHIR Period or Range as an Interval; None where it ends before it starts."""
    value = plain(value)
    if not isinstance(value, dict):
        return value if isinstance(value, Interval) else None
    if "low" in value or "high" in value:
        return _range(to_quantity(value.get("low")), to_quantity(value.get("high")))
    return _period(value)


def _range(low: Quantity | None, high: Quantity | None) -> Interval | None:
    return None if less(high, low) is True else Interval(low, high)


def _period(value: dict[str, Any]) -> Interval | None:
    """FHIR R4, Period: an absent start is unknown, an absent end is ongoing; an unreadable end is not."""
    start, end = (primitive(value.get(name), "dateTime") for name in ("start", "end"))
    if (start is None and end is None) or less(end, start) is True:
        return None
    return Interval(start, end, start is not None, end is not None or "end" not in value)


HELPERS = "FHIRHelpers"
INTRINSICS: dict[str, Callable[[Any], Any]] = {
    "ToString": to_string,
    "ToBoolean": to_boolean,
    "ToInteger": to_integer,
    "ToDecimal": to_decimal,
    "ToDateTime": to_datetime,
    "ToDate": to_date,
    "ToTime": to_time,
    "ToQuantity": to_quantity,
    "ToRatio": to_ratio,
    "ToCode": to_code,
    "ToConcept": to_concept,
    "ToInterval": to_interval,
}
"""FHIRHelpers function -> what does the same here."""
