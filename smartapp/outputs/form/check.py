"""Whether a form may be signed: every question that is asked and required has an answer, and every answer fits.

Checked here on the server, whatever the browser did.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from smartapp.errors import BadInput
from smartapp.outputs.form.answers import Answer
from smartapp.outputs.form.enabled import asked
from smartapp.outputs.form.errors import FieldError
from smartapp.outputs.form.names import in_row, is_repeated
from smartapp.outputs.form.read import given_by
from smartapp.outputs.form.text import is_supported, parse, tokens
from smartapp.policies.form import Item

Given = Mapping[str, Any]
_KEYS = {
    "boolean": ("valueBoolean",),
    "choice": ("valueCoding",),
    "date": ("valueDate",),
    "decimal": ("valueDecimal",),
    "integer": ("valueInteger",),
    "open-choice": ("valueCoding", "valueString"),
    "string": ("valueString",),
    "text": ("valueString",),
}


def missing(form: tuple[Item, ...], given: Iterable[Given]) -> tuple[FieldError, ...]:
    """The required questions that are asked and have no answer, in the order of the form."""
    return tuple(_missing(form, given, asked(form, given), prefix=""))


def misfits(form: tuple[Item, ...], given: Iterable[Given]) -> tuple[str, ...]:
    """What does not agree with the questionnaire, for a person who has to mend it; empty for a sound form."""
    given = list(given)
    return tuple(_misfits(form, given, asked(form, given)))


def answer_misfits(item: Item, answers: Iterable[Answer]) -> Iterator[str]:
    """Why these are no answers to this question; empty for sound ones."""
    answers = list(answers)
    if len(answers) != 1 and not (answers and item.shown.repeats):
        yield f"{item.link_id}: {len(answers)} answers."
    for answer in answers:
        if not any(key in answer for key in _KEYS.get(item.type, ())):
            yield f"{item.link_id}: an answer that is no {item.type}."
            continue
        try:
            parse(item, tokens(item, (answer,))[0], held=())
        except BadInput as error:
            yield f"{item.link_id}: {error}"


def _missing(
    form: Iterable[Item], given: Iterable[Given], links: frozenset[str], *, prefix: str
) -> Iterator[FieldError]:
    held = given_by(given)
    for item in form:
        found = held.get(item.link_id, [])
        if item.link_id not in links:
            continue
        if is_repeated(item):
            for row in found:
                yield from _missing(item.items, row["item"], links, prefix=in_row(item, row["id"]))
        elif item.type == "group":
            below = found[0]["item"] if found else ()
            yield from _missing(item.items, below, links, prefix=prefix)
        elif item.shown.required and not found and _is_asked_here(item):
            label = item.text or item.link_id
            yield FieldError(field=prefix + item.link_id, label=label, text=_wanted(item))


def _is_asked_here(item: Item) -> bool:
    """Whether a person can answer it in this form."""
    return is_supported(item) and not item.shown.read_only


def _wanted(item: Item) -> str:
    return "Tick this box to sign." if item.shown.check_box else "Answer this question to sign."


def _misfits(form: tuple[Item, ...], given: Iterable[Given], links: frozenset[str]) -> Iterator[str]:
    defined = {item.link_id: item for item in form}
    for one in given:
        item = defined.get(one["linkId"])
        if item is None:
            yield f"{one['linkId']}: not a question of this form, or not at this place."
        elif item.link_id not in links:
            yield f"{item.link_id}: answered although it is not asked."
        elif item.type == "group":
            yield from _misfits(item.items, one.get("item", ()), links)
        else:
            yield from answer_misfits(item, one.get("answer", ()))
    seen = [one["linkId"] for one in given]
    yield from (
        f"{link}: there twice."
        for link in dict.fromkeys(seen)
        if seen.count(link) > 1 and link in defined and not is_repeated(defined[link])
    )
