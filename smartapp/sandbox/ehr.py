"""create_ehr(): the practice EHR as a WSGI application."""

from http import HTTPStatus
from urllib.parse import urlsplit

from flask import Flask, Response, g, json, render_template, request
from jinja2 import ChainableUndefined
from werkzeug.exceptions import HTTPException

from smartapp.sandbox.fhir.refusals import outcome
from smartapp.sandbox.practice import Practice
from smartapp.sandbox.routes import authorize, control, fhir, payer
from smartapp.sandbox.screen import routes as screen

_LIMIT = 16 * 1024 * 1024


def create_ehr(practice: Practice) -> Flask:
    """The EHR around a practice: FHIR server, authorization server, screen, control."""
    app = Flask("smartapp.sandbox")
    app.config["MAX_CONTENT_LENGTH"] = _LIMIT
    # another name for this machine could only come from a page that means harm (DNS rebinding)
    app.config["TRUSTED_HOSTS"] = [str(urlsplit(practice.settings.url).hostname), "127.0.0.1", "localhost"]
    app.json.sort_keys = False  # type: ignore[attr-defined]  # FHIR reads best in its own order
    # what a service leaves out of its card is left out on the page, however deep
    app.jinja_env.undefined = ChainableUndefined
    app.register_blueprint(fhir.blueprint(practice))
    app.register_blueprint(authorize.blueprint(practice))
    app.register_blueprint(control.blueprint(practice))
    app.register_blueprint(payer.blueprint(practice))
    app.register_blueprint(screen.blueprint(practice))
    app.register_error_handler(HTTPException, _told)
    app.after_request(_secured)
    return app


def _told(error: HTTPException) -> Response:
    """What cannot be answered: an OperationOutcome for those who speak FHIR, a page for people."""
    status = error.code or 500
    if request.path.startswith("/fhir/"):
        code = "not-found" if status == HTTPStatus.NOT_FOUND else "processing"
        body = json.dumps(outcome(f"{error.name}.", code=code))
        return Response(body, status, mimetype="application/fhir+json")
    return Response(render_template("refused.html", text=error.description), status, mimetype="text/html")


def _secured(response: Response) -> Response:
    """Nothing is cached or sniffed, nothing runs inline; only the EHR itself frames its pages."""
    form = f"'self' {g.get('form_action', '')}".strip()
    frames = f"'self' {g.get('frame_source', '')}".strip()
    response.headers.setdefault("Cache-Control", "no-store")
    response.headers["Content-Security-Policy"] = (
        f"default-src 'none'; style-src 'self'; img-src 'self'; form-action {form}; "
        f"frame-src {frames}; frame-ancestors 'self'; base-uri 'none'"
    )
    response.headers["X-Content-Type-Options"] = "nosniff"
    # same-origin: with no-referrer a browser names no Origin with our own forms
    response.headers["Referrer-Policy"] = "same-origin"
    return response
