"""An ELM library, its definitions by name."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from smartapp.errors import BadPolicy

Node = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Library:
    """A parsed library: what it defines, by kind and name."""

    name: str
    includes: Mapping[str, str] = field(default_factory=dict)
    """Local name -> library name."""
    expressions: Mapping[str, Node] = field(default_factory=dict)
    functions: Mapping[str, tuple[Node, ...]] = field(default_factory=dict)
    parameters: Mapping[str, Node] = field(default_factory=dict)
    valuesets: Mapping[str, Node] = field(default_factory=dict)
    codesystems: Mapping[str, Node] = field(default_factory=dict)
    codes: Mapping[str, Node] = field(default_factory=dict)
    concepts: Mapping[str, Node] = field(default_factory=dict)


def read_library(elm: Node) -> Library:
    """The library of an ELM document."""
    try:
        library = elm["library"]
        statements = list(_defs(library, "statements"))
        return Library(
            name=library["identifier"]["id"],
            includes={d["localIdentifier"]: d["path"] for d in _defs(library, "includes")},
            expressions={d["name"]: d for d in statements if d.get("type") != "FunctionDef"},
            functions=_functions(statements),
            **{kind: {d["name"]: d for d in _defs(library, key)} for kind, key in _KINDS.items()},
        )
    except (KeyError, TypeError, AttributeError) as error:
        raise BadPolicy(f"This is not an ELM library: {error!r}.") from error


_KINDS = {
    "parameters": "parameters",
    "valuesets": "valueSets",
    "codesystems": "codeSystems",
    "codes": "codes",
    "concepts": "concepts",
}


def _defs(library: Node, key: str) -> Iterable[Node]:
    found: list[Node] = library.get(key, {}).get("def", [])
    return found


def _functions(statements: Iterable[Node]) -> dict[str, tuple[Node, ...]]:
    found: dict[str, tuple[Node, ...]] = {}
    for statement in statements:
        if statement.get("type") == "FunctionDef":
            found[statement["name"]] = (*found.get(statement["name"], ()), statement)
    return found
