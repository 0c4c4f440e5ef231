"""Walking FHIR JSON as CQL does: choice elements, primitive values, types.

A FHIR primitive is its bare JSON value; what it is (a date, a string) is told by the element's name or by
the choice. A FHIR resource or element is the parsed dict itself.
"""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from smartapp.elm.code import Choice, Code, Concept, plain
from smartapp.elm.fhirtypes import CHOICES, PARENTS
from smartapp.elm.interval import Interval
from smartapp.elm.quantity import decimal_of
from smartapp.elm.temporal import parse_date, parse_datetime, parse_time

DATE_PARSERS: dict[str, Callable[[str], Any]] = {
    "date": parse_date,
    "dateTime": parse_datetime,
    "instant": parse_datetime,
    "time": parse_time,
}
_CHOICE_KEYS: dict[str, dict[str, str]] = {}


def choice_keys(name: str) -> Mapping[str, str]:
    """JSON key -> FHIR type for a choice element ("valueQuantity" -> "Quantity")."""
    if name not in _CHOICE_KEYS:
        types = CHOICES.get(name, "").split()
        _CHOICE_KEYS[name] = {choice_key(name, kind): kind for kind in types}
    return _CHOICE_KEYS[name]


def choice_key(name: str, kind: str) -> str:
    """The JSON key of a choice element when it holds this type."""
    kind = "Quantity" if kind in {"SimpleQuantity", "MoneyQuantity"} else kind
    return name + kind[0].upper() + kind[1:]


def element(value: Any, name: str) -> Any:
    """The element of a FHIR dict, a tuple or one of CQL's own structures; None where there is none."""
    kind = type(value)
    if kind is dict:
        return value.get(name)
    if kind is Choice:
        return (
            primitive(value)
            if name == "value" and not isinstance(value.value, dict)
            else element(value[1], name)
        )
    if value is None:
        return None
    return _own(value, name)


def _own(value: Any, name: str) -> Any:
    if name == "value" and isinstance(value, str | int | float | Decimal):
        return primitive(value)
    if isinstance(value, Mapping):
        return value.get(name)
    if isinstance(value, Concept) and name == "codes":
        return list(value.codes)
    return getattr(value, _SNAKE.get(name, name), None)


_SNAKE = {"lowClosed": "low_closed", "highClosed": "high_closed"}


def choice_element(value: Any, name: str) -> Any:
    """The element where its name may stand for a choice: a Choice when the type is in the key."""
    value = plain(value) if not (name == "value" and type(value) is Choice) else value
    if type(value) is not dict:
        return element(value, name)
    if (direct := value.get(name)) is not None:
        return direct
    keys = choice_keys(name)
    shared = keys.keys() & value.keys()
    return next((Choice(keys[key], value[key]) for key in shared if value[key] is not None), None)


def primitive(value: Any, kind: str | None = None) -> Any:
    """CQL's own value of a FHIR primitive, of the type given or of the choice."""
    if type(value) is Choice:
        kind, value = value
    if value is None:
        return None
    if kind in DATE_PARSERS:
        return DATE_PARSERS[kind](value) if isinstance(value, str) else value
    return decimal_of(value) if type(value) is float else value


def is_kind(value: Any, kind: str) -> bool:
    """Whether a value is of a FHIR type, as far as the JSON tells."""
    if type(value) is Choice:
        return value.type == kind or PARENTS.get(value.type) == kind
    if isinstance(value, dict) and "resourceType" in value:
        return kind in {value["resourceType"], "DomainResource", "Resource"}
    return _looks_like(value, kind)


def _looks_like(value: Any, kind: str) -> bool:
    """An element outside a choice carries no type: only what the JSON shape rules out is ruled out."""
    if isinstance(value, bool):
        return kind == "boolean"
    if isinstance(value, str):
        return kind[0].islower() and kind not in {
            "boolean",
            "integer",
            "decimal",
            "positiveInt",
            "unsignedInt",
        }
    if isinstance(value, int | float | Decimal):
        return kind in {"integer", "decimal", "positiveInt", "unsignedInt"}
    if isinstance(value, dict):
        return kind[0].isupper() and not isinstance(value, Interval)
    return False


def children(value: Any) -> list[Any] | None:
    """The elements of a FHIR dict or a tuple, those of lists one by one."""
    value = plain(value)
    if value is None:
        return None
    if isinstance(value, list):
        return [child for item in value for child in children(item) or ()]
    inner = value.values() if isinstance(value, dict) else ()
    return [item for child in inner for item in (child if isinstance(child, list) else [child])]


def descendents(value: Any) -> list[Any] | None:
    """The elements, and theirs, and so on."""
    level = children(value)
    if level is None:
        return None
    return level + [inner for child in level for inner in descendents(child) or ()]


def coding_pairs(concept: Any) -> list[tuple[Any, Any]]:
    """System and code of each coding of a CodeableConcept, a Coding, or CQL's Concept or Code."""
    concept = plain(concept)
    if isinstance(concept, dict):
        codings = concept.get("coding")
        if codings is None:
            return [(concept.get("system"), concept["code"])] if "code" in concept else []
        return [(coding.get("system"), coding.get("code")) for coding in codings]
    if isinstance(concept, Concept):
        return [code.pair for code in concept.codes if code is not None]
    return [concept.pair] if isinstance(concept, Code) else []
