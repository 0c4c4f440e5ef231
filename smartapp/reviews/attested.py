"""Whose answers count while the form is not signed: a clinician's at once, those of anyone else only then."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from smartapp.outputs.form.answers import ORIGIN, all_answers
from smartapp.outputs.form.authors import is_clinicians

Items = Iterable[Mapping[str, Any]]


def counted(items: Items) -> list[dict[str, Any]]:
    """The items without what someone answered who is not known to be a clinician."""
    return [kept for item in items if (kept := _counted(item))]


def waiting(items: Items) -> tuple[str, ...]:
    """The linkIds of the questions that someone answered who is not known to be a clinician."""
    answers = ((link, answer) for link, given in all_answers(items) for answer in given)
    return tuple(dict.fromkeys(link for link, answer in answers if not _counts(answer)))


def _counted(item: Mapping[str, Any]) -> dict[str, Any]:
    """The item, or {} when nothing of it is left."""
    answers = [answer for answer in item.get("answer", ()) if _counts(answer)]
    below = counted(item.get("item", ()))
    left = {name: held for name, held in (("answer", answers), ("item", below)) if held}
    others = {name: held for name, held in item.items() if name not in ("answer", "item")}
    return {**others, **left} if left else {}


def _counts(answer: Mapping[str, Any]) -> bool:
    return all(map(is_clinicians, _authors(answer)))


def _authors(answer: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    for origin in _parts(answer, ORIGIN):
        yield from _parts(origin, "author")


def _parts(holder: Mapping[str, Any], url: str) -> Iterator[Mapping[str, Any]]:
    return (part for part in holder.get("extension", ()) if part.get("url") == url)
