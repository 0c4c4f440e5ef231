"""Libraries compiled once; what they define, what they retrieve, and runs over patients.

The Python source is written by Module from our own committed ELM, and from nothing of a patient; see there.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from smartapp.elm import (  # noqa: F401 - importing the writers registers them
    write_fhir,
    write_logic,
    write_operators,
    write_query,
    write_references,
    write_values,
)
from smartapp.elm.evaluation import Compiled, Evaluation
from smartapp.elm.library import Node, read_library
from smartapp.elm.module import Module, ValueSets, deep_recursion
from smartapp.elm.reach import retrieved_types


def compile_program(elms: Iterable[Node], valuesets: ValueSets) -> "Program":
    """The program of some ELM libraries; UnsupportedNode or BadPolicy where it cannot be run."""
    libraries = {library.name: library for library in map(read_library, elms)}
    module = Module(libraries, valuesets)
    with deep_recursion():
        module.write_all()
        module.load()
        return Program(module)


class Program:
    """Compiled libraries; it keeps nothing of a patient."""

    def __init__(self, module: Module) -> None:
        self._module = module
        self._compiled = {name: Compiled.of(module, library) for name, library in module.libraries.items()}

    def evaluate(
        self, library: str, resources: Sequence[Any], *, parameters: Mapping[str, Any], now: datetime
    ) -> Evaluation:
        """A run: the defines of a library over one patient's resources, each evaluated when asked for."""
        return Evaluation(self._compiled, library, resources, parameters=parameters, now=now)

    @property
    def libraries(self) -> frozenset[str]:
        """The names of the libraries."""
        return frozenset(self._compiled)

    def defines(self, library: str) -> frozenset[str]:
        """The names of the public defines of a library."""
        return frozenset(self._compiled[library].names)

    def retrieves(self, library: str, name: str) -> frozenset[str]:
        """The FHIR types that a define retrieves, itself or through what it uses."""
        home = self._module.libraries[library]
        return retrieved_types(self._module, home, home.expressions[name])
