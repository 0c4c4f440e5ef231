"""All libraries of a program as one Python module: names for its defines, constants, and the source."""

import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from smartapp.elm.code import Code, Concept, Pair, Vocabulary
from smartapp.elm.fhirhelpers import HELPERS
from smartapp.elm.library import Library, Node
from smartapp.elm.shapes import Shape
from smartapp.elm.writer import Variable, Writer
from smartapp.errors import BadPolicy, UnsupportedNode

ValueSets = Mapping[str, frozenset[tuple[str, str]]]
PENDING = object()
"""What a memo slot holds before its define is evaluated."""


_RECURSION = 10_000


@contextmanager
def deep_recursion() -> Iterator[None]:
    """Room for expressions that nest hundreds deep (a concatenation or a sum of many parts)."""
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(max(before, _RECURSION))
    try:
        yield
    finally:
        sys.setrecursionlimit(before)


class Module:
    """Names, constants and source lines; `exec` of the source gives the functions.

    The source is written from our own committed ELM only, and no text of it gets into the source other than
    through repr() or as a constant; names are numbered. There is nothing of a patient in it.
    """

    def __init__(self, libraries: Mapping[str, Library], valuesets: ValueSets) -> None:
        self.libraries = libraries
        self.valuesets = valuesets
        self.space: dict[str, Any] = {"PENDING": PENDING}
        self.shapes: dict[tuple[Any, ...], Shape | None] = {}
        """What is sure about each define and function, by the identity of its body and its operands."""
        self._sources: list[str] = []
        self._names: dict[tuple[Any, ...], str] = {}
        self._written: set[str] = set()
        self._constants: dict[Any, str] = {}
        self._slots: dict[str, int] = {}

    @property
    def slots(self) -> int:
        """How many values a run keeps."""
        return len(self._slots)

    def use(self, function: Callable[..., Any]) -> str:
        """The name of one of the engine's functions in the source."""
        name = f"{function.__module__.rpartition('.')[2]}_{function.__name__}"
        self.space[name] = function
        return name

    def constant(self, value: Any) -> str:
        """The name of a value in the source."""
        key = (type(value), value if isinstance(value, frozenset) else repr(value))
        if key not in self._constants:
            name = f"K{len(self._constants)}"
            self._constants[key] = name
            self.space[name] = value
        return self._constants[key]

    def held(self, value: Any) -> str:
        """The name of a value that is not compared with others (a function, a type test)."""
        name = f"H{len(self.space)}"
        self.space[name] = value
        return name

    def name_of(self, kind: str, library: str, name: str, *which: Any) -> str:
        """The Python name of a define ("d"), a parameter ("p"), or which form of a function ("f")."""
        key = (kind, library, name, *which)
        if key not in self._names:
            self._names[key] = f"{kind}{len(self._names)}"
        return self._names[key]

    def library(self, name: str | None, home: Library) -> Library:
        """The library that a local name means, or home."""
        if name is None:
            return home
        path = home.includes.get(name, name)
        if path not in self.libraries:
            raise BadPolicy(f"{home.name} includes {path}, which is not among the libraries.")
        return self.libraries[path]

    def add(self, writer: Writer, arguments: list[str], result: str) -> str:
        """Add a function of a writer's lines; its name."""
        name = f"h{len(self._sources)}"
        self.add_function(name, arguments, [*writer.lines, f"    return {result}"])
        return name

    def add_function(self, name: str, arguments: list[str], lines: list[str]) -> None:
        """Add a function of these lines."""
        self._sources.append("\n".join([f"def {name}({', '.join(['c', *arguments])}):", *lines, ""]))

    def add_memo(self, name: str, writer: Writer, result: str) -> None:
        """Add a function that keeps its result for the run."""
        slot = self._slot(name)
        head = ["    m = c.m", f"    r = m[{slot}]", "    if r is not PENDING:", "        return r"]
        tail = [f"    r = m[{slot}] = {result}", "    return r"]
        self.add_function(name, [], [*head, *writer.lines, *tail])

    def kept(self, name: str) -> str:
        """The value of such a function, which is called only where the run does not keep it yet."""
        return f"(r if (r := c.m[{self._slot(name)}]) is not PENDING else {name}(c))"

    def _slot(self, name: str) -> int:
        return self._slots.setdefault(name, len(self._slots))

    def write_all(self) -> None:
        """Write every define and function of every library."""
        for library in self.libraries.values():
            if library.name == HELPERS:
                continue  # its functions are the engine's own, and others are not looked for in it
            for name, node in library.expressions.items():
                self.write_define(library, name, node)
            for name, overloads in library.functions.items():
                for index, node in enumerate(overloads):
                    self.function(library, name, index, (None,) * len(node.get("operand", ())))
            for name, node in library.parameters.items():
                self.write_parameter(library, name, node)

    def write_define(self, library: Library, name: str, node: Node) -> None:
        """Write one define."""
        writer = Writer(self, library)
        self.add_memo(self.name_of("d", library.name, name), writer, writer.emit(node["expression"]))

    def function(self, library: Library, name: str, index: int, shapes: tuple[Shape | None, ...]) -> str:
        """The Python name of one overload of a function for operands of these shapes, written once for each."""
        code = self.name_of("f", library.name, name, index, shapes)
        if code not in self._written:
            self._written.add(code)
            self._write_function(code, library, library.functions[name][index], shapes)
        return code

    def _write_function(
        self, name: str, library: Library, node: Node, shapes: tuple[Shape | None, ...]
    ) -> None:
        if "expression" not in node:
            raise UnsupportedNode(
                f"The engine does not know the external function {library.name}.{node['name']}."
            )
        writer = Writer(self, library)
        operands = node.get("operand", ())
        codes = [f"a{place}" for place in range(len(operands))]
        writer.scope = {
            operand["name"]: Variable(code, operand, shape)
            for operand, code, shape in zip(operands, codes, shapes, strict=True)
        }
        result = writer.emit(node["expression"])
        self.add_function(name, codes, [*writer.lines, f"    return {result}"])

    def write_parameter(self, library: Library, name: str, node: Node) -> None:
        """Write one parameter: the value given, or its default."""
        writer = Writer(self, library)
        value = writer.fresh()
        with writer.block(f"if {name!r} in c.parameters:"):
            writer.line(f"{value} = c.parameters[{name!r}]")
        with writer.block("else:"):
            writer.line(f"{value} = {writer.emit(node['default']) if 'default' in node else None}")
        self.add_memo(self.name_of("p", library.name, name), writer, value)

    def load(self) -> None:
        """Turn what is written into functions."""
        source = "\n".join(self._sources)
        exec(compile(source, "<elm>", "exec"), self.space)  # noqa: S102 - see the class

    def traced(self, library: Library, node: Node) -> Callable[[Any], Any]:
        """A define that also notes the value of each node with `c.seen`; this module stays as it is."""
        copy = Module(self.libraries, self.valuesets)
        copy.space, copy._constants = dict(self.space), dict(self._constants)
        copy._names, copy._written, copy._slots = self._names, set(self._written), self._slots
        writer = Writer(copy, library, traced=True)
        with deep_recursion():
            result = writer.emit(node["expression"])
            copy.add_function("traced", [], [*writer.lines, f"    return {result}"])
            copy.load()
        return copy.space["traced"]  # type: ignore[no-any-return]

    def pairs(self, library: Library, name: str) -> frozenset[Pair]:
        """The codes of a value set that a library names."""
        node = library.valuesets[name]
        url = node["id"].partition("|")[0]
        if url not in self.valuesets:
            raise BadPolicy(f"{library.name} uses the value set {url}, which has no codes here.")
        return frozenset(self.valuesets[url])

    def vocabulary(self, library: Library, name: str) -> Vocabulary:
        """The value set that a library names, with its codes."""
        node = library.valuesets[name]
        return Vocabulary(node["id"], node.get("version"), name, self.pairs(library, name))

    def code(self, library: Library, name: str) -> Code:
        """The code that a library names."""
        node = library.codes[name]
        system = self.library(node["codeSystem"].get("libraryName"), library).codesystems[
            node["codeSystem"]["name"]
        ]
        return Code(node["id"], system["id"], system.get("version"), node.get("display"))

    def concept(self, library: Library, name: str) -> Concept:
        """The concept that a library names."""
        node = library.concepts[name]
        codes = (
            self.code(self.library(ref.get("libraryName"), library), ref["name"]) for ref in node["code"]
        )
        return Concept(tuple(codes), node.get("display"))
