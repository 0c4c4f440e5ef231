"""Errors as answers: a page for people, an OperationOutcome for programs, with the status of the error's class."""

import logging
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from flask import Flask, Response, g, render_template, request
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge

from smartapp.errors import SmartappError, TooLarge, place_of
from smartapp.web.headers import frame_otherwise
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
    429: "throttled",
    502: "transient",
}
_WORDS = {404: "There is nothing at this address.", 405: "This address does not answer that method."}
_FOR_PROGRAMS = ("/cds-services", "/fhir", "/auth", "/.well-known", "/healthz", "/readyz", "/metrics")
_FOR_PEOPLE = ("/launch", "/callback", "/reviews", "/logout")
_TITLES = {404: "There is no such page", 502: "The EHR could not be read"}
_TITLE = "This did not work"
_ADVICE = "Go back and try once more, or open the assistant from the patient's chart in the EHR again."


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """A way on from a problem: a link on its page."""

    href: str
    label: str
    is_new_tab: bool = False


_OTHERWISE = (Way(href="/launch.html", label="Start here with an EHR"),)


def offer(way: Way) -> None:
    """Should this request fail, let its page offer this way on."""
    g.setdefault("ways", []).append(way)


def detail(label: str, text: str) -> None:
    """Should this request fail, let its page say this to those who can help."""
    g.detail = (label, text)


def give_back(rows: Iterable[tuple[str, str]]) -> None:
    """Should this request fail, let its page show what was entered, by question: nothing else has it any more.

    Only to a page of ours: another site could otherwise write on this one.
    """
    if request.headers.get("Sec-Fetch-Site") == "same-origin":
        g.entered = tuple(rows)


def register(app: Flask, metrics: Metrics, *, frames: Iterable[str] = ()) -> None:
    """Let every error of the application end here, counted by its status; pages may be framed by `frames`."""
    ancestors = tuple(frames)

    @app.before_request
    def frame_problems() -> None:
        g.problem_frames = ancestors

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
    title = getattr(error, "title", _TITLES.get(error.status, _TITLE))
    advice = getattr(error, "advice", _ADVICE)
    answer = _answer(str(error), status=error.status, title=title, advice=advice)
    answer.headers.update(getattr(error, "headers", {}))
    return answer


def _answer(text: str, *, status: int, title: str = "", advice: str = _ADVICE) -> Response:
    if not _is_for_people():
        return outcome(text, status=status)
    frame_otherwise(g.get("problem_frames", ()))
    page = render_template(
        "problem.html",
        title=title or _TITLES.get(status, _TITLE),
        text=text,
        advice=advice,
        ways=g.get("ways", _OTHERWISE),
        detail=g.get("detail"),
        entered=g.get("entered", ()),
    )
    return Response(page, status=status, mimetype="text/html")


def _is_for_people() -> bool:
    if request.path.startswith(_FOR_PROGRAMS):
        return False
    return request.path.startswith(_FOR_PEOPLE) or request.accept_mimetypes.best == "text/html"


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
    answer = _answer(_WORDS.get(status, error.name), status=status)
    for name, value in error.get_headers():
        if name == "Allow":
            answer.headers[name] = value
    return answer


def _unexpected(error: Exception) -> Response:
    """A fault of ours: its kind and place are logged, its text is not, for it may quote patient data."""
    log.error("fault kind=%s at=%s", type(error).__name__, place_of(error))
    return _answer("Something went wrong in this service; nothing was decided.", status=500)


_HANDLERS: Sequence[tuple[type[Exception], Callable[[Any], Response]]] = (
    (SmartappError, _told),
    (RequestEntityTooLarge, _too_large),
    (HTTPException, _http),
    (Exception, _unexpected),
)
