"""Each criterion with everything that a person needs to follow it; those that stand in the way come first."""

import textwrap
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from smartapp.determination import Answer, Criterion, Determination, Doubt, Evidence
from smartapp.elm import Evaluation
from smartapp.facts import Facts, Resource
from smartapp.outputs.form.answers import all_answers
from smartapp.outputs.form.text import label
from smartapp.outputs.page import words
from smartapp.outputs.page.rule import rules
from smartapp.outputs.page.view import CriterionView, Found, Link
from smartapp.outputs.wording import ANSWER, open_first
from smartapp.policies import CriterionText, Policy
from smartapp.policies.form import Item, all_items

_WITHIN_OTHERS = frozenset({"Medication"})
"""Types that are read as a part of those that refer to them."""
_LINE = 80
"""Characters of a text that is told in a line; the table below tells the whole."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """One determination on one record, and the questions that are asked at present."""

    policy: Policy
    determination: Determination
    facts: Facts
    run: Evaluation
    asked: frozenset[str]
    """linkIds of the form."""

    @property
    def items(self) -> Mapping[str, Item]:
        """The questions of the form by linkId."""
        return {item.link_id: item for item in all_items(self.policy.form)}

    @property
    def texts(self) -> Mapping[str, CriterionText]:
        """How each criterion is worded, by its id."""
        return {text.id: text for text in self.policy.criteria}


def anchor(criterion_id: str) -> str:
    """The id of a criterion on the page."""
    return f"criterion-{criterion_id}"


def criteria(reading: Reading) -> tuple[CriterionView, ...]:
    """Every criterion: not met, then open, both expanded, then met."""
    numbers = {c.id: number for number, c in enumerate(reading.determination.criteria, start=1)}
    return tuple(_criterion(c, numbers[c.id], reading) for c in open_first(reading.determination))


def actions(criterion: Criterion, reading: Reading) -> tuple[Link, ...]:
    """The questions that settle a criterion, where it stands open; those whose answer decided, where it is not met."""
    text, items = reading.texts[criterion.id], reading.items
    names = criterion.ask if criterion.answer is Answer.UNKNOWN else tuple(ask.item for ask in text.ask)
    shown = () if criterion.answer is Answer.MET else tuple(name for name in names if name in reading.asked)
    return tuple(Link(href=f"#item-{name}", text=items[name].text or name) for name in shown)


def brief(criterion: Criterion) -> str:
    """One line: the evidence where there is some, else what is the matter."""
    if criterion.answer is Answer.UNMET:
        return criterion.reason
    if criterion.answer is Answer.MET:
        return _named(criterion.evidence) or criterion.reason
    doubts = criterion.uncertain
    if not doubts:
        return criterion.reason
    more = f" ({len(doubts) - 1} more in doubt)" if len(doubts) > 1 else ""
    return f"{_dated(_short(doubts[0].text), doubts[0].date)}: {doubts[0].why}{more}"


def _named(evidence: tuple[Evidence, ...]) -> str:
    if not evidence:
        return ""
    more = f" and {len(evidence) - 1} more" if len(evidence) > 1 else ""
    return _dated(_short(evidence[0].text), evidence[0].date) + more


def _short(text: str) -> str:
    """The text in a line: of "a long name of a test: its result" the result stays whole."""
    if len(text) <= _LINE:
        return text
    name, colon, result = text.rpartition(": ")
    kept = f"…{colon}{result}" if len(result) < _LINE // 2 else "…"
    return textwrap.shorten(name or text, _LINE - len(kept), placeholder="") + kept


def _dated(text: str, date: str | None) -> str:
    return f"{text}, {date}" if date else text


def _criterion(criterion: Criterion, number: int, reading: Reading) -> CriterionView:
    text = reading.texts[criterion.id]
    line = brief(criterion)
    is_open = criterion.answer is Answer.UNKNOWN
    return CriterionView(
        id=criterion.id,
        anchor=anchor(criterion.id),
        number=number,
        title=criterion.title,
        mark=words.ANSWER_MARK[criterion.answer],
        word=words.sentence(ANSWER[criterion.answer]),
        brief=line,
        reason=_rest(criterion, line),
        asks=text.asks,
        evidence=tuple(_evidence(e, text, reading) for e in criterion.evidence),
        doubts=tuple(_doubt(d, text, reading) for d in criterion.uncertain),
        searched=_searched(text, reading.facts) if is_open else "",
        how=text.how if is_open else "",
        actions=actions(criterion, reading),
        rules=rules(reading.run, (text.define,)),
        is_expanded=criterion.answer is not Answer.MET,
    )


def _rest(criterion: Criterion, line: str) -> str:
    """What the one line does not say: what could not be read, or the sentence that goes with the evidence."""
    if criterion.uncertain and criterion.answer is Answer.UNKNOWN:
        return " ".join(criterion.unread)
    return criterion.reason if criterion.reason != line else ""


def _evidence(evidence: Evidence, text: CriterionText, reading: Reading) -> Found:
    return Found(
        text=evidence.text,
        answers=tuple(_answers(reading.facts.find(evidence.reference), text, reading.items)),
        date=evidence.date,
        kind=words.kind_of(evidence.reference),
        reference=evidence.reference,
        how=words.HOW[evidence.origin],
    )


def _doubt(doubt: Doubt, text: CriterionText, reading: Reading) -> Found:
    return Found(
        text=doubt.text,
        answers=tuple(_answers(reading.facts.find(doubt.reference), text, reading.items)),
        date=doubt.date,
        kind=words.kind_of(doubt.reference),
        reference=doubt.reference,
        how=doubt.why,
    )


def _answers(resource: Resource | None, text: CriterionText, items: Mapping[str, Item]) -> Iterator[str]:
    """What the form says on the questions of this criterion, "question: answer"."""
    if resource is None or resource.get("resourceType") != "QuestionnaireResponse":
        return
    about = {ask.item for ask in text.ask}
    for name, answers in all_answers(resource.get("item", ())):
        if name in about and answers:
            yield f"{items[name].text}: {_said(items[name], answers)}"


def _said(item: Item, answers: Iterable[Mapping[str, Any]]) -> str:
    return ", ".join(label(item, answer) for answer in answers)


def _searched(text: CriterionText, facts: Facts) -> str:
    """How many resources of each type were looked through; nothing of a type that was not read at all."""
    unread = {unread.type for unread in facts.unread}
    numbers = {name: sum(1 for _ in facts.of_type(name)) for name in text.reads if name not in _WITHIN_OTHERS}
    found = [words.counted(name, number) for name, number in numbers.items() if number]
    none = [words.many(name) for name, number in numbers.items() if not number and not unread & {name, "*"}]
    told = [", ".join(found), f"no {words.either(none)}" if none else ""]
    return f"Looked through: {'; '.join(filter(None, told))}." if any(told) else ""
