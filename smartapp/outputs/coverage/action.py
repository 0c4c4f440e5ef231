"""The system action that puts coverage information on an order, and nothing else; none when nothing is new."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import orjson

from smartapp.facts import Resource
from smartapp.outputs.coverage.assertion import Assertion
from smartapp.outputs.coverage.extension import URL, render
from smartapp.outputs.dialect import Dialect

_DESCRIPTION = "Add coverage information to the order"
_PASSING = ("date", "expiry-date")
"""What changes from day to day without anything being new."""
_SETTLED = ("satisfied", "no-auth")

Extension = Mapping[str, Any]


def update(order: Resource, assertion: Assertion, dialect: Dialect) -> dict[str, Any] | None:
    """The action, or None when the order says all of it already (CRD 2.2.1 resp-35).

    What the payer settled on this Coverage is never overwritten; what it said about another one stays. The
    order is as it came but for the extension (resp-37).
    """
    listed = order.get("extension")
    extensions = [e for e in listed if isinstance(e, dict)] if isinstance(listed, list) else []
    known = [e for e in extensions if e.get("url") == URL and _coverage(e) == assertion.coverage]
    if any(_code(extension, "pa-needed") in _SETTLED for extension in known):
        return None
    said = render(replace(assertion, id=_known_id(known) or assertion.id), dialect)
    if len(known) == 1 and _essence(known[0]) == _essence(said):
        return None
    others = [e for e in extensions if not any(e is one for one in known)]
    return {
        "type": "update",
        "description": _DESCRIPTION,
        "resource": {**order, "extension": [*others, said]},
    }


def _known_id(known: list[dict[str, Any]]) -> str | None:
    """The id under which the payer knows what was said before."""
    found = (part.get("valueString") for e in known for part in _parts(e, "coverage-assertion-id"))
    return next((text for text in found if isinstance(text, str)), None)


def _coverage(extension: Extension) -> str | None:
    for part in _parts(extension, "coverage"):
        reference = part.get("valueReference")
        text = reference.get("reference") if isinstance(reference, dict) else None
        if isinstance(text, str):
            return "/".join(text.split("/")[-2:])
    return None


def _code(extension: Extension, url: str) -> Any:
    return next((part.get("valueCode") for part in _parts(extension, url)), None)


def _essence(extension: Extension) -> list[bytes]:
    """Everything but what passes, whatever the order of parts and of keys: an EHR may have stored it between."""
    parts = extension.get("extension")
    listed = parts if isinstance(parts, list) else ()
    telling = (part for part in listed if isinstance(part, dict) and part.get("url") not in _PASSING)
    return sorted(orjson.dumps(part, option=orjson.OPT_SORT_KEYS) for part in telling)


def _parts(extension: Extension, url: str) -> list[Mapping[str, Any]]:
    parts = extension.get("extension")
    return [
        p for p in (parts if isinstance(parts, list) else ()) if isinstance(p, dict) and p.get("url") == url
    ]
