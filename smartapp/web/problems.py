"""Errors as answers: every one becomes an OperationOutcome with the status that its class carries."""

import logging
from typing import Any

import orjson
from flask import Flask, Response, request
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge

from smartapp.errors import SmartappError, TooLarge

log = logging.getLogger(__name__)

_MOST_READ_AWAY = 128 * 1024 * 1024

# FHIR R4 value set "issue-type"
_CODES = {
    400: "invalid",
    401: "login",
    403: "forbidden",
    404: "not-found",
    405: "not-supported",
    412: "required",
    413: "too-long",
    415: "not-supported",
    502: "transient",
}
_WORDS = {404: "There is nothing at this address.", 405: "This address does not answer that method."}


def register(app: Flask) -> None:
    """Let every error of the application end here."""
    app.register_error_handler(SmartappError, _told)
    app.register_error_handler(RequestEntityTooLarge, _too_large)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Exception, _unexpected)


def json(body: Any, *, status: int = 200) -> Response:
    """An answer in JSON."""
    return Response(orjson.dumps(body), status=status, mimetype="application/json")


def outcome(text: str, *, status: int) -> Response:
    """An OperationOutcome that says one thing."""
    issue = {"severity": "error", "code": _CODES.get(status, "exception"), "diagnostics": text}
    return json({"resourceType": "OperationOutcome", "issue": [issue]}, status=status)


def _told(error: SmartappError) -> Response:
    if error.status >= 500:  # noqa: PLR2004 - HTTP: ours, not the caller's
        log.error("failed kind=%s endpoint=%s", type(error).__name__, request.endpoint)
    return outcome(str(error), status=error.status)


def _too_large(_: RequestEntityTooLarge) -> Response:
    _read_away()
    return _told(TooLarge("The request is larger than this service accepts."))


def _read_away() -> None:
    """Take in what the caller is still sending: a connection closed on it would lose the answer."""
    left = _MOST_READ_AWAY
    while left > 0 and (chunk := request.environ["wsgi.input"].read(min(left, 65536))):
        left -= len(chunk)


def _http(error: HTTPException) -> Response:
    status = error.code or 500
    answer = outcome(_WORDS.get(status, error.name), status=status)
    for name, value in error.get_headers():
        if name == "Allow":
            answer.headers[name] = value
    return answer


def _unexpected(error: Exception) -> Response:
    """A fault of ours: its kind and place are logged, its text is not, for it may quote patient data."""
    log.error("fault kind=%s at=%s endpoint=%s", type(error).__name__, _place(error), request.endpoint)
    return outcome("Something went wrong in this service; nothing was decided.", status=500)


def _place(error: Exception) -> str:
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return f"{trace.tb_frame.f_globals.get('__name__')}:{trace.tb_lineno}" if trace else "unknown"
