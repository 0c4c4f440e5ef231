"""A compiled program, and one evaluation of it over one patient."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from smartapp.elm import (  # noqa: F401 - importing the writers registers them
    kinds,
    operators,
    retrieve,
    temporal,
    write_fhir,
    write_logic,
    write_query,
    write_references,
    write_values,
)
from smartapp.elm.code import plain
from smartapp.elm.failures import DefineError
from smartapp.elm.library import Library, Node, read_library
from smartapp.elm.module import PENDING, Module, ValueSets
from smartapp.elm.temporal import DAY, Date, DateTime, Time
from smartapp.errors import SmartappError


def compile_program(elms: Iterable[Node], valuesets: ValueSets) -> "Program":
    """The program of some ELM libraries; UnsupportedNode or BadPolicy where it cannot be run."""
    libraries = {library.name: library for library in map(read_library, elms)}
    module = Module(libraries, valuesets)
    module.write_all()
    exec(compile(module.source(), "<elm>", "exec"), module.space)  # noqa: S102 - written by Module, from our ELM
    return Program(module)


class Program:
    """Compiled libraries; it keeps nothing of a patient."""

    def __init__(self, module: Module) -> None:
        self._module = module

    def evaluate(
        self,
        library: str,
        resources: Sequence[Any],
        *,
        parameters: Mapping[str, Any],
        now: datetime,
    ) -> "Evaluation":
        """The defines of a library over one patient's resources, each evaluated when it is asked for."""
        return Evaluation(self._module, self._module.libraries[library], resources, parameters, now)

    def defines(self, library: str) -> frozenset[str]:
        """The names of the public defines of a library."""
        return frozenset(public_defines(self._module.libraries[library]))

    def retrieves(self, library: str, name: str) -> frozenset[str]:
        """The FHIR types that a define retrieves, itself or through what it uses."""
        home = self._module.libraries[library]
        found: set[str] = set()
        _collect(self._module, home, home.expressions[name], found, set())
        return frozenset(found)


def public_defines(library: Library) -> list[str]:
    """The names of a library's public defines, in their order."""
    return [
        name
        for name, node in library.expressions.items()
        if node.get("accessLevel") == "Public" and name != "Patient"
    ]


def _collect(
    module: Module, library: Library, node: Any, found: set[str], seen: set[tuple[str, str]]
) -> None:
    """Walk a node and all that it refers to."""
    if isinstance(node, list):
        for item in node:
            _collect(module, library, item, found, seen)
    if not isinstance(node, dict):
        return
    if node.get("type") == "Retrieve":
        found.add(kinds.fhir_name({"name": node["dataType"]}) or node["dataType"])
    if node.get("type") in {"ExpressionRef", "FunctionRef"}:
        _collect_behind(module, library, node, found, seen)
    for key, value in node.items():
        if key not in {"annotation", "signature"}:
            _collect(module, library, value, found, seen)


def _collect_behind(
    module: Module, library: Library, node: Node, found: set[str], seen: set[tuple[str, str]]
) -> None:
    home = module.library(node.get("libraryName"), library)
    key = (home.name, f"{node['type']} {node['name']}")
    if key in seen:
        return
    seen.add(key)
    behind = home.expressions if node["type"] == "ExpressionRef" else home.functions
    _collect(module, home, _as_list(behind.get(node["name"])), found, seen)


def _as_list(value: Any) -> list[Any]:
    return list(value) if isinstance(value, tuple) else [value]


class Evaluation:
    """One run: the values of defines, each computed at most once."""

    def __init__(
        self,
        module: Module,
        library: Library,
        resources: Sequence[Any],
        parameters: Mapping[str, Any],
        now: datetime,
    ) -> None:
        self._module = module
        self._library = library
        self.names = tuple(public_defines(library))
        self.by_type = retrieve.by_type(resources)
        self.retrieved: dict[Any, Any] = {}
        self.m = [PENDING] * module.slots
        self.parameters = _bound(module, parameters)
        moment = temporal.from_python(now)
        self.now: DateTime = moment
        self.today = Date(moment.parts[:DAY])
        self.time_of_day = Time(moment.parts[DAY:])
        self._offset = moment.offset or 0

    def has(self, name: str) -> bool:
        """Whether the library has a define of this name."""
        return name in self._library.expressions

    def value(self, name: str) -> Any:
        """The value of a define; DefineError when it fails, which leaves the others standing."""
        function = self._module.space[self._module.name_of("d", self._library.name, name)]
        token = temporal.default_offset.set(self._offset)
        try:
            return unwrapped(function(self))
        except SmartappError as error:
            raise DefineError(name, str(error)) from error
        except Exception as error:
            raise DefineError(name, type(error).__name__) from error
        finally:
            temporal.default_offset.reset(token)


def unwrapped(value: Any) -> Any:
    """A value without the marks that tell the type of a choice."""
    value = plain(value)
    if type(value) is list:
        return [unwrapped(item) for item in value] if any(map(_is_marked, value)) else value
    return value


def _is_marked(value: Any) -> bool:
    return plain(value) is not value


def _bound(module: Module, given: Mapping[str, Any]) -> dict[str, Any]:
    """The parameters as values of their declared types."""
    declared = {
        name: node for library in module.libraries.values() for name, node in library.parameters.items()
    }
    return {name: _convert(value, declared.get(name, {})) for name, value in given.items()}


def _convert(value: Any, node: Node) -> Any:
    if isinstance(value, date):
        value = temporal.from_python(value)
    kind = kinds.system_name(node.get("parameterTypeSpecifier", {}))
    return kinds.CONVERSIONS[kind](value) if kind in kinds.CONVERSIONS else value
