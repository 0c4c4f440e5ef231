"""A questionnaire and its answers as the form that is drawn."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from smartapp.evidence import date_of, text_of
from smartapp.facts import Facts, Resource, reference_of
from smartapp.outputs.form import chips
from smartapp.outputs.form.answers import Answer, all_answers, origin, sources
from smartapp.outputs.form.check import missing
from smartapp.outputs.form.enabled import asked
from smartapp.outputs.form.errors import FieldError
from smartapp.outputs.form.names import NEW, in_row, is_repeated, link_id, row_name
from smartapp.outputs.form.read import given_by
from smartapp.outputs.form.text import coding_label, is_supported, label, tokens
from smartapp.outputs.form.view import (
    Condition,
    FieldView,
    FormView,
    GroupView,
    Kind,
    Option,
    PartView,
    RowsView,
    RowView,
    Source,
)
from smartapp.policies import Policy
from smartapp.policies.form import Item, all_items

Given = Mapping[str, Any]
_FEW = 4
"""Up to so many choices are drawn as radio buttons, outside tables."""
_NONE = Option(value="", label="Not answered", is_chosen=False)
_NAMED = {
    "Patient": "patient record",
    "Coverage": "coverage",
    "Practitioner": "clinician",
    "MedicationRequest": "order",
    "ServiceRequest": "order",
}
"""What a text alone does not show that it is of."""
_KINDS = {
    "date": Kind.DATE,
    "decimal": Kind.NUMBER,
    "integer": Kind.NUMBER,
    "open-choice": Kind.LIST,
    "string": Kind.TEXT,
    "text": Kind.AREA,
}


def draw(
    policy: Policy,
    given: Sequence[Given],
    facts: Facts,
    *,
    errors: Iterable[FieldError] = (),
    typed: Mapping[str, tuple[str, ...]] | None = None,
    reader: str | None = None,
    is_signed: bool = False,
) -> FormView:
    """The form with the items `given`, hidden ones too; `reader` is the user's name or reference.

    `typed` holds what could not be used, by field; it is shown again beside its error.
    """
    errors = tuple(errors)
    drawing = _Drawing(
        asked=asked(policy.form, given),
        known={reference_of(resource): resource for resource in facts.resources},
        errors={error.field: error.text for error in errors},
        typed=typed or {},
        reader=reader,
        is_signed=is_signed,
        needed=frozenset(ask.item for criterion in policy.criteria for ask in criterion.ask),
    )
    return FormView(
        title=policy.questionnaire.get("title", policy.title),
        parts=tuple(drawing.parts(policy.form, given, prefix="")),
        errors=errors,
        filled=sum(origin(a) == "auto" for _, answers in all_answers(given) for a in answers),
        wanted=len(missing(policy.form, given)),
        is_signed=is_signed,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Drawing:
    """What every field needs to know."""

    asked: frozenset[str]
    known: Mapping[str, Resource]
    errors: Mapping[str, str]
    typed: Mapping[str, tuple[str, ...]]
    reader: str | None
    is_signed: bool
    needed: frozenset[str]
    """The questions that settle a criterion."""

    def parts(self, form: Iterable[Item], given: Iterable[Given], *, prefix: str) -> Iterator[PartView]:
        held = given_by(given)
        for item in form:
            found = held.get(item.link_id, [])
            if is_repeated(item):
                yield PartView(rows=self._rows(item, found))
            elif item.type == "group":
                yield PartView(group=self._group(item, found, prefix))
            else:
                yield PartView(field=self._field(item, found, prefix))

    def _group(self, item: Item, found: Sequence[Given], prefix: str) -> GroupView:
        below = found[0].get("item", ()) if found else ()
        return GroupView(
            anchor=f"item-{item.link_id}",
            label=item.text or item.link_id,
            prefix=item.shown.prefix,
            help=item.shown.help,
            parts=tuple(self.parts(item.items, below, prefix=prefix)),
            hidden=item.link_id not in self.asked,
            condition=_condition(item),
            folded=self._folded(item, below),
        )

    def _folded(self, item: Item, below: Sequence[Given]) -> int | None:
        """The questions of a group that may be folded: none is answered, wrong, required or for a criterion."""
        inside = [one for one in all_items(item.items) if one.type != "group"]
        names = {one.link_id for one in inside}
        is_touched = bool(below) or bool(names & {link_id(name) for name in self.errors})
        is_needed = bool(names & self.needed) or any(one.shown.required for one in inside)
        return len(inside) if item.shown.folds and not (self.is_signed or is_touched or is_needed) else None

    def _rows(self, item: Item, found: Sequence[Given]) -> RowsView:
        drawn = [self._row(item, row, row["id"], number) for number, row in enumerate(found, start=1)]
        new = () if self.is_signed else (self._row(item, {}, NEW, len(drawn) + 1),)
        return RowsView(
            anchor=f"item-{item.link_id}",
            label=item.text or item.link_id,
            prefix=item.shown.prefix,
            help=item.shown.help,
            columns=tuple(column.text or column.link_id for column in item.items),
            rows=(*drawn, *new),
            hidden=item.link_id not in self.asked,
            condition=_condition(item),
        )

    def _row(self, item: Item, row: Given, row_id: str, number: int) -> RowView:
        held = given_by(row.get("item", ()))
        prefix = in_row(item, row_id)
        return RowView(
            name=row_name(item, row_id),
            anchor=f"item-{row_name(item, row_id)}",
            cells=tuple(
                self._field(cell, held.get(cell.link_id, ()), prefix, is_cell=True) for cell in item.items
            ),
            is_new=row_id == NEW,
            label="new row" if row_id == NEW else f"row {number}",
        )

    def _field(self, item: Item, found: Sequence[Given], prefix: str, *, is_cell: bool = False) -> FieldView:
        answers: Sequence[Answer] = found[0].get("answer", ()) if found else ()
        name = prefix + item.link_id
        typed = self.typed.get(name)
        shown = typed if typed is not None else tokens(item, answers)
        kind = self._kind(item, few=0 if is_cell else _FEW)
        return FieldView(
            name=name,
            anchor=f"item-{name}",
            label=item.text or item.link_id,
            prefix=item.shown.prefix,
            kind=kind,
            value=shown[0] if shown else "",
            answer="; ".join(label(item, answer) for answer in answers),
            options=tuple(_options(item, kind, answers, shown)),
            help=item.shown.help,
            required=item.shown.required,
            hidden=item.link_id not in self.asked,
            condition=_condition(item),
            chip=chips.chip(item, answers, reader=self.reader, is_asked=item.link_id in self.asked),
            sources=self._sources(answers),
            error=self.errors.get(name),
            max_length=item.shown.max_length,
            low=None if item.shown.minimum is None else str(item.shown.minimum),
            high=None if item.shown.maximum is None else str(item.shown.maximum),
        )

    def _kind(self, item: Item, *, few: int) -> Kind:
        if not is_supported(item):
            return Kind.UNSUPPORTED
        if self.is_signed or item.shown.read_only:
            return Kind.SHOWN
        if item.type == "boolean":
            return Kind.CHECK_BOX if item.shown.check_box else Kind.RADIO if few else Kind.SELECT
        if item.type == "choice":
            if item.shown.repeats:
                return Kind.CHECK_BOXES
            return Kind.RADIO if len(item.shown.options) <= few else Kind.SELECT
        return _KINDS[item.type]

    def _sources(self, answers: Sequence[Answer]) -> tuple[Source, ...]:
        names = dict.fromkeys(name for answer in answers for name in sources(answer))
        return tuple(self._source(name) for name in names)

    def _source(self, reference: str) -> Source:
        found = self.known.get(reference)
        if found is None:
            return Source(reference=reference, text=reference, date=None)
        return Source(reference=reference, text=_told(found), date=date_of(found))


def _told(resource: Resource) -> str:
    """What a reader looks for in the chart; the birth date says nothing beside a name."""
    kind, text = resource["resourceType"], text_of(resource)
    if kind not in _NAMED:
        return text
    return _NAMED[kind] if kind in ("Patient", text) else f"{_NAMED[kind]}: {text}"


def _condition(item: Item) -> Condition | None:
    if not item.enable_when:
        return None
    rules = orjson.dumps([_rule(condition) for condition in item.enable_when]).decode()
    return Condition(rules=rules, behavior="any" if item.enable_any else "all")


def _rule(condition: Mapping[str, Any]) -> dict[str, Any]:
    question = {"question": condition["question"]}
    if condition["operator"] == "exists":
        return {**question, "exists": condition["answerBoolean"]}
    if "answerCoding" in condition:
        return {**question, "code": condition["answerCoding"]["code"]}
    return {**question, "boolean": condition["answerBoolean"]}


def _options(item: Item, kind: Kind, answers: Sequence[Answer], shown: Sequence[str]) -> Iterator[Option]:
    """The choices; an answer of the chart's that is not offered is offered too, and so is no answer."""
    if kind is Kind.LIST:
        yield from (Option(value=coding_label(c), label="", is_chosen=False) for c in item.shown.options)
        return
    choices = _choices(item, answers)
    if kind in (Kind.RADIO, Kind.SELECT):
        yield Option(value=_NONE.value, label=_NONE.label, is_chosen=not set(shown) & set(choices))
    for value, text in choices.items():
        yield Option(value=value, label=text, is_chosen=value in shown)


def _choices(item: Item, answers: Sequence[Answer]) -> dict[str, str]:
    if item.type == "boolean":
        return {"true": "Yes", "false": "No"}
    if item.type != "choice":
        return {}
    codings = [*item.shown.options, *(a["valueCoding"] for a in answers if "valueCoding" in a)]
    offered: dict[str, str] = {}
    for coding in codings:
        offered.setdefault(str(coding.get("code", "")), coding_label(coding))
    return offered
