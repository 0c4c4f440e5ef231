"""What a define reaches: the FHIR types that it retrieves, through defines, functions and libraries."""

from collections.abc import Iterator
from typing import Any

from smartapp.elm import kinds
from smartapp.elm.library import Library, Node
from smartapp.elm.module import Module

_APART = frozenset({"annotation", "signature", "locator", "localId"})


def retrieved_types(module: Module, library: Library, node: Node) -> frozenset[str]:
    """The FHIR types that a node retrieves."""
    found: set[str] = set()
    seen: set[int] = set()
    waiting = [(library, node)]
    while waiting:
        home, current = waiting.pop()
        if id(current) not in seen:
            seen.add(id(current))
            for inner in _nodes(current):
                if inner.get("type") == "Retrieve":
                    found.add(kinds.fhir_name({"name": inner["dataType"]}) or inner["dataType"])
                waiting += _behind(module, home, inner)
    return frozenset(found)


def _nodes(value: Any) -> Iterator[Node]:
    """The nodes of a tree."""
    if isinstance(value, list):
        for item in value:
            yield from _nodes(item)
    elif isinstance(value, dict):
        yield value
        for key, inner in value.items():
            if key not in _APART:
                yield from _nodes(inner)


def _behind(module: Module, library: Library, node: Node) -> list[tuple[Library, Node]]:
    """The definitions that a reference may mean."""
    if node.get("type") not in {"ExpressionRef", "FunctionRef"}:
        return []
    home = module.library(node.get("libraryName"), library)
    if node["type"] == "ExpressionRef":
        return [(home, home.expressions[node["name"]])]
    return [(home, overload) for overload in home.functions.get(node["name"], ())]
