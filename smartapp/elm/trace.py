"""The clause trace: the CQL text of a define as a tree, each clause with what it was for one patient.

The translator leaves in the ELM which text belongs to which node (annotation and localId). For a trace the
define is compiled once more with a note after each node; a normal run knows nothing of it.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from smartapp.elm.library import Library, Node
from smartapp.elm.module import Module
from smartapp.errors import BadPolicy


@dataclass(frozen=True, slots=True)
class Clause:
    """A piece of CQL text, or several in a row."""

    text: str
    value: str | None = None
    """"true", "false", "null" or "other"; None where the piece has no value or was not reached."""
    parts: tuple["Clause", ...] = ()

    def __str__(self) -> str:
        return self.text


class Recorder:
    """The values of each node in one run; a clause inside a query has one for each round."""

    def __init__(self) -> None:
        self._values: dict[str, list[Any]] = defaultdict(list)

    def __call__(self, local_id: str, value: Any) -> None:
        """Note a value."""
        self._values[local_id].append(value)

    def outcome(self, local_id: str | None) -> str | None:
        """True when it was true in one round, else null when it was null in one, else false."""
        values = self._values.get(local_id or "")
        if not values:
            return None
        if any(value is not None and not isinstance(value, bool) for value in values):
            return "other"
        return "true" if True in values else "null" if None in values else "false"


class Traces:
    """The traced defines of a library, each compiled when it is first asked for."""

    def __init__(self, module: Module, library: Library) -> None:
        self._module = module
        self._library = library
        self._defines: dict[str, Callable[[Any], Any]] = {}

    def define(self, name: str) -> Callable[[Any], Any]:
        """The define as a function that also notes the value of each node."""
        if name not in self._defines:
            node = self._library.expressions[name]
            self._defines[name] = self._module.traced(self._library, node)
        return self._defines[name]

    def clause(self, name: str, seen: Recorder) -> Clause:
        """The text of the define with what was noted."""
        trees = [note["s"] for note in self._library.expressions[name].get("annotation", ()) if "s" in note]
        if not trees:
            raise BadPolicy(f"The ELM of {self._library.name} has no annotations; a trace needs them.")
        return _clause(trees[0], seen)


def _clause(tree: Node, seen: Recorder) -> Clause:
    parts = tuple(_parts(tree, seen))
    outcome = seen.outcome(tree.get("r"))
    if len(parts) == 1:
        return Clause(parts[0].text, outcome or parts[0].value, parts[0].parts)
    inner = parts if any(part.value or part.parts for part in parts) else ()
    return Clause("".join(part.text for part in parts), outcome, inner)


def _parts(tree: Node, seen: Recorder) -> Iterator[Clause]:
    if "value" in tree:
        yield Clause("".join(tree["value"]))
    for inner in tree.get("s", ()):
        yield _clause(inner, seen)
