"""Every request to /cds-services and /fhir passes here: who calls, whether it may, and a line in the trail."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from flask import Flask, g, request

from smartapp.ehrs.clients import Client, Clients
from smartapp.errors import NotAllowed, NotAuthenticated, TooManyCalls
from smartapp.store import Store
from smartapp.store.guard import Guard
from smartapp.web.callers import noting, scopes
from smartapp.web.callers.bearers import Bearers

if TYPE_CHECKING:
    from smartapp.web.callers.tokens import Verifier

ANNOUNCED = "example.smartapp.callers"
"""In the discovery document: "known" or "anyone"."""
_MINUTE = 60
_GUARDED = re.compile(r"/(cds-services|fhir)\b.*", re.DOTALL)
# what a client reads to learn how to prove itself
_OPEN = re.compile(r"/fhir(/2\.[02])?/(metadata|\.well-known/smart-configuration)")
_TYPE = re.compile(r"/fhir(?:/2\.[02])?/(Questionnaire|Library|ValueSet)\b")


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    """The gate of one service."""

    required: bool
    """Whether callers must prove who they are; else anybody may call, which is for tries on one machine."""
    clients: Clients
    verifier: "Callable[[], Verifier]"
    """Made when it is first needed: joserfc takes long to load."""
    bearers: Bearers
    store: Store
    url: str
    """The external base address; what a proxy makes of the request's own is never used."""

    def register(self, app: Flask) -> None:
        """Let every request of an application pass."""
        noting.register(app, self.store)
        app.before_request(self._check)

    @property
    def announced(self) -> Mapping[str, Any]:
        """What the discovery document says about it."""
        return {ANNOUNCED: "known" if self.required else "anyone"}

    def check_server(self, server: str | None) -> None:
        """NotAllowed when a known client names a FHIR server that is not its own."""
        caller = current()
        if caller is not None and server is not None and not caller.owns(server):
            raise NotAllowed("The fhirServer is not registered for this client.")

    def servers(self, otherwise: Sequence[str]) -> Sequence[str]:
        """The FHIR servers that this call may have read: those of its client, where it is known."""
        caller = current()
        return otherwise if caller is None else caller.fhir_servers

    def admit(self, client: Client) -> None:
        """Count a call; TooManyCalls when there were more in this minute than the client may make."""
        self._let_in(client, self.store.guard.count(client.iss, seconds=_MINUTE))

    def _let_in(self, client: Client, calls: int) -> None:
        g.caller = client
        if calls > client.calls_a_minute:
            raise TooManyCalls("This client calls too often; wait a minute.", seconds=_MINUTE)

    def _check(self) -> None:
        path = request.path.rstrip("/")
        if not self.required or request.method == "OPTIONS":  # a preflight carries no token
            return
        if not _GUARDED.fullmatch(path) or _OPEN.fullmatch(path):
            return
        if path.startswith("/fhir"):
            self._check_bearer(path)
        else:
            self._check_signed(path)

    def _check_signed(self, path: str) -> None:
        once = _Once(self.store.guard)
        verifier = replace(self.verifier(), guard=once)
        client = verifier.client(_token(), find=self.clients.of_issuer, audience=f"{self.url}{path}")
        self._let_in(client, once.calls)

    def _check_bearer(self, path: str) -> None:
        bearer = self.bearers.find(_token())
        self.admit(bearer.client)
        match = _TYPE.match(path)
        kind, rest = (match[1], path[match.end() :]) if match else ("Questionnaire", "/$")
        needed = "rs" if "$" in rest else "r" if rest else "s"  # either will do for an operation
        if not scopes.allows(bearer.scopes, kind, needed):
            raise NotAllowed(f"The access token is not for system/{kind}.{needed}.")


class _Once:
    """Lets a token in once and counts its issuer's calls, in one transaction."""

    def __init__(self, guard: Guard) -> None:
        self._guard = guard
        self.calls = 0

    def is_first(self, *name: str, until: float) -> bool:
        """Whether the token (its issuer, its jti) was not seen before; then its issuer's call is counted."""
        first, self.calls = self._guard.first_and_count(*name, until=until, counted=name[0], seconds=_MINUTE)
        return first


def current() -> Client | None:
    """The client that makes this request; None: it did not have to say."""
    caller: Client | None = g.get("caller")
    return caller


def _token() -> str:
    given: Any = request.headers.get("Authorization", "")
    scheme, _, token = given.partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise NotAuthenticated("Send 'Authorization: Bearer' with a token.", code="")
    return str(token.strip())
