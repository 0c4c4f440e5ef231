"""The practice patients as the file has them and as a server has them: by which names each resource goes."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any
from urllib.parse import quote

import requests

from smartapp.sandbox import stories
from smartapp.sandbox.fhir.access import patient_of
from smartapp.sources.seed import SYSTEM


def get(base: str, query: str) -> dict[str, Any]:
    """The answer to a query, as any client gets it."""
    fresh = {"Cache-Control": "no-cache"}  # HAPI gives the result of the same search for a minute
    answer = requests.get(f"{base}/{query}", headers=fresh, timeout=30)
    assert answer.status_code == requests.codes.ok, answer.text
    return answer.json()


def everything(base: str, query: str) -> Iterator[dict[str, Any]]:
    """The resources of all pages."""
    page = get(base, query)
    while True:
        yield from (entry["resource"] for entry in page.get("entry", ()))
        following = [link["url"] for link in page["link"] if link["relation"] == "next"]
        if not following:
            return
        page = get(base, following[0].removeprefix(f"{base}/").removeprefix(base))


def names(base: str) -> dict[str, str]:
    """ "Type/id" on the server -> "Type/id" in the practice, for all that was loaded."""
    kinds = {name.partition("/")[0] for name in records(date.today())}  # noqa: DTZ011
    found = (
        item
        for kind in sorted(kinds)
        for item in everything(base, f"{kind}?identifier={quote(SYSTEM)}|&_count=200")
    )
    return {f"{item['resourceType']}/{item['id']}": _name(item) for item in found}


def tidy(base: str) -> None:
    """Take away what tests wrote on the patients."""
    known = names(base)
    for kind in ("DocumentReference", "QuestionnaireResponse", "MedicationRequest", "ServiceRequest", "Task"):
        for item in list(everything(base, f"{kind}?_count=200")):
            if f"{kind}/{item['id']}" not in known:
                requests.delete(f"{base}/{kind}/{item['id']}", timeout=30)


def records(today: date) -> dict[str, dict[str, Any]]:
    """Every practice resource by "Type/id"."""
    return {f"{found['resourceType']}/{found['id']}": dict(found) for found in stories.records(today)}


def bundle(patient: str, today: date) -> dict[str, Any]:
    """One patient's record as a file holds it."""
    held = [found for found in records(today).values() if patient_of(found) in (None, patient)]
    return {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": one} for one in held]}


def renamed(value: Any, by: Mapping[str, str]) -> Any:
    """JSON with the names of one place in those of another."""
    if isinstance(value, dict):
        return {key: renamed(inner, by) for key, inner in value.items()}
    if isinstance(value, list):
        return [renamed(inner, by) for inner in value]
    return by.get(value, value) if isinstance(value, str) else value


def _name(item: Mapping[str, Any]) -> str:
    return next(one["value"] for one in item["identifier"] if one.get("system") == SYSTEM)
