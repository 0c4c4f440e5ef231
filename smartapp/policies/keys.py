"""What the TOML file of a policy may hold, checked before it is read: a key that is mistyped would go unnoticed."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from smartapp.errors import BadPolicy
from smartapp.normalize.readable import ELEMENTS

_FILE = "the file"
REQUIRED: Mapping[str, Mapping[str, str]] = {
    _FILE: {
        **dict.fromkeys(("name", "id", "title", "payer", "source", "therapy", "version"), "text"),
        "effective": "a day",
        "form": "a table",
        "order": "a table",
        "criterion": "tables",
    },
    "form": {"questionnaire": "text", "library": "text"},
    "order": {"products": "a list of texts"},
    "criterion": {
        **dict.fromkeys(("id", "define", "title", "short", "asks", "met", "unmet", "missing", "how"), "text"),
        "reads": "a list of texts",
    },
    "ask": {"item": "text"},
    "outcome": {"outcome": "text", "text": "text"},
    "notice": {"define": "text", "code": "text", "text": "text"},
    "information": {"label": "a list of texts"},
}
OPTIONAL: Mapping[str, Mapping[str, str]] = {
    _FILE: {
        "notice_library": "text",
        "review": "a day",
        "diseases": "a list of texts",
        "outcome": "tables",
        "notice": "tables",
        "information": "a table",
        "history": "a table",
        "suggest": "tables",
    },
    "order": {
        **dict.fromkeys(("therapies", "bare_codes", "unclassified", "other_therapies"), "a list of texts"),
        **dict.fromkeys(("other_products", "other_product_patterns"), "a list of texts"),
        "on_record": "text",
        "confirm_product": "text",
    },
    "criterion": {"identified_by": "a list of texts", "ask": "tables"},
    "ask": {"when": "text", "unless": "text"},
    "outcome": {"define": "text", "product": "text"},
}


def check_keys(text: Mapping[str, Any]) -> None:
    """BadPolicy names what a table lacks, what it has too much, and what is of the wrong kind.

    The tables [history] and [[suggest]] are checked where they are read.
    """
    if found := [
        f"{_named(table)} {fault}" for table, row in _tables(_FILE, text) for fault in _faults(table, row)
    ]:
        raise BadPolicy(f"Policy {text.get('name', '?')}: {'; '.join(found)}")


def _faults(table: str, row: Mapping[str, Any]) -> Iterator[str]:
    known = {**REQUIRED[table], **OPTIONAL.get(table, {})}
    yield from (f"lacks {key}" for key in REQUIRED[table] if key not in row)
    for key, value in row.items():
        if key not in known:
            yield f"has {key}, which is not a key of it"
        elif not _is(known[key], value):
            yield f"has {key}, which must be {known[key]}"
        elif key == "reads" and (unread := sorted(set(value) - set(ELEMENTS))):
            yield f"reads {', '.join(unread)}, which is no type that is read"


def _tables(table: str, row: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """A table with its name, and those below it."""
    yield table, row
    for name, below in row.items():
        if name in REQUIRED:
            for one in below if isinstance(below, list) else [below]:
                if isinstance(one, dict):
                    yield from _tables(name, one)


def _named(table: str) -> str:
    return table if table == _FILE else f"[{table}]"


def _is(kind: str, value: Any) -> bool:
    if kind in ("a list of texts", "tables"):
        inner = str if kind == "a list of texts" else dict
        return isinstance(value, list) and all(isinstance(one, inner) for one in value)
    return isinstance(value, {"text": str, "a day": date, "a table": dict}[kind])
