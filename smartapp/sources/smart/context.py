"""What a launch is about, in every shape in which EHRs and DTR clients say it.

SMART App Launch 2.2 has objects in `fhirContext`, its first drafts and DTR test tools plain references. The link
of a card brings `appContext`, a text that each vendor forms in its own way: as the parameters of an address
("order=...&coverage=..."), as JSON, or as one reference. Each order in it may be a whole resource.
"""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import parse_qsl

_REFERENCE = re.compile(
    r"(https?://\S+/)?[A-Z][A-Za-z]+/[A-Za-z0-9\-.]{1,64}(/_history/[A-Za-z0-9\-.]{1,64})?"
)
_DEEPEST = 4

Item = Mapping[str, Any]


def context_of(token: Mapping[str, Any]) -> tuple[Item, ...]:
    """The items of fhirContext, then those of appContext, each as SMART 2.2 has it; what is none is left out."""
    given = token.get("fhirContext")
    items = [*_fhir(given if isinstance(given, list) else ()), *_app(token.get("appContext"))]
    return tuple(item for place, item in enumerate(items) if item not in items[:place])


def _fhir(given: Any) -> Iterator[Item]:
    for item in given:
        if isinstance(item, dict):
            yield item
        elif isinstance(item, str):
            yield from _reference(item)


def _app(text: Any) -> Iterator[Item]:
    if not isinstance(text, str):
        return
    parsed = _json(text)
    if parsed is not None:
        yield from _inside(parsed, depth=0)
    elif "=" in text:
        for _, value in parse_qsl(text):
            yield from _inside(_json(value) or value, depth=0)
    else:
        yield from _reference(text)


def _inside(value: Any, *, depth: int) -> Iterator[Item]:
    """The references in a value, and the resources in it as references to them."""
    if depth > _DEEPEST:
        return
    if isinstance(value, str):
        yield from _reference(value)
    elif isinstance(value, list):
        for item in value:
            yield from _inside(item, depth=depth + 1)
    elif isinstance(value, dict) and isinstance(value.get("resourceType"), str):
        yield from _reference(f"{value['resourceType']}/{value.get('id')}")
    elif isinstance(value, dict):
        for item in value.values():
            yield from _inside(_json(item) or item, depth=depth + 1)


def _reference(text: str) -> Iterator[Item]:
    if _REFERENCE.fullmatch(text.strip()):
        yield {"reference": text.strip()}


def _json(text: Any) -> Any:
    """The object or list that a text holds as JSON, or None."""
    if not isinstance(text, str) or not text.strip().startswith(("{", "[")):
        return None
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None
