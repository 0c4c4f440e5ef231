"""Sessions of browsers: server side and sealed; the cookie is a random name and nothing else.

A session is kept under the secret in its cookie, and known inside by an id that is never sent. The secret is
renewed at each callback, so that nobody who planted or saw an earlier one gets in; launches stay with the id.
"""

import hashlib
import hmac
import secrets
from collections.abc import Iterable, Mapping
from typing import Any

from flask import Flask, Response, g, request

from smartapp.errors import SessionOver
from smartapp.store import Vault
from smartapp.web.headers import frame

COOKIE = "__Host-smartapp"
KIND = "session"
_BEFORE_LAUNCH = 1800
"""Seconds that a session lives in which nothing was launched: anybody can begin one."""
_OVERLAP = 10
"""Seconds for which a cookie that was renewed is still taken from other tabs."""
_OVER = "The session has ended, or the page was opened in another browser."


class Sessions:
    """The sessions that are kept in one vault, each for so many seconds."""

    def __init__(self, vault: Vault, *, seconds: float) -> None:
        self._vault, self._seconds = vault, seconds

    def register(self, app: Flask) -> None:
        """Let each answer carry the cookie that its request made or renewed."""
        app.after_request(self._send)

    def current(self) -> str | None:
        """The id of this browser's session; None: it has none, or it is over."""
        value = self._value()
        return value["id"] if value else None

    def require(self, session: str) -> None:
        """SessionOver unless this is the browser that the session belongs to."""
        value = self._value()
        if value is None or not hmac.compare_digest(value["id"], session):
            raise SessionOver(_OVER)
        frame(value["frames"])

    def begin(self) -> str:
        """The id of this browser's session, a new one where it has none."""
        return self.current() or self._make(
            {"id": _random(), "seed": _random(), "frames": []}, seconds=min(_BEFORE_LAUNCH, self._seconds)
        )

    def renew(self, *, frames: Iterable[str] = ()) -> None:
        """Give the session a new cookie, the old one being worth nothing soon, and let these origins frame it."""
        value = self._value()
        if value is None:
            raise SessionOver(_OVER)
        before = request.cookies.get(COOKIE, "")
        if value.get("launched"):  # another tab may be asking with the old cookie at this very moment
            self._vault.put(KIND, before, value, seconds=_OVERLAP)
        else:
            self._vault.delete(KIND, before)
        framed_by = sorted({*value["frames"], *frames})
        self._make({**value, "frames": framed_by, "launched": True}, seconds=self._seconds)

    def end(self) -> None:
        """Forget the session, and let the browser forget the cookie."""
        self._vault.delete(KIND, request.cookies.get(COOKIE, ""))
        g.session, g.cookie = None, ""

    def token(self, purpose: str) -> str:
        """The CSRF token of this session for one purpose, such as a launch or a review."""
        value = self._value()
        if value is None:
            raise SessionOver(_OVER)
        return hmac.new(value["seed"].encode(), purpose.encode(), hashlib.sha256).hexdigest()

    def check(self, purpose: str, given: str | None) -> None:
        """SessionOver unless this is the session's token for the purpose."""
        if not hmac.compare_digest(self.token(purpose).encode(), (given or "").encode()):
            raise SessionOver("The form was sent from another page or another browser; nothing was changed.")

    def _value(self) -> Mapping[str, Any] | None:
        if "session" not in g:
            cookie = request.cookies.get(COOKIE)
            g.session = self._vault.get(KIND, cookie) if cookie else None
        found: Mapping[str, Any] | None = g.session
        return found

    def _make(self, value: Mapping[str, Any], *, seconds: float) -> str:
        g.cookie = _random()
        self._vault.put(KIND, g.cookie, value, seconds=seconds)
        g.session = value
        session: str = value["id"]
        return session

    def _send(self, response: Response) -> Response:
        cookie = g.get("cookie")
        if cookie is not None:
            response.set_cookie(
                COOKIE,
                cookie,
                max_age=None if cookie else 0,
                path="/",
                secure=True,  # browsers take it on http://127.0.0.1 too
                httponly=True,
                samesite="None",  # in the EHR's frame every request is cross-site
                partitioned=True,
            )
        return response


def _random() -> str:
    return secrets.token_urlsafe(32)
