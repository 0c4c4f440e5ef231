"""Errors as answers: every one becomes an OperationOutcome with the status that its class carries."""

import logging
from collections.abc import Callable, Sequence
from typing import Any

import orjson
from flask import Flask, Response, request
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge

from smartapp.errors import SmartappError, TooLarge, place_of
from smartapp.web.metrics import Metrics

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
    422: "business-rule",
    502: "transient",
}
_WORDS = {404: "There is nothing at this address.", 405: "This address does not answer that method."}


def register(app: Flask, metrics: Metrics) -> None:
    """Let every error of the application end here, counted by its status."""
    for kind, handler in _HANDLERS:
        app.register_error_handler(kind, _counted(handler, metrics))


def json(body: Any, *, status: int = 200) -> Response:
    """An answer in JSON."""
    return Response(orjson.dumps(body), status=status, mimetype="application/json")


def outcome(text: str, *, status: int) -> Response:
    """An OperationOutcome that says one thing."""
    issue = {"severity": "error", "code": _CODES.get(status, "exception"), "diagnostics": text}
    return json({"resourceType": "OperationOutcome", "issue": [issue]}, status=status)


def _counted(handler: Callable[[Any], Response], metrics: Metrics) -> Callable[[Any], Response]:
    def handle(error: Any) -> Response:
        answer = handler(error)
        kind = type(error).__name__
        log.info("refused kind=%s status=%d endpoint=%s", kind, answer.status_code, request.endpoint)
        metrics.count("refusals", status=str(answer.status_code))
        return answer

    return handle


def _told(error: SmartappError) -> Response:
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
    log.error("fault kind=%s at=%s", type(error).__name__, place_of(error))
    return outcome("Something went wrong in this service; nothing was decided.", status=500)


_HANDLERS: Sequence[tuple[type[Exception], Callable[[Any], Response]]] = (
    (SmartappError, _told),
    (RequestEntityTooLarge, _too_large),
    (HTTPException, _http),
    (Exception, _unexpected),
)
