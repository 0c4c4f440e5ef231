"""The identifier that our documents carry in an EHR, and how one is found again by it."""

from collections.abc import Mapping
from datetime import datetime
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


def is_same(found: Resource, ours: Resource) -> bool:
    """Whether what was found is our document: by its identifier or, where the EHR dropped that, by its moment."""
    key = key_of(found)
    if key is not None:
        return key == key_of(ours)
    moment = _moment(ours)
    return moment is not None and moment == _moment(found)


def _moment(resource: Resource) -> tuple[str, datetime] | None:
    """What a document is and the instant at which it was made, to the second; None: it does not say."""
    is_form = resource["resourceType"] == "QuestionnaireResponse"
    what = resource.get("questionnaire") if is_form else _name(resource.get("type"))
    try:
        made = datetime.fromisoformat(str(resource.get("authored" if is_form else "date")))
    except ValueError:
        return None
    return (str(what), made.replace(microsecond=0)) if what and made.tzinfo else None


def token(resource: Resource) -> str:
    """Our identifier as a search parameter has it, quoted."""
    return quote(f"{SYSTEM}|{key_of(resource)}", safe="")


def query(resource: Resource, offers: Capabilities) -> str:
    """The search that finds a document of ours among the patient's: not by its identifier, if it can be helped.

    An EHR may drop the identifier, or say that it can search by it and overlook it; the few documents of one
    patient and kind are soon compared here.
    """
    kind = str(resource["resourceType"])
    patient, coding = subject_of(resource, {}), _coding(resource.get("type"))
    if not patient:
        return f"{kind}?identifier={token(resource)}"
    more = f"&type={quote(coding, safe='')}" if coding and offers.says(kind, "type") else ""
    return f"{kind}?patient={quote(patient, safe='')}{more}"


def _name(concept: Any) -> str:
    text = concept.get("text") if isinstance(concept, Mapping) else None
    return _coding(concept) or str(text or "")


def _coding(concept: Any) -> str:
    codings = concept.get("coding") if isinstance(concept, Mapping) else None
    held = (item for item in (codings if isinstance(codings, list) else ()) if isinstance(item, Mapping))
    return next((f"{item.get('system', '')}|{item.get('code', '')}" for item in held), "")
