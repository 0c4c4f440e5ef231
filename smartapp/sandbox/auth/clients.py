"""The apps that are registered with the practice EHR."""

from collections.abc import Mapping
from dataclasses import dataclass
from hmac import compare_digest
from typing import Any, Literal
from urllib.parse import urlsplit

from authlib.oauth2.rfc6749 import ClientMixin

from smartapp.sandbox.fhir.scopes import understood

Method = Literal["none", "client_secret_basic", "private_key_jwt"]


@dataclass(frozen=True, kw_only=True)
class Client(ClientMixin):  # type: ignore[misc]  # authlib publishes no types
    """One registered app: public (none), symmetric (a secret) or asymmetric (its public keys)."""

    client_id: str
    name: str
    redirect_uris: tuple[str, ...]
    launch_url: str = ""
    services_url: str = ""
    """The address below which its CDS services are: /cds-services; empty: it has none."""
    auth: Method = "none"
    secret: str = ""
    jwks: Mapping[str, Any] | None = None
    """The public keys, a JWK Set."""
    withheld: frozenset[str] = frozenset()
    """Scopes that are not granted though they are asked for."""

    @property
    def origin(self) -> str:
        """Scheme, host and port of the app."""
        parts = urlsplit(self.launch_url or self.redirect_uris[0])
        return f"{parts.scheme}://{parts.netloc}"

    def get_client_id(self) -> str:
        """The id."""
        return self.client_id

    def get_default_redirect_uri(self) -> None:
        """None: the redirect_uri must be sent (SMART App Launch 2.2 "Obtain authorization code")."""
        return

    def get_allowed_scope(self, scope: str | None) -> str:
        """Of the scopes asked for those that are granted, in their order."""
        asked = dict.fromkeys((scope or "").split())
        return " ".join(name for name in asked if understood(name) and name not in self.withheld)

    def check_redirect_uri(self, redirect_uri: str) -> bool:
        """Whether the address is a registered one, character by character."""
        return redirect_uri in self.redirect_uris

    def check_client_secret(self, client_secret: str) -> bool:
        """Whether it is the secret."""
        return bool(self.secret) and compare_digest(self.secret.encode(), client_secret.encode())

    def check_endpoint_auth_method(self, method: str, _endpoint: str) -> bool:
        """Whether the client proves itself in this way; only in the one that it is registered with."""
        return method == self.auth

    def check_response_type(self, response_type: str) -> bool:
        """Whether it is the one response type there is."""
        return response_type == "code"

    def check_grant_type(self, grant_type: str) -> bool:
        """Whether it is a grant of apps that people launch."""
        return grant_type in ("authorization_code", "refresh_token")
