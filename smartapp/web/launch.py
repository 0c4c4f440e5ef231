"""The page at the registered launch address."""

from pathlib import Path

from flask import Blueprint, Response


def blueprint(page: Path) -> Blueprint:
    """GET /launch.html: the page, as it is."""
    launch = Blueprint("launch", __name__)
    html = page.read_bytes()

    @launch.get("/launch.html")
    def show() -> Response:
        return Response(html, mimetype="text/html")

    return launch
