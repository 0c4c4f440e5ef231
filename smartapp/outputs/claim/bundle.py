"""The Bundles that go to a payer: the Claim first, and everything it names, each once (PAS 2.0.1 and 2.2.1)."""

from collections.abc import Callable, Iterable
from datetime import datetime
from importlib import import_module
from typing import Any
from uuid import uuid4

from smartapp.errors import NotSendable
from smartapp.facts import Resource, reference_of
from smartapp.outputs.claim import claim, ordered, parties
from smartapp.outputs.claim.case import Case
from smartapp.outputs.claim.closure import closed

Json = dict[str, Any]
NewId = Callable[[], str]


def request(case: Case, *, now: datetime, new_id: NewId = lambda: str(uuid4())) -> Json:
    """The request; NotSendable says what is missing for one. Made once: a retry sends the very same."""
    insurer, provider = parties.insurer(case), parties.provider(case)
    asking = claim.requesting(case, insurer=insurer, provider=provider)
    more = [ordered.order(case), *ordered.named_by_order(case), case.response, *parties.practitioners(case)]
    return _bundle("request-bundle", asking, [*_parties(case, insurer, provider), *more], case, now, new_id)


def inquiry(case: Case, *, now: datetime, new_id: NewId = lambda: str(uuid4())) -> Json:
    """The question what became of a request."""
    insurer, provider = parties.insurer(case), parties.provider(case)
    asking = claim.inquiring(case, insurer=insurer, provider=provider)
    return _bundle("inquiry-request-bundle", asking, _parties(case, insurer, provider), case, now, new_id)


def _parties(case: Case, insurer: Json, provider: Json) -> list[Json]:
    return [parties.patient(case), parties.coverage(case, insurer), insurer, provider]


def _bundle(
    profile: str, asking: Json, others: Iterable[Resource], case: Case, now: datetime, new_id: NewId
) -> Json:
    asking = {"resourceType": "Claim", "id": new_id(), **asking}
    held = {reference_of(resource): resource for resource in (asking, *others)}
    names = {name: f"urn:uuid:{new_id()}" for name in held}
    names[reference_of(asking)] = f"urn:uuid:{asking['id']}"
    entries = [
        {"fullUrl": names[name], "resource": _valid(closed(resource, names, case.facts))}
        for name, resource in held.items()
    ]
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
            f"{kind}: what the EHR holds is no valid FHIR, so no payer would take it."
        ) from None
    return resource
