"""Patients into a FHIR test server, each in one transaction, and out of it again with all that was written on them."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from urllib.parse import quote

from smartapp.errors import NotWritten, Obstacle, Unreachable
from smartapp.facts import Resource, reference_of
from smartapp.sources import refusals
from smartapp.sources.asks import Ask
from smartapp.sources.chart import Server
from smartapp.sources.ehr import Reader
from smartapp.sources.failed import FailedError
from smartapp.sources.queries import TYPES
from smartapp.sources.references import resolved, subject_of

SYSTEM = "https://smartapp.example/fhir/sid/practice"
"""The system of the identifiers that everything loaded carries; their values are "Type/id" as the practice has it."""
_SECONDS = 60.0
_OF_PATIENTS = (
    *sorted(TYPES - {"Patient", "Medication"}),
    *("Claim", "ClaimResponse", "CommunicationRequest", "DocumentReference", "Encounter", "Task"),
)
"""What is removed with a patient: the record, and what this application or another wrote on it."""
_REFUSED = "The server did not take the {what}{detail}."


def query(name: str) -> str:
    """The search that finds the resource that the practice knows as "Type/id"."""
    return f"{name.partition('/')[0]}?identifier={quote(f'{SYSTEM}|{name}', safe='')}"


def load(server: Server, transaction: Mapping[str, Any]) -> dict[str, str]:
    """For each resource of a transaction its "Type/id" in the practice and the one under which the server keeps it.

    NotWritten when the server does not take it; then nothing of it is there.
    """
    entries = _post(server, transaction, what="patient").get("entry", ())
    names = [_name(entry["resource"]) for entry in transaction["entry"]]
    locations = [entry.get("response", {}).get("location") for entry in entries]
    there = [resolved({"reference": location}, {}) for location in locations]
    if len(there) != len(names) or None in there:
        raise NotWritten("The server does not say where it keeps the patient.", obstacle=Obstacle.UNCERTAIN)
    return dict(zip(names, map(str, there), strict=True))


def remove(server: Server, name: str) -> int:
    """How many resources of the patient whom the practice knows as "Patient/id" are gone; 0: there was none.

    NotWritten when the server does not remove them, as when others refer to them; then all of them are there.
    """
    reader = server.reader(_SECONDS)
    return _remove(server, [one for held in _found(reader, name) for one in _record(server, reader, held)])


def remove_shared(server: Server, names: Iterable[str]) -> int:
    """How many of the resources that several patients shared are gone."""
    reader = server.reader(_SECONDS)
    return _remove(server, [held for name in names for held in _found(reader, name)])


def _remove(server: Server, names: list[str]) -> int:
    entries = [{"request": {"method": "DELETE", "url": name}} for name in names]
    if entries:
        _post(server, {"resourceType": "Bundle", "type": "transaction", "entry": entries}, what="removal")
    return len(entries)


def _record(server: Server, reader: Reader, patient: str) -> Iterator[str]:
    """The names of what is about a patient ("Patient/id"), the patient last."""
    kinds = [kind for kind in _OF_PATIENTS if server.offers(reader).has(kind, "search-type")]
    found = _read(reader, *(Ask(type=kind, query=f"{kind}?patient={patient}&_count=100") for kind in kinds))
    # never by the search alone: a server may overlook the parameter and give the resources of others
    yield from (reference_of(item) for item in found if f"Patient/{subject_of(item, {})}" == patient)
    yield patient


def _found(reader: Reader, name: str) -> list[str]:
    found = _read(reader, Ask(type=name.partition("/")[0], query=query(name)))
    ours = {"system": SYSTEM, "value": name}
    return [reference_of(item) for item in found if ours in item.get("identifier", ())]


def _read(reader: Reader, *asks: Ask) -> tuple[Resource, ...]:
    """All that was asked for; Unreachable when any of it could not be had."""
    found = reader.read(asks)
    if found.unread:
        raise Unreachable(found.unread[0].text)
    return found.resources


def _name(resource: Resource) -> str:
    return next(str(item["value"]) for item in resource["identifier"] if item.get("system") == SYSTEM)


def _post(server: Server, bundle: Mapping[str, Any], *, what: str) -> Mapping[str, Any]:
    try:
        sent = server.reader(_SECONDS).post("", dict(bundle), {})
    except FailedError as failed:
        detail = ", ".join(text for text in (str(failed.status or ""), failed.code, failed.why) if text)
        text = _REFUSED.format(what=what, detail=f": {detail}" if detail else "")
        raise NotWritten(text, obstacle=_obstacle(failed)) from failed
    return sent.body if isinstance(sent.body, dict) else {}


def _obstacle(failed: FailedError) -> Obstacle:
    if failed.status is not None:
        return Obstacle.REFUSED
    return Obstacle.UNCERTAIN if failed.why == refusals.TOO_SLOW else Obstacle.FAILED
