"""A form that was sent by a window that had not seen the latest answers: nobody's answers are lost.

Only what that window changed counts. Where the other one left the answer alone, the change is taken; where both
changed it to different answers, the saved one stands, the other one is kept as typed, and a person decides.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from smartapp.outputs.form.errors import FieldError
from smartapp.outputs.form.names import NEW, in_row, is_repeated
from smartapp.outputs.form.read import Sent, given_by
from smartapp.outputs.form.text import is_same, label, tokens
from smartapp.policies.form import Item, all_items

Given = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Merged:
    """What to do with a form that was sent late."""

    sent: Sent
    """What can be taken."""
    errors: tuple[FieldError, ...] = ()
    typed: Mapping[str, tuple[str, ...]]
    """The answers that differ from the saved ones, by field."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """What a field holds."""

    item: Item
    texts: tuple[str, ...]
    shown: str


def merge(form: Iterable[Item], *, base: Iterable[Given], now: Iterable[Given], sent: Sent) -> Merged:
    """What of `sent`, from a form that showed `base`, can be added to the answers `now`."""
    form = tuple(form)
    seen, saved = dict(held(form, base)), dict(held(form, now))
    changed = edits(seen, _once(form, seen, saved, sent))
    errors, taken, typed = [], {}, {}
    for name, texts in changed.items():
        other = saved.get(name)
        if other is None and name in seen and _is_in_row(name):
            errors.append(_lost_row(seen[name], texts))
            continue
        if other is None or is_same(other.texts, _texts(seen, name)) or is_same(other.texts, texts):
            taken[name] = texts
            continue
        typed[name] = tuple(text for text in texts if text.strip())
        errors.append(_conflict(name, other))
    return Merged(sent=taken, errors=tuple(errors), typed=typed)


def _once(form: tuple[Item, ...], seen: Mapping[str, Held], saved: Mapping[str, Held], sent: Sent) -> Sent:
    """What was sent, without new rows that were saved already: the same page may have been sent before."""
    again: set[str] = set()
    for item in filter(is_repeated, all_items(form)):
        new = {n: t for n, t in sent.items() if n.startswith(in_row(item, NEW)) and any(map(str.strip, t))}
        rows = {n.partition("].")[0] for n in saved if n.startswith(f"{item.link_id}[") and n not in seen}
        if new and any(_is_row(saved, row, new) for row in rows):
            again.update(new)
    return {name: texts for name, texts in sent.items() if name not in again}


def _is_row(saved: Mapping[str, Held], row: str, new: Sent) -> bool:
    """Whether a row says just what was sent as a new one."""
    told = {name.partition("].")[2]: texts for name, texts in new.items()}
    there = {name.partition("].")[2]: h.texts for name, h in saved.items() if name.startswith(f"{row}].")}
    return (
        all(is_same(told.get(name, ()), texts) for name, texts in there.items())
        and told.keys() <= there.keys()
    )


def edits(seen: Mapping[str, Held], sent: Sent) -> dict[str, Sequence[str]]:
    """The fields of `sent` that differ from what the form showed."""
    return {
        name: texts
        for name, texts in sent.items()
        if not is_same(filter(str.strip, texts), _texts(seen, name))
    }


def held(form: Iterable[Item], given: Iterable[Given], *, prefix: str = "") -> Iterator[tuple[str, Held]]:
    """What each field of the form holds, by its name."""
    found = given_by(given)
    for item in form:
        for one in found.get(item.link_id, [{}]):
            if item.type == "group":
                inner = in_row(item, one.get("id", "")) if is_repeated(item) else prefix
                yield from held(item.items, one.get("item", ()), prefix=inner)
            else:
                answers = one.get("answer", ())
                shown = "; ".join(label(item, answer) for answer in answers)
                yield prefix + item.link_id, Held(item=item, texts=tokens(item, answers), shown=shown)


def _texts(seen: Mapping[str, Held], name: str) -> tuple[str, ...]:
    return seen[name].texts if name in seen else ()


def _is_in_row(name: str) -> bool:
    return "]." in name


def _lost_row(seen: Held, texts: Sequence[str]) -> FieldError:
    """Nowhere on the form to show it: the answer stands in the message."""
    answer = ", ".join(filter(str.strip, texts))
    text = f"Another window removed this row meanwhile; your answer in it was “{answer}”."
    return FieldError(field="", label=seen.item.text or seen.item.link_id, text=text)


def _conflict(name: str, other: Held) -> FieldError:
    saved = f"“{other.shown}”" if other.shown else "no answer"
    text = f"Another window saved {saved} meanwhile; your answer is still here. Check it and save again."
    return FieldError(field=name, label=other.item.text or other.item.link_id, text=text)
