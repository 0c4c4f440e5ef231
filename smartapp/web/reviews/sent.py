"""The form that a browser sent: its answers, the answers that it had shown, and what it is known by."""

import hashlib
from collections.abc import Iterator

import orjson
from flask import request

from smartapp.errors import BadInput
from smartapp.reviews.answering import Form
from smartapp.reviews.visits import Visit
from smartapp.web.reviews.desk import Desk

_OURS = ("csrf", "revision", "token", "do")
"""The fields of the form that are no answers."""


def form(visit: Visit) -> Form:
    """The form as the visit's user sent it; BadInput when it is none of the page's."""
    revision = request.form.get("revision", "")
    if not revision.isascii() or not revision.isdigit():
        raise BadInput("The form that was sent is not one of this page's.")
    sent = {name: tuple(texts) for name, texts in request.form.lists() if name not in _OURS}
    return Form(sent=sent, revision=int(revision), token=_mark(), by=visit.author)


def entered(desk: Desk) -> Iterator[tuple[str, str]]:
    """Each answer that was sent, with its question."""
    for name, texts in request.form.lists():
        answer = ", ".join(filter(str.strip, texts))
        if answer and name not in _OURS:
            yield desk.reviews.question(name), answer


def _mark() -> str:
    """What a form that was sent is known by: the very same counts once, one that was edited meanwhile counts too."""
    return hashlib.sha256(orjson.dumps(sorted(request.form.lists()))).hexdigest()
