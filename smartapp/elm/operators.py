"""Writing operators: a table from ELM node to the function that computes it and where its operands are."""

from collections.abc import Callable, Mapping
from typing import Any

from smartapp.elm import (
    aggregates,
    arithmetic,
    boundaries,
    clinical,
    convert,
    equality,
    expansion,
    fhir,
    fhirhelpers,
    intervals,
    kinds,
    lists,
    logic,
    membership,
    moments,
    ordering,
    strings,
    timing,
)
from smartapp.elm.failures import EvaluationError
from smartapp.elm.shapes import is_text, is_texts
from smartapp.elm.temporal import PRECISIONS
from smartapp.elm.write_query import sort_key
from smartapp.elm.writer import Node, Writer, handles, holds

Function = Callable[..., Any]

PLAIN: Mapping[str, Function] = {
    "Xor": logic.exclusive_or,
    "Less": ordering.less,
    "LessOrEqual": ordering.less_or_equal,
    "Greater": ordering.greater,
    "GreaterOrEqual": ordering.greater_or_equal,
    "Add": arithmetic.add,
    "Subtract": arithmetic.subtract,
    "Multiply": arithmetic.multiply,
    "Divide": arithmetic.divide,
    "TruncatedDivide": arithmetic.truncated_divide,
    "Modulo": arithmetic.modulo,
    "Power": arithmetic.power,
    "Log": arithmetic.logarithm,
    "Ln": arithmetic.natural_logarithm,
    "Exp": arithmetic.exponential,
    "Abs": arithmetic.absolute,
    "Ceiling": arithmetic.ceiling,
    "Floor": arithmetic.floor,
    "Truncate": arithmetic.truncate,
    "Successor": arithmetic.next_of,
    "Predecessor": arithmetic.previous_of,
    "Upper": strings.upper,
    "Lower": strings.lower,
    "StartsWith": strings.starts_with,
    "EndsWith": strings.ends_with,
    "Matches": strings.matches,
    "ReplaceMatches": strings.replace_matches,
    "Indexer": lists.indexer,
    "SingletonFrom": lists.singleton,
    "Distinct": lists.distinct_items,
    "Flatten": lists.flatten,
    "ToList": lists.to_list,
    "Union": membership.union,
    "Intersect": membership.intersect,
    "Except": membership.except_,
    "Start": intervals.start_of,
    "End": intervals.end_of,
    "Width": intervals.width,
    "Size": intervals.size,
    "PointFrom": intervals.point_from,
    "Collapse": intervals.collapse,
    "Expand": expansion.expand,
    "Precision": boundaries.precision,
    "LowBoundary": boundaries.low_boundary,
    "HighBoundary": boundaries.high_boundary,
    "TimeFrom": moments.time_of,
    "TimezoneOffsetFrom": moments.zone_of,
    "ToBoolean": convert.to_boolean,
    "ToInteger": convert.to_integer,
    "ToLong": convert.to_long,
    "ToDecimal": convert.to_decimal,
    "ToQuantity": convert.to_quantity,
    "ToRatio": convert.to_ratio,
    "ToString": convert.to_string,
    "ToDateTime": convert.to_datetime,
    "ToDate": convert.to_date,
    "ToTime": convert.to_time,
    "ToConcept": convert.to_concept,
    "ToChars": convert.to_chars,
    "ConvertQuantity": convert.convert_quantity,
    "CanConvertQuantity": convert.can_convert_quantity,
    "ExpandValueSet": clinical.expand,
}
"""Nodes that compute on their operands and nothing else."""

PRECISE: Mapping[str, Function] = {
    "Before": timing.before,
    "After": timing.after,
    "SameAs": timing.same_as,
    "SameOrBefore": timing.same_or_before,
    "SameOrAfter": timing.same_or_after,
    "Overlaps": timing.overlaps,
    "OverlapsBefore": timing.overlaps_before,
    "OverlapsAfter": timing.overlaps_after,
    "Meets": timing.meets,
    "MeetsBefore": timing.meets_before,
    "MeetsAfter": timing.meets_after,
    "Starts": timing.starts,
    "Ends": timing.ends,
    "In": membership.in_,
    "Contains": membership.contains,
    "ProperIn": membership.properly_in,
    "ProperContains": membership.properly_contains,
    "Includes": membership.includes,
    "IncludedIn": membership.included_in,
    "ProperIncludes": membership.properly_includes,
    "ProperIncludedIn": membership.properly_included_in,
}
"""Nodes that may state a precision."""

COUNTED: Mapping[str, Function] = {
    "DurationBetween": moments.duration_between,
    "DifferenceBetween": moments.difference_between,
    "DateTimeComponentFrom": moments.component,
    "CalculateAgeAt": clinical.age,
}
"""Nodes that count in a unit of the calendar."""

NAMED: Mapping[str, tuple[Function, tuple[str, ...]]] = {
    "Combine": (strings.combine, ("source", "separator")),
    "Split": (strings.split, ("stringToSplit", "separator")),
    "SplitOnMatches": (strings.split_on_matches, ("stringToSplit", "separatorPattern")),
    "PositionOf": (strings.position_of, ("pattern", "string")),
    "LastPositionOf": (strings.last_position_of, ("pattern", "string")),
    "Substring": (strings.substring, ("stringToSub", "startIndex", "length")),
    "Round": (arithmetic.round_half_up, ("operand", "precision")),
    "First": (lists.first, ("source",)),
    "Last": (lists.last, ("source",)),
    "IndexOf": (lists.index_of, ("source", "element")),
    "Slice": (lists.slice_, ("source", "startIndex", "endIndex")),
    "Children": (fhir.children, ("source",)),
    "Descendents": (fhir.descendents, ("source",)),
    "Count": (aggregates.count, ("source",)),
    "Sum": (aggregates.total, ("source",)),
    "Product": (aggregates.product, ("source",)),
    "Min": (aggregates.least, ("source",)),
    "Max": (aggregates.greatest, ("source",)),
    "Avg": (aggregates.mean, ("source",)),
    "GeometricMean": (aggregates.geometric_mean, ("source",)),
    "Median": (aggregates.median, ("source",)),
    "Mode": (aggregates.mode, ("source",)),
    "Variance": (aggregates.variance, ("source",)),
    "PopulationVariance": (aggregates.population_variance, ("source",)),
    "StdDev": (aggregates.deviation, ("source",)),
    "PopulationStdDev": (aggregates.population_deviation, ("source",)),
    "AllTrue": (aggregates.all_true, ("source",)),
    "AnyTrue": (aggregates.any_true, ("source",)),
}
"""Nodes whose operands have names."""


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
    return container["type"] == "As" and kinds.specifier(container, "as")["type"] == "IntervalTypeSpecifier"


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
