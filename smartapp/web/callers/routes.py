"""SMART Backend Services: the token endpoint, and the configurations that name it (SMART App Launch 2.2)."""

from collections.abc import Callable
from dataclasses import dataclass

from flask import Blueprint, Response, request

from smartapp.ehrs.clients import SCOPES, Client
from smartapp.errors import NotAllowed, NotAuthenticated
from smartapp.outputs.dialect import Dialect
from smartapp.web.callers import scopes
from smartapp.web.callers.bearers import SECONDS, Bearers
from smartapp.web.callers.gate import Gate
from smartapp.web.problems import json

TOKEN = "/auth/token"  # noqa: S105 - an address
_ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
_ALGORITHMS = ["RS384", "ES384"]
_LIMIT = 64 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """What the routes need."""

    gate: Gate
    bearers: Bearers

    @property
    def endpoint(self) -> str:
        """The external address of the token endpoint, which assertions are for."""
        return f"{self.gate.url}{TOKEN}"


def blueprint(desk: Desk) -> Blueprint:
    """The token endpoint, and a configuration below each FHIR base."""
    callers = Blueprint("callers", __name__)

    @callers.post(TOKEN)
    def token() -> Response:
        request.max_content_length = _LIMIT
        return _token(desk)

    for prefix in ("/fhir", *(f"/fhir/{dialect}" for dialect in Dialect)):
        _configured(callers, prefix, lambda: json(_configuration(desk)))
    return callers


def _configured(callers: Blueprint, prefix: str, answer: Callable[[], Response]) -> None:
    path = f"{prefix}/.well-known/smart-configuration"
    callers.add_url_rule(path, f"configuration-{prefix.rpartition('/')[2].replace('.', '-')}", answer)


def _configuration(desk: Desk) -> dict[str, object]:
    return {
        "token_endpoint": desk.endpoint,
        "token_endpoint_auth_methods_supported": ["private_key_jwt"],
        "token_endpoint_auth_signing_alg_values_supported": _ALGORITHMS,
        "grant_types_supported": ["client_credentials"],
        "scopes_supported": list(SCOPES),
        "capabilities": ["client-confidential-asymmetric", "permission-v1", "permission-v2"],
    }


def _token(desk: Desk) -> Response:
    form = request.form
    if form.get("grant_type") != "client_credentials":
        return _refused("unsupported_grant_type", "Only client_credentials is granted here.")
    if form.get("client_assertion_type") != _ASSERTION or not form.get("client_assertion"):
        return _refused("invalid_client", "Send a client_assertion, a signed JWT.", status=401)
    try:
        client = _client(desk, form["client_assertion"])
    except (NotAuthenticated, NotAllowed) as error:
        return _refused("invalid_client", str(error), status=401)
    desk.gate.admit(client)
    given = scopes.granted(form.get("scope", "").split(), allowed=client.scopes)
    if not given:
        return _refused("invalid_scope", f"Ask for some of: {' '.join(client.scopes)}")
    body = {
        "access_token": desk.bearers.issue(client, given),
        "token_type": "bearer",
        "expires_in": SECONDS,
        "scope": " ".join(given),
    }
    return json(body)


def _client(desk: Desk, assertion: str) -> Client:
    """The client that signed; its id is the issuer of the assertion, and its subject."""
    verifier, clients = desk.gate.verifier(), desk.gate.clients
    return verifier.client(assertion, find=clients.of_id, audience=desk.endpoint, is_assertion=True)


def _refused(code: str, text: str, *, status: int = 400) -> Response:
    """RFC 6749 5.2."""
    return json({"error": code, "error_description": text}, status=status)
