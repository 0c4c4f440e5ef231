"""A form that another app began, taken into ours: what a person answered there, with its origin and its author.

DTR 2.2 "Relaunch": override and manual answers of a saved form are kept, automatic ones are filled in anew. So those
are left to the chart; an answer that does not say who gave it is no one's. Nothing that a person answered here gives
way: where both answered, ours stands and theirs is told.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from smartapp.outputs.form.answers import Answer, author, is_own, origin, taken_from
from smartapp.outputs.form.authors import Author
from smartapp.outputs.form.check import answer_misfits
from smartapp.outputs.form.errors import FieldError
from smartapp.outputs.form.names import in_row, is_repeated, next_id
from smartapp.outputs.form.read import given_by
from smartapp.outputs.form.text import as_asked, is_same, is_supported, label, tokens
from smartapp.policies.form import Item, all_items

Given = Mapping[str, Any]
Texts = Mapping[str, tuple[str, ...]]
_UNSAID = "the form does not say who answered it"


@dataclass(frozen=True, slots=True, kw_only=True)
class Taking:
    """The answers after a form was taken in."""

    items: list[dict[str, Any]]
    taken: Texts
    """What was taken: the texts of each field by its name."""
    labels: tuple[str, ...]
    """The questions whose answers were taken."""
    conflicts: tuple[FieldError, ...]
    """Where ours stands and theirs differs."""
    left: tuple[str, ...]
    """What of a person's answers was not taken, and why, for a person."""


def take(
    form: Iterable[Item],
    mine: Iterable[Given],
    theirs: Iterable[Given],
    *,
    removed: Iterable[str],
    by: Author,
) -> Taking:
    """Our answers with theirs; `removed` names what a person took out here, `by` is whose form it is."""
    form, theirs = tuple(form), tuple(theirs)
    taker = _Taker(removed=frozenset(removed), by=by)
    taker.unknown(form, theirs)
    items = taker.items(form, mine, theirs, prefix="")
    return Taking(
        items=items,
        taken=taker.taken,
        labels=tuple(dict.fromkeys(taker.labels)),
        conflicts=tuple(taker.conflicts),
        left=tuple(dict.fromkeys(taker.left)),
    )


def give_back(form: Iterable[Item], mine: Iterable[Given], taken: Texts) -> list[dict[str, Any]]:
    """Our answers without those that were taken from a form and that nobody has changed since."""
    return _without(tuple(form), mine, taken, prefix="")


@dataclass(slots=True, kw_only=True)
class _Taker:
    """One form being taken in; the lists fill on the way."""

    removed: frozenset[str]
    by: Author
    taken: dict[str, tuple[str, ...]] = field(default_factory=dict)
    labels: list[str] = field(default_factory=list)
    conflicts: list[FieldError] = field(default_factory=list)
    left: list[str] = field(default_factory=list)

    def unknown(self, form: Iterable[Item], theirs: Iterable[Given]) -> None:
        """Note what a person answered where our form has no such question."""
        defined = {item.link_id: item for item in form}
        for one in theirs:
            item = defined.get(one["linkId"])
            inside = any("item" in answer for answer in one.get("answer", ()))
            if inside or (item is None and _has(one, _is_told)):
                self.left.append(
                    f"{one.get('text') or one['linkId']}: no question of this form, or not at this place"
                )
            elif item is not None:
                self.unknown(item.items, one.get("item", ()))

    def items(
        self, form: Iterable[Item], mine: Iterable[Given], theirs: Iterable[Given], *, prefix: str
    ) -> list[dict[str, Any]]:
        held, other = given_by(mine), given_by(theirs)
        done: list[dict[str, Any]] = []
        for item in form:
            old, new = held.get(item.link_id, []), other.get(item.link_id, [])
            if is_repeated(item):
                done += self._rows(item, old, new)
            elif item.type == "group":
                done += self._group(item, old, new, prefix)
            else:
                done += self._question(item, old, new, prefix + item.link_id)
        return done

    def _group(self, item: Item, old: list[Given], new: list[Given], prefix: str) -> Iterator[dict[str, Any]]:
        if _is_attestation(item):  # who signs attests anew
            yield from map(dict, old)
            return
        below = self.items(item.items, _below(old), _below(new), prefix=prefix)
        if below:
            yield {**_blank(item), **(old[0] if old else {}), "item": below}

    def _question(self, item: Item, old: list[Given], new: list[Given], name: str) -> list[dict[str, Any]]:
        held: list[Answer] = [answer for one in old[:1] for answer in one.get("answer", ())]
        given: list[Answer] = [answer for one in new for answer in one.get("answer", ()) if is_own(answer)]
        if not given:
            if not held and any(_has(one, _is_unsaid) for one in new):
                self.left.append(f"{_text(item)}: {_UNSAID}")
            return [dict(one) for one in old]
        if wrong := self._why_not(item, given):
            self.left.append(f"{_text(item)}: {wrong}")
            return [dict(one) for one in old]
        return self._settled(item, old, held, given, name)

    def _settled(
        self, item: Item, old: list[Given], held: list[Answer], given: list[Answer], name: str
    ) -> list[dict[str, Any]]:
        same = is_same(tokens(item, held), tokens(item, given))
        ours = any(map(is_own, held)) or (not held and name in self.removed)
        if ours:
            if not same:
                self.conflicts.append(_conflict(item, name, held, given))
            return [dict(one) for one in old]
        self.taken[name] = tokens(item, given)
        self.labels.append(_text(item))
        fitting = [_fitting(item, answer) for answer in given]
        marked = [taken_from(answer, over=held[0] if held else None, by=self.by) for answer in fitting]
        return [{**_blank(item), **(old[0] if old else {}), "answer": marked}]

    def _rows(self, item: Item, old: list[Given], new: list[Given]) -> list[dict[str, Any]]:
        done = [dict(row) for row in old]
        for row in new:
            if not _has(row, is_own):
                if _has(row, _is_unsaid):
                    self.left.append(f"{_text(item)}: {_UNSAID}")
                continue
            place = _place(item, done, row)
            if place is not None:
                prefix = in_row(item, done[place]["id"])
                below = self.items(
                    item.items, done[place].get("item", ()), row.get("item", ()), prefix=prefix
                )
                done[place] = {**done[place], "item": below}
            elif all(is_own(answer) for answer in _answers(row)):
                fresh = next_id(done, item, gone=self.removed)
                if below := self.items(item.items, (), row.get("item", ()), prefix=in_row(item, fresh)):
                    done.append({"id": fresh, **_blank(item), "item": below})
            else:
                self.left.append(f"{_text(item)}: it is not clear which of the lines here a line there is")
        return done

    def _why_not(self, item: Item, given: list[Answer]) -> str | None:
        """Why our form cannot hold these answers."""
        if item.shown.read_only or not is_supported(item):
            return "it is worked out here and answered by nobody"
        if any(not _is_offered(item, answer) for answer in given) or any(answer_misfits(item, given)):
            return "the answer is none that this form can hold"
        return None


def _without(
    form: tuple[Item, ...], mine: Iterable[Given], taken: Texts, *, prefix: str
) -> list[dict[str, Any]]:
    defined = {item.link_id: item for item in form}
    kept = []
    for one in mine:
        item = defined[one["linkId"]]
        if item.type == "group":
            inner = in_row(item, one.get("id", "")) if is_repeated(item) else prefix
            if below := _without(item.items, one.get("item", ()), taken, prefix=inner):
                kept.append({**one, "item": below})
        elif not _is_as_taken(item, one.get("answer", ()), taken.get(prefix + item.link_id)):
            kept.append(dict(one))
    return kept


def _is_as_taken(item: Item, answers: Sequence[Answer], texts: tuple[str, ...] | None) -> bool:
    return texts is not None and all(map(is_own, answers)) and is_same(tokens(item, answers), texts)


def _place(item: Item, rows: Sequence[Given], theirs: Given) -> int | None:
    """Which of our rows is theirs: the one that says the same, or the only one that has all the chart said there."""
    defined = {below.link_id: below for below in item.items}
    whole = _told(defined, theirs, lambda _: True)
    filled = _told(defined, theirs, lambda answer: not is_own(answer))
    ours = [_told(defined, row, lambda _: True) for row in rows]
    for wanted in (whole, filled):
        found = [n for n, told in enumerate(ours) if wanted and wanted.items() <= told.items()]
        if len(found) == 1:
            return found[0]
    return None


def _told(
    defined: Mapping[str, Item], row: Given, wanted: Callable[[Answer], bool]
) -> dict[str, tuple[str, ...]]:
    return {
        one["linkId"]: tokens(defined[one["linkId"]], answers)
        for one in row.get("item", ())
        if one["linkId"] in defined and (answers := [a for a in one.get("answer", ()) if wanted(a)])
    }


def _is_offered(item: Item, answer: Answer) -> bool:
    """Whether a coding is, with its system, one of those to choose from; an open choice takes any."""
    coding = answer.get("valueCoding")
    if item.type != "choice" or coding is None:
        return True
    return any(
        coding.get("code") == option.get("code") and coding.get("system") in (option.get("system"), None)
        for option in item.shown.options
    )


def _fitting(item: Item, answer: Answer) -> Answer:
    """The answer as our question holds it: of an open choice, a code that is not offered is words."""
    coding = answer.get("valueCoding")
    if coding is None:
        return answer
    return {**{key: part for key, part in answer.items() if key != "valueCoding"}, **as_asked(item, coding)}


def _is_attestation(group: Item) -> bool:
    return any(item.shown.check_box and item.shown.required for item in all_items(group.items))


def _conflict(item: Item, name: str, held: Sequence[Answer], given: Sequence[Answer]) -> FieldError:
    theirs = "; ".join(label(item, answer) for answer in given)
    ours = "; ".join(label(item, answer) for answer in held)
    stands = f"yours, “{ours}”, stands" if ours else "it was taken out here and stays out"
    who = author(given[0]) or "another form in the chart"
    text = f"{who} answered “{theirs}” in another app; {stands}. Check which is right and save again."
    return FieldError(field=name, label=_text(item), text=text)


def _is_unsaid(answer: Answer) -> bool:
    """Whether nobody, and not the chart, is said to have given it."""
    return origin(answer) not in ("auto", "manual", "override")


def _is_told(answer: Answer) -> bool:
    return origin(answer) != "auto"


def _has(item: Given, wanted: Callable[[Answer], bool]) -> bool:
    return any(map(wanted, _answers(item)))


def _answers(item: Given) -> list[Answer]:
    below = [answer for one in item.get("item", ()) for answer in _answers(one)]
    return [*item.get("answer", ()), *below]


def _below(given: Sequence[Given]) -> list[Given]:
    return [below for one in given for below in one.get("item", ())]


def _blank(item: Item) -> dict[str, Any]:
    return {"linkId": item.link_id, **({"text": item.text} if item.text else {})}


def _text(item: Item) -> str:
    return item.text or item.link_id
