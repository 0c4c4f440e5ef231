"""The control endpoint for tests: what goes wrong is set with JSON, from this machine only."""

from dataclasses import asdict
from typing import Any

from flask import Blueprint, Response, json, request

from smartapp.errors import BadInput
from smartapp.sandbox import faults
from smartapp.sandbox.practice import Practice


def blueprint(practice: Practice) -> Blueprint:
    """GET, POST and DELETE /faults; /readyz and /healthz."""
    routes = Blueprint("control", __name__)

    @routes.get("/faults")
    def active() -> Response:
        return _json([asdict(fault) for fault in practice.faults.active])

    @routes.post("/faults")
    def add() -> Response:
        # a form of another site cannot send JSON without asking first
        if not request.is_json:
            raise BadInput("A fault is sent as application/json.")
        return _json(asdict(practice.faults.add(faults.read(request.get_json()))), 201)

    @routes.delete("/faults")
    def clear() -> Response:
        practice.faults.clear()
        return _json([asdict(fault) for fault in practice.faults.active])

    @routes.get("/readyz")
    @routes.get("/healthz")
    def ready() -> Response:
        return _json({"status": "ok"})

    @routes.errorhandler(BadInput)
    def refused(error: BadInput) -> Response:
        return _json({"error": str(error)}, error.status)

    return routes


def _json(body: Any, status: int = 200) -> Response:
    return Response(json.dumps(body), status, mimetype="application/json")
