"""ELM type specifiers as tests on values: `is`, `as`, and the types of parameters."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from smartapp.elm import convert
from smartapp.elm.code import Choice, Code, Concept, Vocabulary, plain
from smartapp.elm.failures import EvaluationError
from smartapp.elm.fhir import is_kind
from smartapp.elm.interval import Interval
from smartapp.elm.quantity import Long, Quantity, Ratio
from smartapp.elm.temporal import Date, DateTime, Time
from smartapp.errors import UnsupportedNode

Node = Mapping[str, Any]
Test = Callable[[Any], bool]
SYSTEM = "{urn:hl7-org:elm-types:r1}"
FHIR = "{http://hl7.org/fhir}"

_CLASSES: dict[str, type | tuple[type, ...]] = {
    "Any": object,
    "Boolean": bool,
    "String": str,
    "Decimal": Decimal,
    "Long": Long,
    "Quantity": Quantity,
    "Ratio": Ratio,
    "Date": Date,
    "DateTime": DateTime,
    "Time": Time,
    "Code": Code,
    "Concept": Concept,
    "ValueSet": Vocabulary,
    "CodeSystem": Vocabulary,
    "Vocabulary": Vocabulary,
}
CONVERSIONS: dict[str, Callable[[Any], Any]] = {
    "Boolean": convert.to_boolean,
    "Integer": convert.to_integer,
    "Long": convert.to_long,
    "Decimal": convert.to_decimal,
    "Quantity": convert.to_quantity,
    "Ratio": convert.to_ratio,
    "String": convert.to_string,
    "Date": convert.to_date,
    "DateTime": convert.to_datetime,
    "Time": convert.to_time,
    "Concept": convert.to_concept,
}


def specifier(node: Node, prefix: str) -> Node:
    """The type specifier of an As, Is or Convert node, however it is written."""
    written = node.get(f"{prefix}TypeSpecifier")
    return written if written is not None else {"type": "NamedTypeSpecifier", "name": node[f"{prefix}Type"]}


def system_name(spec: Node) -> str | None:
    """The name of a System type ("Integer"), or None for any other."""
    name = str(spec.get("name", ""))
    return name.removeprefix(SYSTEM) if name.startswith(SYSTEM) else None


def fhir_name(spec: Node) -> str | None:
    """The name of a FHIR type ("Observation"), or None for any other."""
    name = str(spec.get("name", ""))
    return name.removeprefix(FHIR) if name.startswith(FHIR) else None


def test_for(spec: Node) -> Test:
    """A test whether a value (not null) is of the type."""
    maker = _MAKERS.get(spec["type"])
    if maker is None:
        raise UnsupportedNode(f"The engine does not know the type specifier {spec['type']}.")
    return maker(spec)


def _named(spec: Node) -> Test:
    if (kind := fhir_name(spec)) is not None:
        return lambda value: is_kind(value, kind)
    name = system_name(spec)
    if name == "Integer":
        return lambda value: type(value) is int
    if name not in _CLASSES:
        raise UnsupportedNode(f"The engine does not know the type {spec['name']}.")
    classes = _CLASSES[name]
    return lambda value: isinstance(value, classes)


def _list(spec: Node) -> Test:
    inner = test_for(spec["elementType"])
    return lambda value: isinstance(value, list) and all(item is None or inner(item) for item in value)


def _interval(spec: Node) -> Test:
    inner, name = test_for(spec["pointType"]), system_name(spec["pointType"])

    def test(value: Any) -> bool:
        if not isinstance(value, Interval):
            return False
        points = [point for point in (value.low, value.high) if point is not None]
        return all(map(inner, points)) if points else value.point in {name, None}

    return test


def _choice(spec: Node) -> Test:
    tests = [test_for(choice) for choice in spec["choice"]]
    return lambda value: any(test(value) for test in tests)


def _tuple(spec: Node) -> Test:
    names = {element["name"] for element in spec["element"]}
    return lambda value: isinstance(value, dict) and value.keys() == names


_MAKERS: dict[str, Callable[[Node], Test]] = {
    "NamedTypeSpecifier": _named,
    "ListTypeSpecifier": _list,
    "IntervalTypeSpecifier": _interval,
    "ChoiceTypeSpecifier": _choice,
    "TupleTypeSpecifier": _tuple,
}


def as_type(value: Any, test: Test) -> Any:
    """The value where it is of the type, else null."""
    if value is None:
        return None
    return value if test(value) or (type(value) is Choice and test(value.value)) else None


def cast(value: Any, test: Test) -> Any:
    """The value, which must be of the type."""
    if value is not None and as_type(value, test) is None:
        raise EvaluationError("a cast to a type that the value is not of")
    return value


def is_type(value: Any, test: Test) -> bool:
    """Whether the value is of the type; null is of none."""
    return as_type(value, test) is not None


def chosen(value: Any, name: str, key: str, test: Test) -> Any:
    """`X.name as T` on a FHIR element: the content of its key, else a value of that type under the name."""
    value = plain(value)
    if type(value) is not dict:
        return None if value is None else as_type(getattr(value, name, None), test)
    content = value.get(key)
    return as_type(value.get(name), test) if content is None else content
