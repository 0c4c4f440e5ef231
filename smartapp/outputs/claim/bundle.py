"""The Bundles that go to a payer: the Claim first, and everything it names, each once (PAS 2.0.1 and 2.2.1)."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime
from importlib import import_module
from typing import Any
from uuid import uuid4

from smartapp.errors import NotSendable
from smartapp.facts import Resource, reference_of
from smartapp.outputs.claim import claim, earlier, ordered, parties
from smartapp.outputs.claim.case import Case
from smartapp.outputs.claim.closure import closed, renamed

Json = dict[str, Any]
NewId = Callable[[], str]


def request(case: Case, *, now: datetime, new_id: NewId = lambda: str(uuid4())) -> Json:
    """The request; NotSendable says what is missing for one. Made once: a retry sends the very same."""
    for trouble in troubles(case):
        raise NotSendable(trouble)
    insurer, provider = parties.insurer(case), parties.provider(case)
    case = _versioned(case)
    asking = claim.requesting(case, insurer=insurer, provider=provider)
    signed = [case.response, *([case.packet] if case.packet else [])]
    more = [ordered.order(case), *ordered.named_by_order(case), *signed, *parties.practitioners(case)]
    return _bundle("request-bundle", asking, [*_parties(case, insurer, provider), *more], case, now, new_id)


def troubles(case: Case) -> tuple[str, ...]:
    """What stands in the way of a request, each with what helps."""
    return (*ordered.troubles(case), *parties.troubles(case))


def cancellation(sent: Json, *, id_: str, now: datetime, new_id: NewId = lambda: str(uuid4())) -> Json:
    """The request to cancel one that was sent, under an identifier of its own."""
    return earlier.cancellation(sent, identifier=claim.identified(id_), now=now, new_id=new_id)


def inquiry_again(asked: Json, *, id_: str, now: datetime, new_id: NewId = lambda: str(uuid4())) -> Json:
    """An inquiry as one before, about the Claim with another identifier."""
    return earlier.inquiry(asked, identifier=claim.identified(id_), now=now, new_id=new_id)


def inquiry(case: Case, *, now: datetime, new_id: NewId = lambda: str(uuid4())) -> Json:
    """The question what became of a request."""
    insurer, provider = parties.insurer(case), parties.provider(case)
    asking = claim.inquiring(case, insurer=insurer, provider=provider)
    return _bundle("inquiry-request-bundle", asking, _parties(case, insurer, provider), case, now, new_id)


def _versioned(case: Case) -> Case:
    """With the form and the packet under ids of their version: an update holds those of the version before, too."""
    packet = {**case.packet, "id": f"{case.id}.packet"} if case.packet else None
    response = {**case.response, "id": case.id}
    names = {reference_of(case.response): reference_of(response)}
    return replace(case, response=response, packet=packet and renamed(packet, names))


def _parties(case: Case, insurer: Json, provider: Json) -> list[Json]:
    return [parties.patient(case), parties.coverage(case, insurer), insurer, provider]


def _bundle(
    profile: str, asking: Json, others: Iterable[Resource], case: Case, now: datetime, new_id: NewId
) -> Json:
    asking = {"resourceType": "Claim", "id": new_id(), **asking}
    held = {reference_of(resource): resource for resource in (asking, *others)}
    names = {name: f"urn:uuid:{new_id()}" for name in held}
    names[reference_of(asking)] = f"urn:uuid:{asking['id']}"
    if case.earlier:
        names[earlier.url(case.earlier)] = earlier.url(case.earlier)
    entries = [
        {"fullUrl": names[name], "resource": _valid(closed(resource, names, case.facts))}
        for name, resource in held.items()
    ]
    if case.earlier and asking.get("related"):
        entries += earlier.carried(case.earlier, names)
    return {
        "resourceType": "Bundle",
        "id": new_id(),
        "meta": {"profile": [f"{claim.PAS}profile-pas-{profile}"]},
        "identifier": {"system": "urn:ietf:rfc:3986", "value": f"urn:uuid:{new_id()}"},
        "type": "collection",
        "timestamp": now.isoformat(timespec="seconds"),
        "entry": entries,
    }


def _valid(resource: Json) -> Json:
    """The resource, if it is valid FHIR: what an EHR holds need not be."""
    kind = resource["resourceType"]
    model = getattr(import_module(f"fhir.resources.R4B.{kind.lower()}"), kind)  # slow to load
    try:
        model.model_validate(resource)
    except ValueError:  # its text quotes the resource
        raise NotSendable(
            f"{kind}: what the EHR holds is no valid FHIR, so no payer would take it. Whoever runs the EHR can help."
        ) from None
    return resource
