"""Writing logic and conditions, which stop as soon as the answer is known."""

from collections.abc import Iterable

from smartapp.elm import equality, logic
from smartapp.elm.shapes import BOOLEAN
from smartapp.elm.writer import Node, Writer, handles, holds


@handles("And")
def and_(w: Writer, node: Node) -> str:
    """False as soon as one is false."""
    left, right = node["operand"]
    result = w.temp(w.emit(left))
    if w.shape(node) == BOOLEAN:
        with w.block(f"if {result}:"):
            w.line(f"{result} = {w.emit(right)}")
        return result
    with w.block(f"if {result} is not False:"):
        other = w.name(right)
        with w.block(f"if {result} is True or {other} is False:"):
            w.line(f"{result} = {other}")
    return result


@handles("Or")
def or_(w: Writer, node: Node) -> str:
    """True as soon as one is true."""
    left, right = node["operand"]
    result = w.temp(w.emit(left))
    if w.shape(node) == BOOLEAN:
        with w.block(f"if not {result}:"):
            w.line(f"{result} = {w.emit(right)}")
        return result
    with w.block(f"if {result} is not True:"):
        other = w.name(right)
        with w.block(f"if {result} is False or {other} is True:"):
            w.line(f"{result} = {other}")
    return result


@holds("And")
def both_hold(w: Writer, node: Node) -> str:
    """Null and false need not be told apart where only true matters."""
    return _then(w, node, "if {}:")


@holds("Or")
def one_holds(w: Writer, node: Node) -> str:
    """The same."""
    return _then(w, node, "if not {}:")


def _then(w: Writer, node: Node, head: str) -> str:
    left, right = node["operand"]
    result = w.temp(w.condition(left))
    with w.block(head.format(result)):
        w.line(f"{result} = {w.condition(right)}")
    return result


@holds("Not")
def not_holds(w: Writer, node: Node) -> str | None:
    """True where the operand is false."""
    if w.shape(node["operand"]) == BOOLEAN:
        return None
    return f"{w.tested(w.emit(node['operand']))} is False"


@handles("Implies")
def implies(w: Writer, node: Node) -> str:
    """`a implies b` is `not a or b`."""
    left, right = node["operand"]
    return or_(w, {**node, "operand": [{"type": "Not", "operand": left}, right]})


@handles("Not")
def not_(w: Writer, node: Node) -> str:
    """The opposite, null of null."""
    if w.shape(node["operand"]) == BOOLEAN:
        return f"(not {w.emit(node['operand'])})"
    value = w.name(node["operand"])
    return f"(None if {value} is None else not {value})"


@handles("IsNull")
def is_null(w: Writer, node: Node) -> str:
    """Whether there is nothing."""
    return f"({w.tested(w.emit(node['operand']))} is None)"


@handles("IsTrue")
def is_true(w: Writer, node: Node) -> str:
    """True of true only."""
    return f"({w.tested(w.emit(node['operand']))} is True)"


@handles("IsFalse")
def is_false(w: Writer, node: Node) -> str:
    """True of false only."""
    return f"({w.tested(w.emit(node['operand']))} is False)"


@handles("If")
def if_(w: Writer, node: Node) -> str:
    """The branches of `if ... else if ... else`, flat."""
    branches: list[tuple[Node, Node]] = []
    while node["type"] == "If" and (not w.traced or not branches):
        branches.append((node["condition"], node["then"]))
        node = node["else"]
    return _branches(w, branches, node)


@handles("Case")
def case(w: Writer, node: Node) -> str:
    """The first item whose condition is true, or that equals the comparand."""
    items = [(item["when"], item["then"]) for item in node["caseItem"]]
    comparand = w.name(node["comparand"]) if "comparand" in node else None
    return _branches(w, items, node["else"], comparand)


def _branches(w: Writer, items: Iterable[tuple[Node, Node]], rest: Node, comparand: str | None = None) -> str:
    """A loop that is left with `break`, so that a hundred branches nest no deeper than one."""
    result = w.fresh()
    with w.block("while True:"):
        for when, then in items:
            if comparand is None:
                condition = w.condition(when)
            else:
                condition = f"{w.call(equality.equal, comparand, w.emit(when))} is True"
            with w.block(f"if {condition}:"):
                w.line(f"{result} = {w.emit(then)}")
                w.line("break")
        w.line(f"{result} = {w.emit(rest)}")
        w.line("break")
    return result


@handles("Coalesce")
def coalesce(w: Writer, node: Node) -> str:
    """The first operand that is not null; a single operand is a list to look through."""
    first, *others = node["operand"]
    if not others:
        return w.call(logic.first_known, w.emit(first))
    result = w.temp(w.emit(first))
    for other in others:
        with w.block(f"if {result} is None:"):
            w.line(f"{result} = {w.emit(other)}")
    return result


def require(w: Writer, node: Node) -> None:
    """Go on with the next round of the loop unless the condition is true."""
    if node["type"] == "And" and not w.traced:
        for part in node["operand"]:
            require(w, part)
        return
    with w.block(f"if not ({w.condition(node)}):"):
        w.line("continue")
