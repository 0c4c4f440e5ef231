"""What every page is made with: the templates, the few files that a browser loads beside a page, small transfers."""

import gzip
from http import HTTPStatus

from flask import Blueprint, Response, request
from flask.blueprints import BlueprintSetupState

_TEXTS = frozenset({"text/html", "text/css", "text/javascript", "image/svg+xml"})


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
    pages.after_app_request(_compressed)
    return pages


def _compact(state: BlueprintSetupState) -> None:
    """Lines that only steer a template leave nothing in the page: it has to stay small."""
    environment = state.app.jinja_env
    environment.trim_blocks = environment.lstrip_blocks = True


def _compressed(answer: Response) -> Response:
    """Pages and their files as gzip where the browser takes it: a form of 70 questions becomes a sixth of its size.

    Nothing of a request is repeated in the page that a GET gives, so its length tells an onlooker nothing (BREACH).
    """
    answer.vary.add("Accept-Encoding")
    if not _may_compress(answer):
        return answer
    answer.direct_passthrough = False
    answer.set_data(gzip.compress(answer.get_data(), compresslevel=5, mtime=0))
    answer.headers["Content-Encoding"] = "gzip"
    answer.headers.pop("ETag", None)
    return answer


def _may_compress(answer: Response) -> bool:
    return (
        answer.status_code == HTTPStatus.OK
        and answer.mimetype in _TEXTS
        and request.accept_encodings["gzip"] > 0
        and request.method == "GET"
        and "Content-Encoding" not in answer.headers
    )
