"""Coverage information read from an order that carries it: whose it is, and what it says."""

from collections.abc import Iterator, Mapping
from typing import Any

from smartapp.facts import Resource
from smartapp.outputs.coverage.extension import URL
from smartapp.outputs.dialect import Dialect

Extension = Mapping[str, Any]


def annotations(order: Resource) -> list[Extension]:
    """The extensions with coverage information on an order."""
    return [e for e in listed(order) if e.get("url") == URL]


def listed(node: Mapping[str, Any]) -> list[Extension]:
    """The extensions of a resource, or the parts of an extension."""
    found = node.get("extension")
    return [e for e in found if isinstance(e, dict)] if isinstance(found, list) else []


def values(extension: Extension, url: str, kind: str) -> Iterator[Any]:
    """The values of the parts with this url, as `valueCode` and the like."""
    return (part.get(kind) for part in listed(extension) if part.get("url") == url)


def coverage_of(extension: Extension) -> str | None:
    """The Coverage that it is about, as "Coverage/id"."""
    for value in values(extension, "coverage", "valueReference"):
        text = value.get("reference") if isinstance(value, dict) else None
        if isinstance(text, str):
            return "/".join(text.split("/")[-2:])
    return None


def dialect_on(order: Resource) -> Dialect | None:
    """The dialect of what an order carries, where its parts tell; None: they do not."""
    parts = [part for extension in annotations(order) for part in listed(extension)]
    details = [part for part in parts if part.get("url") == "detail"]
    marks = [*parts, *(part for detail in details for part in listed(detail))]
    if any(part.get("url") in ("expiry-date", "category") for part in marks):
        return Dialect.V2_2
    return Dialect.V2_0 if details else None
