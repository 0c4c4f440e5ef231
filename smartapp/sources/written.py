"""The identifier that our documents carry in an EHR, and how one is found again by it."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from smartapp.facts import Resource
from smartapp.sources.capabilities import Capabilities
from smartapp.sources.references import subject_of

SYSTEM = "https://smartapp.example/fhir/sid/written"
"""The system of the identifiers that documents are written with."""


def identified(resource: Resource, key: str) -> Resource:
    """The document with our identifier; FHIR R4 lets a QuestionnaireResponse have only one."""
    ours = {"system": SYSTEM, "value": key}
    if resource["resourceType"] == "QuestionnaireResponse":
        return {**resource, "identifier": ours}
    others = [item for item in resource.get("identifier", ()) if item.get("system") != SYSTEM]
    return {**resource, "identifier": [*others, ours]}


def key_of(resource: Resource) -> str | None:
    """The key that a document was written with; None: it is not ours."""
    given = resource.get("identifier")
    for item in given if isinstance(given, list) else (given,):
        if isinstance(item, dict) and item.get("system") == SYSTEM:
            return str(item.get("value"))
    return None


def is_same(resource: Resource, other: Resource) -> bool:
    """Whether two resources are the same document of ours."""
    return key_of(resource) is not None and key_of(resource) == key_of(other)


def token(resource: Resource) -> str:
    """Our identifier as a search parameter has it, quoted."""
    return quote(f"{SYSTEM}|{key_of(resource)}", safe="")


def query(resource: Resource, offers: Capabilities) -> str:
    """The search that finds a document of ours, by what the server can search by."""
    kind = str(resource["resourceType"])
    patient = subject_of(resource, {})
    parts = [f"patient={quote(patient, safe='')}"] if patient else []
    if offers.offers is None or offers.says(kind, "identifier"):
        parts.append(f"identifier={token(resource)}")
    elif offers.says(kind, "type") and (coding := _coding(resource.get("type"))):
        parts.append(f"type={quote(coding, safe='')}")
    return f"{kind}?{'&'.join(parts)}"


def _coding(concept: Any) -> str:
    codings = concept.get("coding") if isinstance(concept, Mapping) else None
    return next((f"{item.get('system', '')}|{item.get('code', '')}" for item in codings or ()), "")
