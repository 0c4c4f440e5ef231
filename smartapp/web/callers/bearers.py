"""Access tokens of SMART Backend Services: random, short, kept only as a hash."""

from dataclasses import dataclass
from secrets import token_urlsafe

from smartapp.ehrs.clients import Client, Clients
from smartapp.errors import NotAuthenticated
from smartapp.store import Vault

SECONDS = 300
"""SMART App Launch 2.2 "Backend Services": should be no more than five minutes."""
_KIND = "bearer"


@dataclass(frozen=True, slots=True, kw_only=True)
class Bearer:
    """Who shows an access token, and what it is for."""

    client: Client
    scopes: tuple[str, ...]


class Bearers:
    """The access tokens in a vault."""

    def __init__(self, vault: Vault, clients: Clients) -> None:
        self._vault, self._clients = vault, clients

    def issue(self, client: Client, scopes: tuple[str, ...]) -> str:
        """A new access token."""
        token = token_urlsafe(32)
        self._vault.put(_KIND, token, {"client": client.id, "scopes": list(scopes)}, seconds=SECONDS)
        return token

    def find(self, token: str) -> Bearer:
        """Whose token it is; NotAuthenticated when it is none of ours, or over, or its client is gone."""
        held = self._vault.get(_KIND, token)
        client = self._clients.of_id(held["client"]) if held else None
        if held is None or client is None:
            raise NotAuthenticated("The access token is not known here, or has expired.")
        return Bearer(client=client, scopes=tuple(held["scopes"]))
