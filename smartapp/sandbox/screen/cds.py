"""The CDS Hooks 2.0.1 client: discovery, prefetch, calls, feedback."""

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC
from re import sub
from typing import Any
from uuid import uuid4

import requests
from joserfc import jwt

from smartapp.facts import Resource
from smartapp.sandbox.fhir.access import Access
from smartapp.sandbox.fhir.refusals import Refusal
from smartapp.sandbox.practice import Practice
from smartapp.sandbox.screen.exchanges import Exchange

_SECONDS = 15
_CLIENT = "practice-cds-client"
_SCOPE = "patient/*.rs"
_LENT = 300
"""How many seconds a service may read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Calling:
    """What a call is about, and how it is made."""

    hook: str
    user: str
    patient: str
    encounter: str | None
    order: Resource
    sends_prefetch: bool = True
    lends_server: bool = True
    """Whether the service may read from the FHIR server."""


def call(calling: Calling, *, practice: Practice, services: str) -> Exchange:
    """The exchange with the first service below an address that answers the hook."""
    listing = _send(requests.get, f"{services}/cds-services", None, practice)
    service = next((entry for entry in _services(listing.received) if entry["hook"] == calling.hook), None)
    if service is None:
        words = listing.received if listing.status is None else f"No service there answers {calling.hook}."
        return _exchange(calling, f"{services}/cds-services", {}, _Answer(None, words, 0), practice)
    address = f"{services}/cds-services/{service['id']}"
    body = _body(calling, practice, service.get("prefetch", {}))
    return _exchange(calling, address, body, _send(requests.post, address, body, practice), practice)


def _services(listing: Any) -> Iterator[dict[str, Any]]:
    """The services of a discovery that have what a call needs."""
    found = listing.get("services") if isinstance(listing, dict) else None
    for entry in found if isinstance(found, list) else ():
        if isinstance(entry, dict) and {"hook", "id"} <= entry.keys():
            yield entry


def feedback(exchange: Exchange, item: Mapping[str, Any], *, practice: Practice) -> Exchange:
    """Tell the service what became of a card (CDS Hooks 2.0.1 "Feedback")."""
    now = practice.settings.clock().astimezone(UTC)
    body = {"feedback": [{**item, "outcomeTimestamp": now.strftime("%Y-%m-%dT%H:%M:%SZ")}]}
    address = f"{exchange.address}/feedback"
    answer = _send(requests.post, address, body, practice)
    return Exchange(
        hook="feedback",
        patient=exchange.patient,
        order=exchange.order,
        address=address,
        sent=body,
        status=answer.status,
        received=answer.received,
        milliseconds=answer.milliseconds,
        at=now,
    )


def prefetched(templates: Mapping[str, str], calling: Calling, practice: Practice) -> dict[str, Any]:
    """For each template what it finds: a resource or searchset, null for nothing, an outcome where it fails."""
    return {key: _found(_filled(template, calling), calling, practice) for key, template in templates.items()}


def _filled(template: str, calling: Calling) -> str:
    tokens = {
        "context.patientId": calling.patient,
        "context.userId": f"Practitioner/{calling.user}",
        "context.encounterId": calling.encounter or "",
        "userPractitionerId": calling.user,
    }
    return sub(r"\{\{\s*([\w.]+)\s*\}\}", lambda token: tokens.get(token[1], ""), template)


def _found(address: str, calling: Calling, practice: Practice) -> Any:
    access = Access(scopes=frozenset({_SCOPE}), patient=calling.patient)
    try:
        _refuse_as_asked(address, calling, practice)
        # the whole result in one page, as EHRs send it
        more = f"{address}&_count=200" if "?" in address else address
        found = practice.fhir.ask(more, access=access)
    except Refusal as refusal:
        return refusal.outcome
    return None if found.get("total") == 0 else found


def _refuse_as_asked(address: str, calling: Calling, practice: Practice) -> None:
    """Fail where the EHR is told to misbehave."""
    fault = practice.faults.take(
        f"/fhir/{address}", calling.patient, "unauthorized", "forbidden", "busy", "failing"
    )
    if fault:
        raise Refusal(f"The query failed ({fault.kind}).", status=500, code="exception")


def _body(calling: Calling, practice: Practice, templates: Mapping[str, str]) -> dict[str, Any]:
    order = calling.order
    reference = f"{order['resourceType']}/{order['id']}"
    context: dict[str, Any] = {
        "userId": f"Practitioner/{calling.user}",
        "patientId": calling.patient,
        **({"encounterId": calling.encounter} if calling.encounter else {}),
        **({"selections": [reference]} if calling.hook == "order-select" else {}),
        "draftOrders": {
            "resourceType": "Bundle",
            "type": "collection",
            "entry": [{"fullUrl": f"{practice.iss}/{reference}", "resource": dict(order)}],
        },
    }
    return {
        "hook": calling.hook,
        "hookInstance": str(uuid4()),
        **(_server(calling, practice) if calling.lends_server else {}),
        "context": context,
        **({"prefetch": prefetched(templates, calling, practice)} if calling.sends_prefetch else {}),
    }


def _server(calling: Calling, practice: Practice) -> dict[str, Any]:
    context = practice.context(user=calling.user, patient=calling.patient)
    token = practice.auth.issue(_CLIENT, _SCOPE, context, seconds=_LENT)
    authorization = {
        "access_token": token.access_token,
        "token_type": "Bearer",
        "expires_in": _LENT,
        "scope": _SCOPE,
        "subject": _CLIENT,
        "patient": calling.patient,
    }
    return {"fhirServer": practice.iss, "fhirAuthorization": authorization}


@dataclass(frozen=True, slots=True)
class _Answer:
    status: int | None
    received: Any
    milliseconds: float


def _send(send: Callable[..., requests.Response], address: str, body: Any, practice: Practice) -> _Answer:
    headers = {"Authorization": f"Bearer {_signed(address, practice)}"}
    started = time.perf_counter()
    try:
        response = send(address, json=body, headers=headers, timeout=_SECONDS, allow_redirects=False)
    except requests.RequestException:
        return _Answer(None, "The service cannot be reached.", _since(started))
    try:
        received = response.json()
    except requests.JSONDecodeError:
        received = response.text
    return _Answer(response.status_code, received, _since(started))


def _signed(address: str, practice: Practice) -> str:
    """Who calls, for this address and once (CDS Hooks 2.0.1 "Trusting CDS Clients")."""
    now = int(practice.settings.clock().timestamp())
    key = practice.hooks_key
    header = {"alg": "ES384", "typ": "JWT", "kid": key.kid, "jku": f"{practice.issuer}/jwks"}
    claims = {"iss": practice.settings.url, "aud": address, "iat": now, "exp": now + 300, "jti": str(uuid4())}
    return jwt.encode(header, claims, key, algorithms=["ES384"])


def _since(started: float) -> float:
    return (time.perf_counter() - started) * 1000


def _exchange(
    calling: Calling, address: str, body: Mapping[str, Any], answer: _Answer, practice: Practice
) -> Exchange:
    return Exchange(
        hook=calling.hook,
        patient=calling.patient,
        order=f"{calling.order['resourceType']}/{calling.order['id']}",
        address=address,
        sent=body,
        status=answer.status,
        received=answer.received,
        milliseconds=answer.milliseconds,
        at=practice.settings.clock(),
    )


def sorted_cards(cards: Iterable[dict[str, Any]]) -> list[tuple[int, dict[str, Any]]]:
    """The cards with their numbers, the weightiest first."""
    weight = {"critical": 0, "warning": 1, "info": 2}
    return sorted(enumerate(cards), key=lambda pair: weight.get(pair[1].get("indicator", ""), 3))
