"""Writing queries: loops over sources, with lets, relationships, conditions, returns, sorting, aggregates."""

from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

from smartapp.elm import fhir, lists
from smartapp.elm.equality import distinct
from smartapp.elm.ordering import sorted_by
from smartapp.elm.shapes import Shape, item_of
from smartapp.elm.write_logic import require
from smartapp.elm.writer import Node, Variable, Writer, handles


def many(value: Any) -> Any:
    """What a loop runs over: the items of a list, a single value, or nothing."""
    if type(value) is list:
        return value
    return () if value is None else (value,)


def distinct_rows(rows: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """Each combination of values once."""
    return [tuple(row) for row in distinct([list(row) for row in rows])]


@handles("Query")
def query(w: Writer, node: Node) -> str:
    """A list, or one value where no source is a list."""
    if "aggregate" in node:
        return _aggregate(w, node)
    sources = [_source(w, source) for source in node["source"]]
    if all(_is_list(source.shape) for source in sources):
        return _rows(w, node, sources)
    return _maybe_single(w, node, sources)


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A source of a query: its alias, its node, the name of its value, and what is sure about it."""

    alias: str
    node: Node
    code: str
    shape: Shape | None


Sources = list[Source]


def _source(w: Writer, node: Node) -> Source:
    expression = node["expression"]
    return Source(alias=node["alias"], node=expression, code=w.name(expression), shape=w.shape(expression))


def _over(w: Writer, source: Source) -> str:
    """What a loop over a source runs over."""
    if _is_list(source.shape):
        return source.code
    others = f"() if {source.code} is None else {w.call(many, source.code)}"
    return f"({source.code} if type({source.code}) is list else {others})"


def _is_list(shape: Shape | None) -> bool:
    return shape is not None and shape.kind == "list"


def _maybe_single(w: Writer, node: Node, sources: Sources) -> str:
    """Null from a null source; one value where all sources are single values."""
    result = w.fresh()
    codes = [source.code for source in sources]
    with w.block(f"if {' or '.join(f'{code} is None' for code in codes)}:"):
        w.line(f"{result} = None")
    with w.block("else:"):
        rows = _rows(w, node, sources)
        single = " and ".join(f"type({code}) is not list" for code in codes)
        w.line(f"{result} = ({rows}[0] if {rows} else None) if {single} else {rows}")
    return result


def _rows(w: Writer, node: Node, sources: Sources) -> str:
    """The list of what the query returns for each combination that it keeps."""
    rows = w.temp("[]")
    with ExitStack() as stack:
        variables = _loops(w, node, sources, stack)
        w.line(f"{rows}.append({_returned(w, node, variables)})")
    if "return" in node and node["return"].get("distinct", True):
        w.line(f"{rows} = {w.call(distinct, rows)}")
    return _sorted(w, node, rows)


def _loops(w: Writer, node: Node, sources: Sources, stack: ExitStack) -> dict[str, str]:
    """Open the loops; inside, only what lets, relationships and conditions keep is left."""
    variables = {}
    for source in sources:
        item = variables[source.alias] = w.fresh("x")
        over = _over(w, source)
        stack.enter_context(w.block(f"for {item} in {over}:"))
        variable = Variable(item, source.node, item_of(source.shape))
        stack.enter_context(w.binding(**{source.alias: variable}))
    for let in node.get("let", ()):
        variable = Variable(w.name(let["expression"]), let["expression"], w.shape(let["expression"]))
        stack.enter_context(w.binding(**{let["identifier"]: variable}))
    for relationship in node.get("relationship", ()):
        _relationship(w, relationship)
    if "where" in node:
        require(w, node["where"])
    return variables


def _relationship(w: Writer, node: Node) -> None:
    """Keep the round of the outer loop only with (or without) an item that fits."""
    found = w.temp("False")
    item = w.fresh("x")
    source = _source(w, node)
    over = _over(w, source)
    variable = Variable(item, source.node, item_of(source.shape))
    with w.block(f"for {item} in {over}:"), w.binding(**{source.alias: variable}):
        if "suchThat" in node:
            require(w, node["suchThat"])
        w.line(f"{found} = True")
        w.line("break")
    with w.block(f"if {found}:" if node["type"] == "Without" else f"if not {found}:"):
        w.line("continue")


def _returned(w: Writer, node: Node, variables: dict[str, str]) -> str:
    if "return" in node:
        return w.emit(node["return"]["expression"])
    if len(variables) == 1:
        return next(iter(variables.values()))
    return "{" + ", ".join(f"{alias!r}: {code}" for alias, code in variables.items()) + "}"


def _sorted(w: Writer, node: Node, rows: str) -> str:
    if "sort" not in node:
        return rows
    keys = ", ".join(sort_key(w, by) for by in node["sort"]["by"])
    return w.temp(w.call(sorted_by, rows, f"[{keys}]"))


def sort_key(w: Writer, node: Node) -> str:
    """What to sort by, and whether the greatest comes first."""
    reverse = node["direction"] in {"desc", "descending"}
    if node["type"] == "ByColumn":
        return f"(lambda v: {w.call(fhir.choice_element, 'v', repr(node['path']))}, {reverse})"
    if node["type"] == "ByExpression":
        with w.binding(**{"$this": Variable("v")}):
            return f"(lambda v: {w.elsewhere(node['expression'])}, {reverse})"
    return f"(lambda v: v, {reverse})"


def _aggregate(w: Writer, node: Node) -> str:
    """The total after the last combination."""
    sources = [_source(w, source) for source in node["source"]]
    clause = node["aggregate"]
    total = w.temp(w.emit(clause["starting"]) if "starting" in clause else "None")
    rows = w.temp("[]")
    with ExitStack() as stack:
        variables = _loops(w, node, sources, stack)
        items = f"({', '.join(variables.values())},)"
        w.line(f"{rows}.append({items})")
    if clause.get("distinct", False):
        w.line(f"{rows} = {w.call(distinct_rows, rows)}")
    names = {alias: Variable(code) for alias, code in variables.items()}
    with w.block(f"for {items} in {rows}:"), w.binding(**names, **{clause["identifier"]: Variable(total)}):
        for let in node.get("let", ()):
            w.scope[let["identifier"]] = Variable(w.temp(w.emit(let["expression"])))
        w.line(f"{total} = {w.emit(clause['expression'])}")
    return total


@handles("Exists")
def exists(w: Writer, node: Node) -> str:
    """Whether there is an item; a query stops at its first."""
    operand = node["operand"]
    if w.traced or operand["type"] != "Query" or len(operand["source"]) > 1 or "aggregate" in operand:
        if item_of(w.shape(operand)) is not None:
            return f"({w.emit(operand)} != [])"
        return w.call(lists.exists, w.emit(operand))
    found = w.temp("False")
    with ExitStack() as stack:
        _loops(w, operand, [_source(w, operand["source"][0])], stack)
        if "return" in operand and w.shape(operand["return"]["expression"]) is None:
            with w.block(f"if {w.emit(operand['return']['expression'])} is None:"):
                w.line("continue")
        w.line(f"{found} = True")
        w.line("break")
    return found


@handles("AliasRef", "QueryLetRef", "OperandRef")
def reference(w: Writer, node: Node) -> str:
    """The value of an alias, a let or an operand."""
    return w.variable(node["name"], node).code


@handles("IdentifierRef")
def identifier(w: Writer, node: Node) -> str:
    """An element of what is being sorted, or a name in scope."""
    if node["name"] in w.scope:
        return w.scope[node["name"]].code
    this = w.variable("$this", node)
    return w.call(fhir.choice_element, this.code, repr(node["name"]))
