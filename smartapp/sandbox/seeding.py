"""The practice patients as transactions for other FHIR servers: what is loaded is known again by an identifier."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from smartapp.facts import Resource, reference_of
from smartapp.sandbox import stories
from smartapp.sandbox.fhir.access import patient_of
from smartapp.sources.seed import SYSTEM, query

_TEST_DATA = {
    "system": "http://terminology.hl7.org/CodeSystem/v3-ActReason",
    "code": "HTEST",
    "display": "test health data",
}


def transactions(today: date) -> dict[str, dict[str, Any]]:
    """For each practice patient, by id, the Bundle that makes a server hold the record as it is told today.

    Sent again it changes nothing: each entry is a conditional update by our identifier (FHIR R4 "http#cond-update"),
    which leaves the ids to the server.
    """
    held = {reference_of(found): found for found in stories.records(today)}
    return {story.id: transaction(_record(story.id, held)) for story in stories.told()}


def shared(today: date) -> tuple[str, ...]:
    """The names ("Type/id") of what is no single patient's: the people, the payers, the medications."""
    return tuple(reference_of(found) for found in stories.records(today) if patient_of(found) is None)


def transaction(resources: Iterable[Resource]) -> dict[str, Any]:
    """The Bundle that makes a server hold these resources, which may refer to each other."""
    known = {reference_of(found): found for found in resources}
    urls = {name: uuid5(NAMESPACE_URL, f"{SYSTEM}/{name}").urn for name in known}
    entries = [
        {
            "fullUrl": urls[name],
            "resource": _marked(_pointing(found, urls), name),
            "request": {"method": "PUT", "url": query(name)},
        }
        for name, found in known.items()
    ]
    return {"resourceType": "Bundle", "type": "transaction", "entry": entries}


def _record(patient: str, held: Mapping[str, Resource]) -> list[Resource]:
    """What is about the patient, and what that refers to."""
    wanted = dict.fromkeys(name for name, found in held.items() if patient_of(found) == patient)
    waiting = list(wanted)
    while waiting:
        new = [name for name in _references(held[waiting.pop()]) if name in held and name not in wanted]
        wanted |= dict.fromkeys(new)
        waiting += new
    return [held[name] for name in wanted]


def _references(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        if isinstance(reference := value.get("reference"), str):
            yield reference
        value = list(value.values())
    for inner in value if isinstance(value, list) else ():
        yield from _references(inner)


def _pointing(value: Any, urls: Mapping[str, str]) -> Any:
    """JSON with the references that `urls` knows in its words."""
    if isinstance(value, dict):
        pointing = {name: _pointing(inner, urls) for name, inner in value.items()}
        url = urls.get(str(value.get("reference")))
        return {**pointing, "reference": url} if url else pointing
    return [_pointing(inner, urls) for inner in value] if isinstance(value, list) else value


def _marked(resource: Resource, name: str) -> Resource:
    """The resource with our identifier and marked as test data, without the id that it has in the practice."""
    meta = {**resource.get("meta", {}), "tag": [*resource.get("meta", {}).get("tag", ()), _TEST_DATA]}
    identifiers = [*resource.get("identifier", ()), {"system": SYSTEM, "value": name}]
    rest = {key: value for key, value in resource.items() if key not in {"resourceType", "id", "meta"}}
    return {"resourceType": resource["resourceType"], "meta": meta, **rest, "identifier": identifiers}
