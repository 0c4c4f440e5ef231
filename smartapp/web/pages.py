"""What every page is made with: the templates, and the few files that a browser loads beside a page."""

from flask import Blueprint, Flask
from flask.blueprints import BlueprintSetupState


def blueprint() -> Blueprint:
    """GET /static/...: style, script and icon; registering it also tells Flask where the templates are."""
    pages = Blueprint(
        "pages",
        __name__,
        static_folder="static",
        static_url_path="/static",
        template_folder="templates",
    )
    pages.record_once(_compact)
    return pages


def _compact(state: BlueprintSetupState) -> None:
    """Lines that only steer a template leave nothing in the page: it has to stay small."""
    app: Flask = state.app
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
