"""The routes below /payer: the practice payer's SMART configuration, tokens, Claim/$submit and Claim/$inquire."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from secrets import token_urlsafe
from typing import Any

from flask import Blueprint, Response, json, request
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from smartapp.sandbox.auth.clients import Client
from smartapp.sandbox.fhir.refusals import outcome
from smartapp.sandbox.practice import Practice

_ALGORITHMS = ["ES384", "RS384"]
_LIFE = timedelta(minutes=5)

Json = Mapping[str, Any]


def blueprint(practice: Practice) -> Blueprint:
    """What the payer answers. It knows the same apps as the EHR, each by its registered keys."""
    routes = Blueprint("payer", __name__, url_prefix="/payer")
    tokens: dict[str, datetime] = {}
    operations: Mapping[str, Callable[[Any], tuple[Json, int]]] = {
        "$submit": practice.payer.submit,
        "$inquire": practice.payer.inquire,
    }

    @routes.get("/fhir/.well-known/smart-configuration")
    def configuration() -> Response:
        endpoint = {"token_endpoint": _endpoint(practice), "grant_types_supported": ["client_credentials"]}
        return _json({**endpoint, "capabilities": ["client-confidential-asymmetric"]}, 200)

    @routes.post("/token")
    def token() -> Response:
        if _client(practice, request.form.get("client_assertion", "")) is None:
            return _json({"error": "invalid_client"}, 401)
        made = token_urlsafe(32)
        tokens[made] = practice.settings.clock() + _LIFE
        scope = request.form.get("scope", "")
        body = {"access_token": made, "token_type": "bearer", "expires_in": 300, "scope": scope}
        return _json(body, 200)

    @routes.post("/fhir/Claim/<operation>")
    def operate(operation: str) -> Response:
        if fault := practice.faults.instead(request.path, None, is_later_page=False):
            return fault
        held = tokens.get(request.headers.get("Authorization", "").removeprefix("Bearer "))
        if held is None or held <= practice.settings.clock():
            return _json(outcome("The access token is not good.", code="login"), 401)
        if operation not in operations:
            return _json(outcome("There is no such operation.", code="not-supported"), 404)
        body, status = operations[operation](request.get_json(force=True, silent=True))
        return _json(body, status)

    return routes


def _endpoint(practice: Practice) -> str:
    return f"{practice.settings.url}/payer/token"


def _client(practice: Practice, assertion: str) -> Client | None:
    """The app that signed an assertion for this endpoint, used for the first time; None: none did."""
    for client in practice.memory.clients.values():
        claims = _claims(assertion, client)
        if claims and _is_good(claims, client, practice):
            return client
    return None


def _claims(assertion: str, client: Client) -> Mapping[str, Any] | None:
    if client.jwks is None:
        return None
    try:
        keys = KeySet.import_key_set(client.jwks)  # type: ignore[arg-type]  # a Mapping will do
        return jwt.decode(assertion, keys, algorithms=_ALGORITHMS).claims
    except (JoseError, ValueError):
        return None


def _is_good(claims: Mapping[str, Any], client: Client, practice: Practice) -> bool:
    rules = jwt.JWTClaimsRegistry(
        now=int(practice.settings.clock().timestamp()),
        leeway=5,
        iss={"essential": True, "value": client.client_id},
        sub={"essential": True, "value": client.client_id},
        aud={"essential": True, "value": _endpoint(practice)},
        exp={"essential": True},
        jti={"essential": True},
    )
    try:
        rules.validate(dict(claims))
    except JoseError:
        return False
    until = datetime.fromtimestamp(claims["exp"], UTC)
    return practice.memory.is_new(client.client_id, str(claims["jti"]), until=until)


def _json(body: Json, status: int) -> Response:
    return Response(json.dumps(body), status, mimetype="application/fhir+json")
