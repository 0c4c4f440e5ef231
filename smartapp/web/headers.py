"""Headers of every answer: nothing is cached, sniffed or framed; allowed origins may call the hooks."""

from collections.abc import Iterable
from urllib.parse import urlsplit

from flask import Flask, Response, request

from smartapp.config import LOOPBACK, is_loopback

_SECURITY = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src 'self'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
_PREFLIGHT = {
    "Access-Control-Allow-Methods": "GET, POST, OPTIONS",
    "Access-Control-Allow-Headers": "Authorization, Content-Type, Accept",
    "Access-Control-Max-Age": "600",
}
_OPEN_TO_BROWSERS = "/cds-services"


def register(app: Flask, *, origins: Iterable[str]) -> None:
    """Put the headers on every answer, errors too: without them a browser hides the reason."""
    allowed = tuple(origins)

    @app.after_request
    def _headers(response: Response) -> Response:
        response.headers.extend(_SECURITY)
        origin = request.headers.get("Origin")
        if origin and request.path.startswith(_OPEN_TO_BROWSERS):
            response.headers.add("Vary", "Origin")
            if _is_allowed(origin, allowed):
                response.headers["Access-Control-Allow-Origin"] = origin
                if request.method == "OPTIONS":
                    response.headers.extend(_PREFLIGHT)
        return response


def _is_allowed(origin: str, allowed: tuple[str, ...]) -> bool:
    if origin in allowed:
        return True
    return LOOPBACK in allowed and urlsplit(origin).scheme in {"http", "https"} and is_loopback(origin)
