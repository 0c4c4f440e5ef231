"""Writing one Python function from one ELM expression.

An ELM node becomes a Python expression, preceded where it must be by statements. Expressions that a writer
gives back are pure, bind tighter than any operator, and are used at most once unless they are a name.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from smartapp.elm.fhir import choice_keys
from smartapp.elm.library import Library
from smartapp.elm.shapes import BOOLEAN, Place, Shape, gives_text
from smartapp.errors import UnsupportedNode

if TYPE_CHECKING:
    from smartapp.elm.module import Module

Node = Mapping[str, Any]
Handler = Callable[["Writer", Node], str]

DEEPEST = 40
"""Blocks inside blocks before a part goes into a function of its own; Python allows 100, and 20 loops."""
MOST_LOOPS = 12
LONGEST = 160
"""Characters of an expression before it is given a name; Python's parser stops at 200 nested parentheses."""

_HANDLERS: dict[str, Handler] = {}
_NUMBER = re.compile(r"\(-?\d+\)")


Condition = Callable[["Writer", Node], str | None]
_CONDITIONS: dict[str, Condition] = {}


def holds(*kinds: str) -> Callable[[Condition], Condition]:
    """Register what writes these kinds of node where only true matters; None where that is no shorter."""

    def register(handler: Condition) -> Condition:
        _CONDITIONS.update(dict.fromkeys(kinds, handler))
        return handler

    return register


def handles(*kinds: str) -> Callable[[Handler], Handler]:
    """Register what writes these kinds of node."""

    def register(handler: Handler) -> Handler:
        _HANDLERS.update(dict.fromkeys(kinds, handler))
        return handler

    return register


@dataclass(frozen=True, slots=True)
class Variable:
    """A name of CQL (an alias, a let, an operand) in the Python function."""

    code: str
    node: Node | None = None
    """What it stands for, where that helps to tell its type."""
    shape: Shape | None = None
    """What is sure about it before any patient."""


def _is_literal(code: str) -> bool:
    """Whether an expression is a text or a number that is written out."""
    return code.startswith(("'", '"')) or _NUMBER.fullmatch(code) is not None


class Writer:
    """The lines of one Python function."""

    def __init__(self, module: "Module", library: Library, *, traced: bool = False) -> None:
        self.module = module
        self.library = library
        self.traced = traced
        self.scope: dict[str, Variable] = {}
        self.lines: list[str] = []
        self.depth = 1
        self.loops = 0
        self._count = 0
        self._named: list[dict[str, str]] = [{}]
        """The names given to expressions in this block and in those around it."""

    def emit(self, node: Node) -> str:
        """The Python expression for a node, after the statements that it needs."""
        handler = _HANDLERS.get(node["type"])
        if handler is None:
            raise self.unsupported(node, node["type"])
        if self.depth > DEEPEST or self.loops > MOST_LOOPS:
            return self.elsewhere(node)
        code = handler(self, node)
        if self.traced and "localId" in node:
            code = self.temp(code)
            self.line(f"c.seen({node['localId']!r}, {code})")
        return self.temp(code) if len(code) > LONGEST else code

    def condition(self, node: Node) -> str:
        """A Python condition that holds exactly where the node is true."""
        shortcut = None if self.traced else _CONDITIONS.get(node["type"])
        code = shortcut(self, node) if shortcut else None
        if code is not None:
            return code
        code = self.emit(node)
        return code if self.shape(node) == BOOLEAN else f"{self.tested(code)} is True"

    def name(self, node: Node) -> str:
        """The same as a name, fit to be used more than once and before `is`."""
        return self.tested(self.named(self.emit(node)))

    def named(self, code: str) -> str:
        """A name for an expression, or what is written out as it is."""
        return code if code.isidentifier() or _is_literal(code) else self.temp(code)

    def tested(self, code: str) -> str:
        """An expression that may stand before `is`; of a literal there Python warns."""
        return self.temp(code) if _is_literal(code) else code

    def temp(self, code: str) -> str:
        """A new variable with this value."""
        name = self.fresh()
        self.line(f"{name} = {code}")
        return name

    def once(self, code: str) -> str:
        """A name for an expression, the same wherever it is asked for below; so it is evaluated once."""
        if self.traced:
            return code
        for named in self._named:
            if code in named:
                return named[code]
        name = self._named[-1][code] = self.temp(code)
        return name

    def fresh(self, stem: str = "t") -> str:
        """A name that is not in use."""
        self._count += 1
        return f"{stem}{self._count}"

    def line(self, text: str) -> None:
        """Add a statement."""
        self.lines.append("    " * self.depth + text)

    @contextmanager
    def block(self, head: str) -> Iterator[None]:
        """Statements inside a block."""
        loop = head.startswith(("for ", "while "))
        self.line(head)
        self.depth += 1
        self.loops += loop
        start = len(self.lines)
        self._named.append({})
        yield
        self._named.pop()
        if len(self.lines) == start:
            self.line("pass")
        self.depth -= 1
        self.loops -= loop

    @contextmanager
    def binding(self, **variables: Variable) -> Iterator[None]:
        """Names that mean something inside only."""
        before = self.scope
        self.scope = {**before, **variables}
        yield
        self.scope = before

    def call(self, function: Callable[..., Any], *arguments: str) -> str:
        """A call of one of the engine's own functions."""
        return f"{self.module.use(function)}({', '.join(arguments)})"

    def constant(self, value: Any) -> str:
        """A name for a value that never changes."""
        return self.module.constant(value)

    def shape(self, node: Node) -> Shape | None:
        """What is sure about a node before any patient."""
        return self.place().of(node)

    def gives_text(self, node: Node) -> bool:
        """Whether a node gives a String or null."""
        return gives_text(self.place(), node)

    def place(self) -> Place:
        """Where a node at this point stands."""
        names = {name: variable.shape for name, variable in self.scope.items()}
        return Place(self.module, self.library, names)

    def held_keys(self, name: str) -> str:
        """The JSON keys under which an element may be, as a constant."""
        return repr((name, *choice_keys(name)))

    def variable(self, name: str, node: Node) -> Variable:
        """What an alias, a let or an operand stands for."""
        if name not in self.scope:
            raise self.unsupported(node, f"{node['type']} to the unknown name {name!r}")
        return self.scope[name]

    def unsupported(self, node: Node, what: str) -> UnsupportedNode:
        """The refusal of a node, with its place."""
        place = f"{self.library.name}:{node.get('locator', '?')}"
        return UnsupportedNode(f"The engine does not know {what} ({place}).")

    def elsewhere(self, node: Node) -> str:
        """The expression as a call of a new function, which begins again at the left margin."""
        names = sorted({variable.code for variable in self.scope.values()})
        inner = Writer(self.module, self.library, traced=self.traced)
        inner.scope, inner._count = self.scope, self._count
        result = inner.emit(node)
        return f"{self.module.add(inner, names, result)}({', '.join(['c', *names])})"
