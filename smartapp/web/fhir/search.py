"""Search among the published resources, and $expand: few parameters, said in the CapabilityStatement."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from smartapp.errors import BadInput, UnknownResource
from smartapp.outputs.package.bundle import expanded
from smartapp.policies.artifacts import Artifacts

Resource = Mapping[str, Any]
Given = Mapping[str, str]

_MOST = 50


def _is_url(resource: Resource, value: str) -> bool:
    url, _, version = value.partition("|")
    return bool(resource["url"] == url) and version in {"", resource["version"]}


def _starts(name: str) -> Callable[[Resource, str], bool]:
    return lambda resource, value: str(resource.get(name, "")).lower().startswith(value.lower())


def _is_one_of(name: str) -> Callable[[Resource, str], bool]:
    return lambda resource, value: resource[name] in value.split(",")


PARAMETERS: Mapping[str, tuple[str, Callable[[Resource, str], bool]]] = {
    "_id": ("token", _is_one_of("id")),
    "url": ("uri", _is_url),
    "version": ("token", _is_one_of("version")),
    "status": ("token", _is_one_of("status")),
    "name": ("string", _starts("name")),
    "title": ("string", _starts("title")),
}
"""What can be searched for: the type of the parameter, and whether a resource matches."""


def searchset(kind: str, resources: Iterable[Resource], given: Given, *, base: str) -> dict[str, Any]:
    """The Bundle with a page of what matches; parameters that are not known are left out, also of `self`."""
    known = {name: value for name, value in given.items() if name in PARAMETERS}
    found = [r for r in resources if all(PARAMETERS[name][1](r, value) for name, value in known.items())]
    count, start = _number(given, "_count", _MOST), _number(given, "_offset", 0)
    page = found[start : start + min(count, _MOST)]
    links = [_link("self", base, kind, given, known, start)]
    if start + len(page) < len(found) and page:
        links.append(_link("next", base, kind, given, known, start + len(page)))
    return {
        "resourceType": "Bundle",
        "type": "searchset",
        "total": len(found),
        "link": links,
        **({"entry": [_entry(base, resource) for resource in page]} if page else {}),
    }


def expand(artifacts: Artifacts, given: Given, *, now: datetime) -> dict[str, Any]:
    """The expansion that the parameters ask for: `url`, `valueSetVersion`, `filter`, `offset`, `count`."""
    if "url" not in given:
        raise BadInput("$expand needs the parameter 'url'.")
    version = given.get("valueSetVersion")
    canonical = f"{given['url']}|{version}" if version and "|" not in given["url"] else given["url"]
    value_set = artifacts.resolve("ValueSet", canonical)
    if value_set is None:
        raise UnknownResource("There is no such ValueSet here.")
    whole = expanded(value_set, now=now)
    found = [c for c in whole["expansion"]["contains"] if _is_like(c, given.get("filter", "").lower())]
    start, count = _number(given, "offset", 0), _number(given, "count", len(found))
    expansion = {
        **whole["expansion"],
        "total": len(found),
        "offset": start,
        "contains": found[start : start + count],
    }
    return whole | {"expansion": {key: value for key, value in expansion.items() if value != []}}


def _is_like(concept: Mapping[str, Any], text: str) -> bool:
    return text in str(concept.get("display", "")).lower() or text in str(concept["code"]).lower()


def _number(given: Given, name: str, default: int) -> int:
    text = given.get(name)
    if text is None:
        return default
    if not text.isascii() or not text.isdigit():
        raise BadInput(f"{name} must be a whole number.")
    return int(text)


def _link(relation: str, base: str, kind: str, given: Given, known: Given, start: int) -> dict[str, str]:
    count = {"_count": given["_count"]} if "_count" in given else {}
    offset = {"_offset": str(start)} if start else {}
    query = urlencode({**known, **count, **offset})
    return {"relation": relation, "url": f"{base}/{kind}{'?' if query else ''}{query}"}


def _entry(base: str, resource: Resource) -> dict[str, Any]:
    address = f"{base}/{resource['resourceType']}/{resource['id']}"
    return {"fullUrl": address, "resource": resource, "search": {"mode": "match"}}
