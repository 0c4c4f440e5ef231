"""The hook call through the WSGI application, and the floor: the same application answering a constant."""

import io
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import orjson
from flask import Flask, Response, request

from bench import patient
from smartapp.app import create_app
from smartapp.config import Config
from smartapp.server import settle

_HOOK = "/cds-services/til-order-sign"
_FLOOR = "/floor"


def application(folder: Path) -> Flask:
    """The service as it is deployed, with one more route: the floor."""
    now = datetime.fromisoformat(patient.NOW)
    app = create_app(Config(database_url=f"sqlite:///{folder / 'bench.sqlite3'}"), clock=lambda: now)
    settle()
    constant = orjson.dumps({"cards": []})

    @app.post(_FLOOR)
    def floor() -> Response:
        orjson.loads(request.get_data(cache=False))
        return Response(constant, mimetype="application/json")

    return app


def hook(app: Flask, body: bytes) -> Callable[[], bytes]:
    """The whole hook call with prefetch."""
    return lambda: _post(app, _HOOK, body)


def floor(app: Flask, body: bytes) -> Callable[[], bytes]:
    """The same request, only parsed."""
    return lambda: _post(app, _FLOOR, body)


def _post(app: Flask, path: str, body: bytes) -> bytes:
    said: list[str] = []
    answer = b"".join(app(_environ(path, body), lambda status, _headers, _error=None: said.append(status)))
    if said[0] != "200 OK":
        raise RuntimeError(f"{path}: {said[0]} {answer.decode()[:500]}")
    return answer


def _environ(path: str, body: bytes) -> dict[str, Any]:
    return {
        "REQUEST_METHOD": "POST",
        "PATH_INFO": path,
        "SCRIPT_NAME": "",
        "QUERY_STRING": "",
        "CONTENT_TYPE": "application/json",
        "CONTENT_LENGTH": str(len(body)),
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "8000",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(body),
        "wsgi.errors": io.StringIO(),
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }
