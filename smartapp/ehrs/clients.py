"""Who may call: CDS clients, and back-end services that fetch forms; each known by its keys."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from smartapp.config import is_loopback

if TYPE_CHECKING:
    from joserfc.jwk import KeySet

SECONDS = 300
"""The longest life of a token. Epic's last 900: its entries say so."""
SCOPES: tuple[str, ...] = ("system/Questionnaire.rs", "system/ValueSet.rs", "system/Library.rs")
"""What DTR 2.2.0 has a back-end service ask for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Client:
    """One caller as it was registered."""

    name: str
    """As those who run the service know it."""
    iss: str
    """What its tokens name as their issuer, character by character."""
    client_id: str = ""
    """By which it asks for access tokens; default: its iss."""
    jku: str = ""
    """The address of its public keys; no other is ever asked."""
    keys: "KeySet | None" = field(default=None, repr=False)
    """Its public keys, where they were handed over; then none are fetched."""
    tenants: tuple[str, ...] = ()
    """The tenants it may call for; none named: any."""
    seconds: float = SECONDS
    """The longest life of its tokens."""
    audience: str = ""
    """An `aud` that is taken as well as the address called: at some EHRs it is set by hand."""
    fhir_servers: tuple[str, ...] = ()
    """The FHIR servers that its calls may have read."""
    scopes: tuple[str, ...] = SCOPES
    """What its access tokens may be for."""
    calls_a_minute: float = 600

    @property
    def id(self) -> str:
        """The client id."""
        return self.client_id or self.iss

    def owns(self, server: str) -> bool:
        """Whether a FHIR server belongs to it."""
        return any(server.rstrip("/") == own.rstrip("/") for own in self.fhir_servers)


class Clients:
    """All callers that are registered."""

    def __init__(self, clients: Sequence[Client] = ()) -> None:
        self._clients = tuple(clients)

    def __iter__(self) -> Iterator[Client]:
        return iter(self._clients)

    def __len__(self) -> int:
        return len(self._clients)

    def of_issuer(self, iss: str) -> Client | None:
        """The client whose tokens name this issuer."""
        return next((client for client in self._clients if client.iss == iss), None)

    def of_id(self, client_id: str) -> Client | None:
        """The client with this id."""
        return next((client for client in self._clients if client.id == client_id), None)


def is_safe(url: str) -> bool:
    """Whether an address may be asked for keys or tokens: https, or this machine."""
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        return False
    plain = parts.hostname and not parts.username and not parts.password and not parts.fragment
    return bool(plain) and (parts.scheme == "https" or (parts.scheme == "http" and is_loopback(url)))
