"""Whose answers count while the form is not signed: a clinician's at once, a patient's or a relative's only then."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from smartapp.outputs.form.answers import ORIGIN, all_answers

_OTHERS = ("Patient/", "RelatedPerson/")
Items = Iterable[Mapping[str, Any]]


def is_clinician(user: str | None) -> bool:
    """Whether nothing says that a user ("Practitioner/id") is a patient or a relative; many EHRs name nobody."""
    return not (user or "").startswith(_OTHERS)


def counted(items: Items) -> list[dict[str, Any]]:
    """The items without what a patient or a relative answered."""
    return [kept for item in items if (kept := _counted(item))]


def waiting(items: Items) -> tuple[str, ...]:
    """The linkIds of the questions that a patient or a relative answered."""
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
    return all(map(is_clinician, _authors(answer)))


def _authors(answer: Mapping[str, Any]) -> Iterator[str]:
    """DTR "information-origin": extension author, and in it who."""
    for origin in _parts(answer, ORIGIN):
        for author in _parts(origin, "author"):
            for who in author.get("extension", ()):
                yield str(who.get("valueReference", {}).get("reference", ""))


def _parts(holder: Mapping[str, Any], url: str) -> Iterator[Mapping[str, Any]]:
    return (part for part in holder.get("extension", ()) if part.get("url") == url)
