"""A line in the audit trail for every call of a program: who, what, about whom, with which result."""

import time
from collections.abc import Iterable
from typing import Any

from flask import Flask, Response, g, request

from smartapp.store import Store

_NOTED = ("/cds-services", "/fhir", "/auth")


def register(app: Flask, store: Store) -> None:
    """Note every call of a program, refused ones too, when it was answered."""

    @app.before_request
    def begin() -> None:
        g.began_at = time.perf_counter()

    @app.after_request
    def noted(response: Response) -> Response:
        if request.path.startswith(_NOTED) and request.method != "OPTIONS":
            caller = g.get("caller")
            store.called(who=caller.name if caller else None, detail=_detail(response))
        return response


def about(**known: Any) -> None:
    """Let the line about this call say this too; it is kept sealed."""
    g.setdefault("noted", {}).update(known)


def read(server: str, queries: Iterable[str]) -> None:
    """Let it say too what was asked of the caller's FHIR server."""
    noted = g.setdefault("noted", {})
    noted["server"] = server
    noted["reads"] = [*noted.get("reads", ()), *queries]


def spent() -> float:
    """The seconds since this call began: what finding out who calls took is one part of them."""
    return time.perf_counter() - float(g.began_at)


def _detail(response: Response) -> dict[str, Any]:
    return {
        "method": request.method,
        "route": request.url_rule.rule if request.url_rule else "none",
        "status": response.status_code,
        "milliseconds": round(spent() * 1000),
        **g.get("noted", {}),
    }
