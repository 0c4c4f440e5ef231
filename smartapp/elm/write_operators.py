"""Writing operators on their operands."""

from typing import Any

from smartapp.elm import (
    clinical,
    equality,
    fhirhelpers,
    intervals,
    kinds,
    lists,
    moments,
    ordering,
    strings,
)
from smartapp.elm.failures import EvaluationError
from smartapp.elm.operators import COUNTED, NAMED, PLAIN, PRECISE
from smartapp.elm.shapes import is_text, is_texts
from smartapp.elm.temporal import PRECISIONS
from smartapp.elm.write_query import sort_key
from smartapp.elm.writer import Node, Writer, handles, holds


def _operands(node: Node) -> list[Node]:
    operand = node.get("operand", [])
    return operand if isinstance(operand, list) else [operand]


@handles(*PLAIN)
def plain(w: Writer, node: Node) -> str:
    """An operator on its operands."""
    return w.call(PLAIN[node["type"]], *(w.emit(operand) for operand in _operands(node)))


@handles("Equal")
def equal(w: Writer, node: Node) -> str:
    """`=`; where one side is a text the other is one too, and Python's own comparison does."""
    left, right = node["operand"]
    if not (w.gives_text(left) or w.gives_text(right)):
        return w.call(equality.equal, w.emit(left), w.emit(right))
    names = [w.named(w.emit(operand)) for operand in (left, right)]
    unknown = [f"{name} is None" for name in names if name.isidentifier()]
    if not unknown:
        return f"({' == '.join(names)})"
    return f"(None if {' or '.join(unknown)} else {' == '.join(names)})"


@holds("Equal")
def equal_holds(w: Writer, node: Node) -> str | None:
    """Null equals no text that is written out."""
    left, right = node["operand"]
    return f"({w.emit(left)} == {w.emit(right)})" if is_text(left) or is_text(right) else None


@handles("In")
def in_(w: Writer, node: Node) -> str:
    """`in`; with texts that are written out, Python's own."""
    value, container = node["operand"]
    if is_texts(container):
        texts = ", ".join(repr(element.get("value", "")) for element in container["element"])
        return f"({w.emit(value)} in ({texts},))"
    return precise(w, node)


@handles(*(kind for kind in PRECISE if kind != "In"))
def precise(w: Writer, node: Node) -> str:
    """An operator that compares down to a precision."""
    operands = [w.emit(operand) for operand in _operands(node)]
    precision = [str(PRECISIONS[node["precision"]])] if "precision" in node else []
    if not _is_interval(node):
        return w.call(PRECISE[node["type"]], *operands, *precision)
    place = _CONTAINER[node["type"]]
    operands[place] = w.named(operands[place])
    return f"(None if {operands[place]} is None else {w.call(PRECISE[node['type']], *operands, *precision)})"


_CONTAINER = {"ProperIn": 1, "ProperContains": 0}


def _is_interval(node: Node) -> bool:
    """Whether the container is surely an interval: null if it is null, where a null list contains nothing."""
    if node["type"] not in _CONTAINER:
        return False
    container = node["operand"][_CONTAINER[node["type"]]]
    return bool(
        container["type"] == "As" and kinds.specifier(container, "as")["type"] == "IntervalTypeSpecifier"
    )


@handles(*COUNTED)
def counted(w: Writer, node: Node) -> str:
    """An operator that counts in a unit of the calendar."""
    operands = [w.emit(operand) for operand in _operands(node)]
    return w.call(COUNTED[node["type"]], *operands, repr(node["precision"]))


@handles(*NAMED)
def named(w: Writer, node: Node) -> str:
    """An operator whose operands have names."""
    function, names = NAMED[node["type"]]
    return w.call(function, *(w.emit(node[name]) if name in node else "None" for name in names))


@handles("NotEqual")
def not_equal(w: Writer, node: Node) -> str:
    """The opposite of `=`."""
    value = w.named(equal(w, node))
    return f"(None if {value} is None else not {value})"


@handles("Concatenate")
def concatenate(w: Writer, node: Node) -> str:
    """The texts in one; null where one is null."""
    names = [w.named(w.emit(operand)) for operand in node["operand"]]
    unknown = [f"{name} is None" for name in names if name.isidentifier()]
    joined = f"({' + '.join(names)})"
    return f"(None if {' or '.join(unknown)} else {joined})" if unknown else joined


@handles("DateFrom")
def date_from(w: Writer, node: Node) -> str:
    """The date; of a FHIR dateTime at once."""
    operand = node["operand"]
    if operand["type"] == "FunctionRef" and operand["name"] == "ToDateTime" and "libraryName" in operand:
        return w.call(fhirhelpers.to_day, w.emit(operand["operand"][0]))
    return w.call(moments.date_of, w.emit(operand))


@handles("Flatten")
def flatten(w: Writer, node: Node) -> str:
    """The items of the lists inside; of lists that are surely there at once."""
    operand = node["operand"]
    elements = operand.get("element", ()) if operand["type"] == "List" and not w.traced else ()
    shapes = [w.shape(element) for element in elements]
    if elements and all(shape is not None and shape.kind == "list" for shape in shapes):
        return "[" + ", ".join(f"*{w.named(w.emit(element))}" for element in elements) + "]"
    return w.call(lists.flatten, w.emit(operand))


@handles("Collapse")
def collapse(w: Writer, node: Node) -> str:
    """The fewest intervals that cover the same points; a `per` is not known."""
    values, *per = node["operand"]
    if any("Null" not in {each["type"], each.get("operand", {}).get("type")} for each in per):
        raise w.unsupported(node, "Collapse with a per")
    return w.call(intervals.collapse, w.emit(values))


@handles("CalculateAge")
def calculate_age(w: Writer, node: Node) -> str:
    """The age on the day of the evaluation."""
    return w.call(clinical.age, w.emit(node["operand"]), "c.today", repr(node["precision"]))


@handles("Length")
def length(w: Writer, node: Node) -> str:
    """The number of characters or items; a null list has none."""
    operand = node["operand"]
    is_list = operand["type"] in {"List", "Query", "Retrieve"} or (
        operand["type"] == "As" and kinds.specifier(operand, "as")["type"] == "ListTypeSpecifier"
    )
    return w.call(lists.size if is_list else strings.length, w.emit(operand))


@handles("Sort")
def sort(w: Writer, node: Node) -> str:
    """A list in order."""
    keys = ", ".join(sort_key(w, by) for by in node["by"])
    return w.call(ordering.sorted_by, w.emit(node["source"]), f"[{keys}]")


def message(source: Any, condition: Any, code: Any, severity: Any, text: Any) -> Any:
    """The source; an error where the policy itself says so."""
    if condition is True and severity == "Error":
        raise EvaluationError(f"{text} ({code})")
    return source


@handles("Message")
def message_(w: Writer, node: Node) -> str:
    """A message of the policy."""
    names = ("source", "condition", "code", "severity", "message")
    return w.call(message, *(w.emit(node[name]) if name in node else "None" for name in names))
