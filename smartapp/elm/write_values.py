"""Writing values: literals, dates, quantities, lists, tuples, intervals, instances."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from smartapp.elm import arithmetic, bounds, intervals, kinds, moments
from smartapp.elm.code import Code, Concept, Vocabulary
from smartapp.elm.quantity import Long, Quantity, Ratio, decimal_of, in_range
from smartapp.elm.writer import Node, Writer, handles
from smartapp.errors import BadPolicy

_DATE_PARTS = ("year", "month", "day")
_TIME_PARTS = ("hour", "minute", "second", "millisecond")


@handles("Null")
def null(_w: Writer, _node: Node) -> str:
    """Nothing."""
    return "None"


@handles("Literal")
def literal(w: Writer, node: Node) -> str:
    """A constant."""
    name = kinds.system_name({"name": node["valueType"]})
    text = node.get("value", "")
    if name == "String":
        return repr(text)
    if name == "Boolean":
        return repr(text == "true")
    if name not in _NUMBERS:
        raise w.unsupported(node, f"a literal of the type {node['valueType']}")
    return _number(w, node, _NUMBERS[name](text))


_NUMBERS: Mapping[str | None, Callable[[str], Any]] = {"Integer": int, "Decimal": Decimal, "Long": Long}


def _number(w: Writer, node: Node, value: Any) -> str:
    if in_range(value) != value:
        raise BadPolicy(
            f"{node['value']} is outside the range of its type ({w.library.name}:{node.get('locator')})."
        )
    return f"({value})" if type(value) is int else w.constant(value)


@handles("Negate")
def negate(w: Writer, node: Node) -> str:
    """Minus; a literal together with its sign, because -2147483648 is in range and 2147483648 is not."""
    operand = node["operand"]
    if operand["type"] == "Literal" and not operand["value"].startswith("-"):
        return literal(w, {**operand, "value": f"-{operand['value']}"})
    return w.call(arithmetic.negate, w.emit(operand))


@handles("Quantity")
def quantity(w: Writer, node: Node) -> str:
    """A quantity."""
    return w.constant(_quantity(node))


def _quantity(node: Node) -> Quantity:
    return Quantity(decimal_of(node["value"]), node.get("unit", "1"))


@handles("Ratio")
def ratio(w: Writer, node: Node) -> str:
    """A ratio."""
    return w.constant(Ratio(_quantity(node["numerator"]), _quantity(node["denominator"])))


@handles("DateTime")
def datetime_(w: Writer, node: Node) -> str:
    """A DateTime from its parts."""
    parts = [f"zone={w.emit(node['timezoneOffset'])}"] if "timezoneOffset" in node else []
    return w.call(moments.make_datetime, *_parts(w, node, _DATE_PARTS + _TIME_PARTS), *parts)


@handles("Date")
def date(w: Writer, node: Node) -> str:
    """A Date from its parts."""
    return w.call(moments.make_date, *_parts(w, node, _DATE_PARTS))


@handles("Time")
def time(w: Writer, node: Node) -> str:
    """A Time from its parts."""
    return w.call(moments.make_time, *_parts(w, node, _TIME_PARTS))


def _parts(w: Writer, node: Node, names: tuple[str, ...]) -> list[str]:
    return [w.emit(node[name]) if name in node else "None" for name in names]


@handles("Now")
def now(_w: Writer, _node: Node) -> str:
    """The moment of the evaluation."""
    return "c.now"


@handles("Today")
def today(_w: Writer, _node: Node) -> str:
    """The day of the evaluation."""
    return "c.today"


@handles("TimeOfDay")
def time_of_day(_w: Writer, _node: Node) -> str:
    """The time of the evaluation."""
    return "c.time_of_day"


@handles("List")
def list_(w: Writer, node: Node) -> str:
    """A list."""
    return "[" + ", ".join(w.named(w.emit(element)) for element in node.get("element", ())) + "]"


@handles("Tuple")
def tuple_(w: Writer, node: Node) -> str:
    """A tuple, as a dict."""
    return w.temp(_dict(w, node.get("element", ())))


def _dict(w: Writer, elements: Any) -> str:
    return "{" + ", ".join(f"{each['name']!r}: {w.named(w.emit(each['value']))}" for each in elements) + "}"


@handles("Interval")
def interval(w: Writer, node: Node) -> str:
    """An interval."""
    low, high = (w.emit(node[end]) if end in node else "None" for end in ("low", "high"))
    closed = [
        w.emit(node[f"{end}ClosedExpression"])
        if f"{end}ClosedExpression" in node
        else repr(node.get(f"{end}Closed", True))
        for end in ("low", "high")
    ]
    return w.call(intervals.interval, low, high, *closed, f"point={_point_type(node)!r}")


def _point_type(node: Node) -> str | None:
    """The point type where a boundary that is null states one."""
    for end in ("low", "high"):
        boundary = node.get(end, {})
        if boundary.get("type") == "As":
            return kinds.system_name(kinds.specifier(boundary, "as"))
    return None


@handles("Instance")
def instance(w: Writer, node: Node) -> str:
    """A structure of CQL's own, or a FHIR element as a dict."""
    name = kinds.system_name({"name": node["classType"]})
    elements = w.temp(_dict(w, node.get("element", ())))
    if name is None:
        return elements
    if name not in _MAKERS:
        raise w.unsupported(node, f"an instance of {node['classType']}")
    return w.call(_MAKERS[name], elements)


def make_quantity(elements: Mapping[str, Any]) -> Quantity | None:
    """A quantity from its elements."""
    number = elements.get("value")
    return None if number is None else Quantity(decimal_of(number), elements.get("unit") or "1")


def make_ratio(elements: Mapping[str, Any]) -> Ratio:
    """A ratio from its elements."""
    return Ratio(elements.get("numerator"), elements.get("denominator"))


def make_code(elements: Mapping[str, Any]) -> Code:
    """A code from its elements."""
    return Code(*(elements.get(name) for name in ("code", "system", "version", "display")))


def make_concept(elements: Mapping[str, Any]) -> Concept:
    """A concept from its elements."""
    return Concept(tuple(elements.get("codes") or ()), elements.get("display"))


def make_vocabulary(elements: Mapping[str, Any]) -> Vocabulary:
    """A value set or code system from its elements."""
    return Vocabulary(elements.get("id") or "", elements.get("version"), elements.get("name"))


_MAKERS: Mapping[str, Callable[[Mapping[str, Any]], Any]] = {
    "Quantity": make_quantity,
    "Ratio": make_ratio,
    "Code": make_code,
    "Concept": make_concept,
    "ValueSet": make_vocabulary,
    "CodeSystem": make_vocabulary,
}


@handles("MinValue", "MaxValue")
def limit(w: Writer, node: Node) -> str:
    """The least or the greatest value of a type."""
    function = bounds.minimum if node["type"] == "MinValue" else bounds.maximum
    name = kinds.system_name({"name": node["valueType"]})
    try:
        return w.constant(function(str(name)))
    except KeyError as error:
        raise BadPolicy(f"The type {name} has no least and no greatest value.") from error


@handles("Convert")
def convert_(w: Writer, node: Node) -> str:
    """A conversion to a System type."""
    return w.call(_conversion(w, node), w.emit(node["operand"]))


@handles("CanConvert")
def can_convert(w: Writer, node: Node) -> str:
    """Whether a conversion gives something."""
    value = w.name(node["operand"])
    return f"(None if {value} is None else {w.call(_conversion(w, node), value)} is not None)"


def _conversion(w: Writer, node: Node) -> Callable[[Any], Any]:
    name = kinds.system_name(kinds.specifier(node, "to"))
    if name not in kinds.CONVERSIONS:
        raise w.unsupported(node, f"a conversion to {name}")
    return kinds.CONVERSIONS[name]


@handles(*(f"ConvertsTo{name}" for name in kinds.CONVERSIONS))
def converts(w: Writer, node: Node) -> str:
    """Whether a conversion gives something."""
    function = kinds.CONVERSIONS[node["type"].removeprefix("ConvertsTo")]
    value = w.name(node["operand"])
    return f"(None if {value} is None else {w.call(function, value)} is not None)"
