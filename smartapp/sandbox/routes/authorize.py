"""The routes below /auth: authorize, token, revoke, keys."""

from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

from authlib.oauth2 import OAuth2Error
from flask import Blueprint, Response, g, json, render_template, request

from smartapp.sandbox import stories
from smartapp.sandbox.auth import metadata
from smartapp.sandbox.auth.context import Context
from smartapp.sandbox.fhir.names import name_of
from smartapp.sandbox.fhir.records import Records
from smartapp.sandbox.practice import USERS, Practice


def blueprint(practice: Practice) -> Blueprint:
    """What the authorization server answers."""
    routes = Blueprint("auth", __name__, url_prefix="/auth")

    @routes.before_request
    def misbehave() -> Response | None:
        return practice.faults.instead(request.path, None, is_later_page=False)

    @routes.get("/.well-known/openid-configuration")
    def openid() -> Response:
        return _json(metadata.openid(practice.issuer))

    @routes.get("/jwks")
    def keys() -> Response:
        return _json(metadata.keys(id_tokens=practice.key, hooks=practice.hooks_key))

    @routes.get("/authorize")
    def asked() -> Any:
        return _asked(practice)

    @routes.post("/authorize")
    def decided() -> Any:
        return _decided(practice)

    @routes.post("/token")
    def token() -> Any:
        return practice.auth.create_token_response()

    @routes.post("/revoke")
    def revoke() -> Any:
        return practice.auth.create_endpoint_response("revocation")

    return routes


def _asked(practice: Practice) -> Any:
    """The consent screen; a refusal where the request is no good."""
    grant = _grant(practice)
    if isinstance(grant, Response):
        return grant
    context = _launched(practice)
    if context is not None and not practice.settings.asks_consent:
        return practice.auth.create_authorization_response(grant_user=context, grant=grant)
    # a browser applies form-action to where a form's answer redirects to
    g.form_action = "{0.scheme}://{0.netloc}".format(urlsplit(grant.redirect_uri))
    return render_template("consent.html", **_shown(practice, context))


def _shown(practice: Practice, context: Context | None) -> dict[str, Any]:
    """What the consent screen names: the app, its scopes, and the patient or the choice of patients."""
    client = practice.memory.clients[request.args["client_id"]]
    names = _names(practice.fhir.records)
    return {
        "client": client,
        "scopes": client.get_allowed_scope(request.args.get("scope")).split(),
        "context": context,
        "name": names.get(context.patient or "") if context else None,
        "people": [(user, names[user]) for user in USERS],
        "patients": [(story.id, names[story.id]) for story in stories.told()],
    }


def _names(records: Records) -> dict[str, str]:
    """Every patient's and user's name by id."""
    people = (found for kind in ("Patient", "Practitioner") for found in records.of_type(kind))
    return {str(found["id"]): name_of(found) for found in people}


def _decided(practice: Practice) -> Any:
    """The redirect back to the app, with a code or with access_denied."""
    grant = _grant(practice)
    if isinstance(grant, Response):
        return grant
    allowed = request.form.get("decision") == "allow"
    context = (_launched(practice) or _picked(practice)) if allowed else None
    return practice.auth.create_authorization_response(grant_user=context, grant=grant)


def _grant(practice: Practice) -> Any:
    """The grant of a good request; the error as a redirect, or as a page where that is not safe."""
    try:
        return practice.auth.get_consent_grant(end_user=None)
    except OAuth2Error as error:
        if error.redirect_uri:
            return practice.auth.handle_error_response(None, error)
        text = error.description or error.error
        return Response(render_template("refused.html", text=text), 400, mimetype="text/html")


def _launched(practice: Practice) -> Context | None:
    launch = request.values.get("launch")
    return practice.memory.launched(launch) if launch else None


def _picked(practice: Practice) -> Context | None:
    """What was chosen on the screen of a standalone launch."""
    user, patient = request.form.get("user", USERS[0]), request.form.get("patient")
    if user not in USERS or _missing(practice.fhir.records, patient):
        return None
    wanted = set(request.values.get("scope", "").split())
    context = practice.context(user=user, patient=patient or None)
    return context if "launch/encounter" in wanted else replace(context, encounter=None)


def _missing(records: Records, patient: str | None) -> bool:
    return bool(patient) and records.get("Patient", str(patient)) is None


def _json(body: dict[str, Any]) -> Response:
    return Response(json.dumps(body), mimetype="application/json", headers={"Cache-Control": "max-age=300"})
