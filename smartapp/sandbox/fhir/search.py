"""Search: from the parameters of a query to a page of a searchset."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from smartapp.facts import Resource
from smartapp.sandbox.fhir import dates
from smartapp.sandbox.fhir.matching import matches, values
from smartapp.sandbox.fhir.parameters import INCLUDES, RESULTS, TYPES
from smartapp.sandbox.fhir.records import Records
from smartapp.sandbox.fhir.refusals import Refusal, invalid, not_found

PAGE = 20
_LARGEST_PAGE = 200

Pairs = Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """A search as it was asked."""

    type: str
    chosen: tuple[tuple[str, str], ...]
    """Names and values that choose resources; all must match."""
    sort: tuple[str, ...]
    includes: tuple[str, ...]
    count: int
    offset: int
    pairs: tuple[tuple[str, str], ...]
    """As asked, for the links."""


def parse(resource_type: str, pairs: Pairs) -> Query:
    """The query in an address; Refusal names what cannot be searched."""
    if resource_type not in TYPES:
        raise not_found(f"This server has no type {resource_type}.")
    for name, _ in pairs:
        if name not in TYPES[resource_type] and name not in RESULTS:
            raise Refusal(
                f"{resource_type} cannot be searched by '{name}'.", status=400, code="not-supported"
            )
    return Query(
        type=resource_type,
        chosen=tuple(pair for pair in pairs if pair[0] not in RESULTS),
        sort=_listed(pairs, "_sort"),
        includes=_includes(pairs, resource_type),
        count=min(_number(pairs, "_count", PAGE), _LARGEST_PAGE),
        offset=_number(pairs, "_offset", 0),
        pairs=tuple(pair for pair in pairs if pair[0] != "_offset"),
    )


def found(query: Query, records: Records) -> list[Resource]:
    """Every resource that the query chooses, in its order."""
    table = TYPES[query.type]
    chosen = [
        resource
        for resource in records.of_type(query.type)
        if all(matches(resource, table[name], asked) for name, asked in query.chosen)
    ]
    for key in reversed(query.sort):
        chosen.sort(key=lambda resource, key=key: _rank(resource, query.type, key), reverse=key[0] == "-")  # type: ignore[misc]
    return chosen


def page(query: Query, resources: Sequence[Resource], *, records: Records, base: str) -> dict[str, Any]:
    """The searchset with the page that was asked for and a link to the next one."""
    shown = resources[query.offset : query.offset + query.count]
    entries = [_entry(resource, base, "match") for resource in shown]
    entries += [_entry(resource, base, "include") for resource in _included(query, shown, records)]
    bundle: dict[str, Any] = {
        "resourceType": "Bundle",
        "type": "searchset",
        "total": len(resources),
        "link": [_link("self", query, base, query.offset)],
    }
    if query.count and query.offset + query.count < len(resources):
        bundle["link"].append(_link("next", query, base, query.offset + query.count))
    return {**bundle, "entry": entries} if entries else bundle


def _included(query: Query, shown: Iterable[Resource], records: Records) -> list[Resource]:
    names = {
        value["reference"]
        for include in query.includes
        for resource in shown
        for element in TYPES[query.type][include.split(":")[1]].elements
        for value in values(resource, element)
        if "reference" in value
    }
    read = (records.get(*name.split("/")) for name in sorted(names) if name.count("/") == 1)
    return [resource for resource in read if resource is not None]


def _includes(pairs: Pairs, resource_type: str) -> tuple[str, ...]:
    asked = _listed(pairs, "_include")
    for include in asked:
        if include not in INCLUDES or not include.startswith(f"{resource_type}:"):
            raise Refusal(f"_include={include} is not supported.", status=400, code="not-supported")
    return asked


def _rank(resource: Resource, resource_type: str, key: str) -> Any:
    parameter = TYPES[resource_type].get(key.lstrip("-"))
    if parameter is None:
        raise invalid(f"{resource_type} cannot be sorted by '{key}'.")
    first = next((v for element in parameter.elements for v in values(resource, element)), None)
    if parameter.kind == "date":
        range_ = dates.span(first) if first is not None else None
        return (range_ is not None, range_[0].timestamp() if range_ and range_[0].year > 1 else 0.0)
    return (first is not None, str(first))


def _entry(resource: Resource, base: str, mode: str) -> dict[str, Any]:
    address = f"{base}/{resource['resourceType']}/{resource['id']}"
    return {"fullUrl": address, "resource": resource, "search": {"mode": mode}}


def _link(relation: str, query: Query, base: str, offset: int) -> dict[str, str]:
    pairs = [*query.pairs, ("_offset", str(offset))] if offset else list(query.pairs)
    asked = f"?{urlencode(pairs)}" if pairs else ""
    return {"relation": relation, "url": f"{base}/{query.type}{asked}"}


def _listed(pairs: Pairs, name: str) -> tuple[str, ...]:
    return tuple(value for key, given in pairs if key == name for value in given.split(",") if value)


def _number(pairs: Pairs, name: str, default: int) -> int:
    given = next((value for key, value in pairs if key == name), None)
    if given is None:
        return default
    if not given.isascii() or not given.isdigit():
        raise invalid(f"{name} must be a whole number.")
    return int(given)
