"""What was sent back, read into the QuestionnaireResponse: only what a person changed changes.

An answer that came back as it was drawn stays the very same, with all its extensions. A field that did not come back
(a browser leaves disabled fields out) is left alone; one that came back empty was cleared. Read-only items are never
taken from what was sent. Rows are matched by their ids. What cannot be used is kept as typed, beside the answer so far.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from smartapp.errors import BadInput
from smartapp.outputs.form.answers import Answer, mark, origin, sources
from smartapp.outputs.form.authors import Author
from smartapp.outputs.form.errors import FieldError
from smartapp.outputs.form.names import NEW, REMOVE, in_row, is_repeated, next_id, row_name
from smartapp.outputs.form.text import is_same, is_supported, parse, tokens
from smartapp.policies.form import Item

Sent = Mapping[str, Sequence[str]]
"""What was sent: the texts of each field by its name; an empty text beside others only says that it was there."""
Given = Mapping[str, Any]
"""One item of a QuestionnaireResponse."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What a person did to one answer, or to one row."""

    field: str
    label: str
    what: str
    """`manual`, `override` or `removed`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """The answers after what was sent."""

    items: list[dict[str, Any]]
    removed: Mapping[str, tuple[str, ...]]
    """Answers and rows from the chart that a person took out, by name, with their sources."""
    changes: tuple[Change, ...]
    errors: tuple[FieldError, ...]
    typed: Mapping[str, tuple[str, ...]]
    """What could not be used, by the field's name."""


def read(
    form: Iterable[Item],
    before: Iterable[Given],
    sent: Sent,
    *,
    removed: Mapping[str, tuple[str, ...]],
    by: Author,
) -> Reading:
    """The answers after `sent`, which `by` sent; `removed` is what was taken out earlier."""
    reader = _Reader(sent=sent, by=by, removed=dict(removed))
    items = reader.items(form, before, prefix="")
    return Reading(
        items=items,
        removed=reader.removed,
        changes=tuple(reader.changes),
        errors=tuple(reader.errors),
        typed=reader.typed,
    )


def given_by(items: Iterable[Given]) -> dict[str, list[Given]]:
    """Items of a QuestionnaireResponse by their linkIds."""
    found: dict[str, list[Given]] = {}
    for item in items:
        found.setdefault(item["linkId"], []).append(item)
    return found


@dataclass(slots=True, kw_only=True)
class _Reader:
    """One form being read; the lists fill on the way."""

    sent: Sent
    by: Author
    removed: dict[str, tuple[str, ...]]
    changes: list[Change] = field(default_factory=list)
    errors: list[FieldError] = field(default_factory=list)
    typed: dict[str, tuple[str, ...]] = field(default_factory=dict)
    where: str = ""
    """In which rows the reading is: a question in a row is named with them."""

    def items(self, form: Iterable[Item], before: Iterable[Given], *, prefix: str) -> list[dict[str, Any]]:
        held = given_by(before)
        return [new for item in form for new in self._item(item, held.get(item.link_id, []), prefix)]

    def _item(self, item: Item, before: list[Given], prefix: str) -> Iterator[dict[str, Any]]:
        if is_repeated(item):
            return self._rows(item, before)
        if item.type == "group":
            return self._group(item, before, prefix)
        return self._question(item, before, prefix)

    def _group(self, item: Item, before: list[Given], prefix: str) -> Iterator[dict[str, Any]]:
        old = before[0] if before else {}
        if below := self.items(item.items, old.get("item", ()), prefix=prefix):
            yield {**(old or _blank(item)), "item": below}

    def _rows(self, item: Item, before: list[Given]) -> Iterator[dict[str, Any]]:
        self.where = f"{item.text}: " if item.text else ""
        kept = [row for row in (self._row(item, row) for row in before) if row]
        new = next_id(before, item, gone=self.removed)
        if below := self.items(item.items, (), prefix=in_row(item, NEW)):
            self._rename(in_row(item, NEW), in_row(item, new))
            kept.append({"id": new, **_blank(item), "item": below})
        self.where = ""
        yield from kept

    def _row(self, item: Item, row: Given) -> dict[str, Any] | None:
        name = row_name(item, row["id"])
        if any(self.sent.get(f"{name}.{REMOVE}", ())):
            self._take_out(item, name, _answers_below(row))
            return None
        below = self.items(item.items, row.get("item", ()), prefix=in_row(item, row["id"]))
        if below:
            return {**row, "item": below}
        self._take_out(item, name, _answers_below(row))
        return None

    def _question(self, item: Item, before: list[Given], prefix: str) -> Iterator[dict[str, Any]]:
        old = before[0] if before else None
        held: Sequence[Answer] = old.get("answer", ()) if old else ()
        name = prefix + item.link_id
        if self._is_untouched(item, held, name):
            yield from (dict(old),) if old else ()
        elif answers := self._answers(item, held, name):
            yield {**(old or _blank(item)), "answer": answers}

    def _is_untouched(self, item: Item, held: Sequence[Answer], name: str) -> bool:
        if item.shown.read_only or name not in self.sent or not is_supported(item):
            return True
        return is_same(filter(str.strip, self.sent[name]), tokens(item, held))

    def _answers(self, item: Item, held: Sequence[Answer], name: str) -> list[Answer]:
        texts = tuple(dict.fromkeys(text for text in self.sent[name] if text.strip()))
        texts = texts if item.shown.repeats else texts[:1]
        if not texts:
            self._take_out(item, name, held)
            return []
        try:
            values = [parse(item, text, held=held) for text in texts]
        except BadInput as error:
            self.errors.append(FieldError(field=name, label=self._label(item), text=str(error)))
            self.typed[name] = texts
            return list(held)
        return self._marked(item, held, dict(zip(texts, values, strict=True)), name)

    def _marked(
        self, item: Item, held: Sequence[Answer], values: Mapping[str, dict[str, Any]], name: str
    ) -> list[Answer]:
        """Each chosen answer: the very same where it was there before, else marked as the person's own."""
        known = dict(zip(tokens(item, held), held, strict=True))
        before = None if item.shown.repeats or not held else held[0]
        cleared = name in self.removed
        marked = [
            known.get(text) or mark(new, before=before, cleared=cleared, by=self.by)
            for text, new in values.items()
        ]
        changed = cleared or (before is not None and origin(before) in ("auto", "override"))
        self._note(item, name, "override" if changed else "manual")
        return marked

    def _take_out(self, item: Item, name: str, held: Sequence[Answer]) -> None:
        """Remember what the chart had filled in, so that it is not filled in again."""
        if not held:
            return
        self._note(item, name, "removed")
        if any(origin(answer) != "manual" for answer in held):
            self.removed[name] = tuple(dict.fromkeys(s for answer in held for s in sources(answer)))

    def _rename(self, old: str, new: str) -> None:
        """What was typed into the empty row now stands in a row of its own."""
        self.errors = [replace(error, field=error.field.replace(old, new, 1)) for error in self.errors]
        self.typed = {name.replace(old, new, 1): texts for name, texts in self.typed.items()}
        self.changes = [replace(change, field=change.field.replace(old, new, 1)) for change in self.changes]

    def _note(self, item: Item, name: str, what: str) -> None:
        self.changes.append(Change(field=name, label=self._label(item), what=what))

    def _label(self, item: Item) -> str:
        return (self.where if item.type != "group" else "") + (item.text or item.link_id)


def _answers_below(row: Given) -> list[Answer]:
    return [answer for one in row.get("item", ()) for answer in one.get("answer", ())]


def _blank(item: Item) -> dict[str, Any]:
    return {"linkId": item.link_id, **({"text": item.text} if item.text else {})}
