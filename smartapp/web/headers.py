"""Headers of every answer: nothing is sniffed, framed or kept unless said; allowed origins may call the hooks."""

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from flask import Flask, request

from smartapp.config import LOOPBACK, is_loopback

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

_SECURITY = (
    ("Cache-Control", "no-store"),
    ("Referrer-Policy", "no-referrer"),
    ("X-Content-Type-Options", "nosniff"),
)
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; require-trusted-types-for 'script'; "
    "frame-ancestors {frames}"
)
_PREFLIGHT = (
    ("Access-Control-Allow-Methods", "GET, POST, OPTIONS"),
    ("Access-Control-Allow-Headers", "Authorization, Content-Type, Accept"),
    ("Access-Control-Max-Age", "600"),
)
_READABLE = ("Access-Control-Expose-Headers", "WWW-Authenticate, Retry-After")
_OPEN_TO_BROWSERS = ("/cds-services", "/fhir")
_FRAMES = "smartapp.frames"


def register(app: Flask, *, origins: Iterable[str]) -> None:
    """Put the headers on every answer, errors too: without them a browser hides the reason."""
    allowed = tuple(origins)
    inner = app.wsgi_app

    def secured(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        def start(status: str, headers: list[tuple[str, str]], *more: Any) -> Callable[[bytes], object]:
            there = {name.lower() for name, _ in headers}
            ours = [(name, value) for name, value in _secure(environ) if name.lower() not in there]
            return start_response(status, [*headers, *ours, *_cross_origin(environ, allowed)], *more)

        return inner(environ, start)

    app.wsgi_app = secured  # type: ignore[method-assign]  # the way that Flask documents


def frame(origins: Iterable[str]) -> None:
    """Let the answer to this request be shown in a frame by pages of these origins, and by no others."""
    request.environ[_FRAMES] = " ".join(origins) or "'none'"


def frame_otherwise(origins: Iterable[str]) -> None:
    """The same where nothing was said about this request before."""
    if _FRAMES not in request.environ:
        frame(origins)


def _secure(environ: "WSGIEnvironment") -> Iterable[tuple[str, str]]:
    policy = _POLICY.format(frames=environ.get(_FRAMES, "'none'"))
    return (*_SECURITY, ("Content-Security-Policy", policy))


def _cross_origin(environ: "WSGIEnvironment", allowed: tuple[str, ...]) -> Iterable[tuple[str, str]]:
    origin = environ.get("HTTP_ORIGIN")
    if not origin or not environ["PATH_INFO"].startswith(_OPEN_TO_BROWSERS):
        return ()
    vary = ("Vary", "Origin")
    if not _is_allowed(origin, allowed):
        return (vary,)
    more = _PREFLIGHT if environ["REQUEST_METHOD"] == "OPTIONS" else (_READABLE,)
    return (vary, ("Access-Control-Allow-Origin", origin), *more)


def _is_allowed(origin: str, allowed: tuple[str, ...]) -> bool:
    if origin in allowed:
        return True
    return LOOPBACK in allowed and origin.startswith(("http://", "https://")) and is_loopback(origin)
