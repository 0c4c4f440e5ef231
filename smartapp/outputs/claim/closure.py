"""References within a Bundle: what it holds is named by its fullUrl, what it does not hold is named no more."""

from collections.abc import Iterator, Mapping
from typing import Any

from smartapp.facts import Facts

_OUTSIDE = "not part of this request"

Json = dict[str, Any]


def relative(reference: str, facts: Facts) -> str:
    """A reference as "Type/id", whether it is relative, absolute or by fullUrl."""
    return facts.full_urls.get(reference, "/".join(reference.split("/")[-2:]))


def closed(resource: Mapping[str, Any], names: Mapping[str, str], facts: Facts) -> Json:
    """The resource with its references to what `names` holds (fullUrl by "Type/id"), and no others.

    A reference to anything else keeps its display and loses its address: a payer could not follow it, and its
    id is nobody's business.
    """
    return {key: _closed(value, names, facts) for key, value in resource.items()}


def _closed(value: Any, names: Mapping[str, str], facts: Facts) -> Any:
    if isinstance(value, list):
        return [_closed(item, names, facts) for item in value]
    if not isinstance(value, dict):
        return value
    if isinstance(value.get("reference"), str):
        return _pointed(value, names, facts)
    return {key: _closed(item, names, facts) for key, item in value.items()}


def _pointed(reference: Json, names: Mapping[str, str], facts: Facts) -> Json:
    if reference["reference"].startswith("#"):
        return reference
    url = names.get(relative(reference["reference"], facts))
    if url:
        return {**reference, "reference": url}
    kept = {key: value for key, value in reference.items() if key in {"display", "type"}}
    return {**kept, "display": kept.get("display", _OUTSIDE)}


def renamed(value: Any, names: Mapping[str, str]) -> Any:
    """A copy in which what is referred to by one of these names is referred to by its other one."""
    if isinstance(value, list):
        return [renamed(item, names) for item in value]
    if not isinstance(value, dict):
        return value
    copy = {key: renamed(item, names) for key, item in value.items()}
    if isinstance(value.get("reference"), str):
        copy["reference"] = names.get(value["reference"], value["reference"])
    return copy


def references(value: Any) -> Iterator[str]:
    """What a resource refers to outside itself."""
    if isinstance(value, list):
        for item in value:
            yield from references(item)
    elif isinstance(value, dict):
        name = value.get("reference")
        if isinstance(name, str) and not name.startswith("#"):
            yield name
        for item in value.values():
            yield from references(item)
