"""What every page is made with: the templates, and the few files that a browser loads beside a page."""

import gzip
import hashlib
import mimetypes
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from flask import Blueprint, Response, abort, request, url_for
from flask.blueprints import BlueprintSetupState

_KEPT = "public, max-age=31536000, immutable"
"""A file's address names its content: a browser may keep it, and loads it again when it has changed."""
_FOLDER = Path(__file__).parent / "static"


def blueprint() -> Blueprint:
    """GET /static/...: style, script and icon; registering it also tells Flask where the templates are."""
    pages = Blueprint("pages", __name__, template_folder="templates")
    pages.record_once(_compact)
    files = _files()

    @pages.get("/static/<filename>")
    def static(filename: str) -> Response:
        return files[filename].answer() if filename in files else abort(404)

    @pages.app_template_global()
    def asset(filename: str) -> str:
        return url_for("pages.static", filename=filename, v=files[filename].version)

    return pages


@dataclass(frozen=True, slots=True, kw_only=True)
class _File:
    """A file as it is sent, plain or as gzip: compressed once, not at each request."""

    content: bytes
    packed: bytes
    kind: str
    version: str

    @classmethod
    def at(cls, path: Path) -> "_File":
        """The file at a path."""
        content = path.read_bytes()
        kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
        version = hashlib.sha256(content).hexdigest()[:12]
        return cls(content=content, packed=gzip.compress(content, mtime=0), kind=kind, version=version)

    def answer(self) -> Response:
        """The file, as gzip where the browser takes it."""
        is_packed = request.accept_encodings["gzip"] > 0
        answer = Response(self.packed if is_packed else self.content, mimetype=self.kind)
        answer.headers["Cache-Control"] = _KEPT if request.args.get("v") == self.version else "no-cache"
        answer.vary.add("Accept-Encoding")
        if is_packed:
            answer.headers["Content-Encoding"] = "gzip"
        return answer


def _files() -> Mapping[str, _File]:
    return {path.name: _File.at(path) for path in _FOLDER.iterdir() if path.is_file()}


def _compact(state: BlueprintSetupState) -> None:
    """Lines that only steer a template leave nothing in the page: it has to stay small."""
    environment = state.app.jinja_env
    environment.trim_blocks = environment.lstrip_blocks = True
