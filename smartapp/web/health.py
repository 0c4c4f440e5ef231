"""Is the service alive, is it ready, and what has it counted."""

from collections.abc import Callable

from flask import Blueprint, Response

from smartapp.web.metrics import Metrics
from smartapp.web.problems import json, outcome


def blueprint(*, ready: Callable[[], bool], metrics: Metrics) -> Blueprint:
    """The routes for those who run the service."""
    health = Blueprint("health", __name__)

    @health.get("/healthz")
    def alive() -> Response:
        return json({"status": "ok"})

    @health.get("/readyz")
    def is_ready() -> Response:
        if not ready():
            return outcome("The database cannot be reached.", status=503)
        return json({"status": "ready"})

    @health.get("/metrics")
    def counts() -> Response:
        return Response(metrics.text(), mimetype="text/plain; version=0.0.4")

    return health
