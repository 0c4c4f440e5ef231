"""Where an answer came from, in a word: "From chart", "Changed by you", "Needs answer"."""

from collections.abc import Sequence

from smartapp.outputs.form.answers import Answer, author, origin
from smartapp.outputs.form.view import Chip
from smartapp.policies.form import Item

_WORDS = {"override": "Changed by", "manual": "Entered by"}


def chip(item: Item, answers: Sequence[Answer], *, reader: str | None, is_asked: bool) -> Chip | None:
    """The chip beside a field; None where there is nothing to say. `reader` is called "you"."""
    if not answers:
        return Chip(kind="open", text="Needs answer") if item.shown.required and is_asked else None
    kind = origin(answers[0])
    if kind == "auto":
        return Chip(kind="auto", text="From chart")
    if kind not in _WORDS:
        return None
    who = author(answers[0])
    return Chip(kind=kind, text=f"{_WORDS[kind]} {'you' if who is None or who == reader else who}")
