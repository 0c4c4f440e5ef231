"""Each criterion with everything that a person needs to follow it; those that stand in the way come first."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from smartapp.determination import Answer, Criterion, Determination, Doubt, Evidence
from smartapp.elm import Evaluation
from smartapp.facts import Facts
from smartapp.outputs.form.answers import all_answers
from smartapp.outputs.form.text import label
from smartapp.outputs.page import words
from smartapp.outputs.page.rule import rules
from smartapp.outputs.page.view import CriterionView, Found, FoundTable, Link
from smartapp.outputs.telling import alike, most_telling
from smartapp.outputs.wording import ANSWER, cut, open_first
from smartapp.policies import CriterionText, Policy
from smartapp.policies.form import Item, all_items

_WITHIN_OTHERS = frozenset({"Medication"})
"""Types that are read as a part of those that refer to them."""
_MOST_ROWS = 20
"""Rows of a table on the page of a review; a page of its own has them all."""
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
    is_whole: bool = False
    """Whether every row of evidence is shown; else those that tell most, and how many more there are."""

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


def brief(criterion: Criterion, reading: Reading) -> str:
    """One line: the evidence where there is some, else what is the matter."""
    if criterion.answer is Answer.UNMET:
        return criterion.reason
    if criterion.answer is Answer.MET:
        return _named(criterion, reading) or criterion.reason
    doubts = criterion.uncertain
    if not doubts:
        return criterion.reason
    more = f" ({len(doubts) - 1} more in doubt)" if len(doubts) > 1 else ""
    return f"{_told(doubts[0], criterion, reading)}: {doubts[0].why}{more}"


def _named(criterion: Criterion, reading: Reading) -> str:
    """The first evidence, and how many more there are."""
    if not criterion.evidence:
        return ""
    first, *others = criterion.evidence
    told = _told(first, criterion, reading)
    if others and all(other.origin == "attested" for other in others):
        return f"{told}; also answered in the form"
    return f"{told} and {len(others)} more" if others else told


def _told(row: Evidence | Doubt, criterion: Criterion, reading: Reading) -> str:
    """What a resource says, in a line: of a form its answers."""
    answers = _answers(row.reference, reading.texts[criterion.id], reading)
    text = "; ".join(answers) or _short(row.text)
    return f"{text}, {row.date}" if row.date else text


def _short(text: str) -> str:
    """The text in a line: of "a long name of a test: its result" the result stays whole."""
    name, colon, result = text.rpartition(": ")
    if len(text) <= _LINE or not colon or len(result) > _LINE // 2:
        return cut(text, _LINE)
    return f"{cut(name, _LINE - len(colon) - len(result))}{colon}{result}"


def _criterion(criterion: Criterion, number: int, reading: Reading) -> CriterionView:
    text = reading.texts[criterion.id]
    line = brief(criterion, reading)
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
        evidence=_table(criterion.evidence, text, reading),
        doubts=_table(criterion.uncertain, text, reading),
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


def _table(rows: Sequence[Evidence | Doubt], text: CriterionText, reading: Reading) -> FoundTable:
    """The rows that tell most, and how many others there are."""
    most = len(rows) if reading.is_whole else _MOST_ROWS
    shown = most_telling(rows, most, says=(_how, _says), day=lambda row: row.date)
    return FoundTable(rows=tuple(_found(row, text, reading) for row in shown), more=len(rows) - len(shown))


def _how(row: Evidence | Doubt) -> str:
    return words.HOW[row.origin] if isinstance(row, Evidence) else row.why


def _says(row: Evidence | Doubt) -> tuple[str, str]:
    return _how(row), alike(row.text)


def _found(row: Evidence | Doubt, text: CriterionText, reading: Reading) -> Found:
    return Found(
        text=row.text,
        answers=tuple(_answers(row.reference, text, reading)),
        date=row.date,
        kind=words.kind_of(row.reference),
        reference=row.reference,
        how=_how(row),
    )


def _answers(reference: str, text: CriterionText, reading: Reading) -> Iterator[str]:
    """What a form says on the questions of this criterion, "question: answer"; nothing of any other resource."""
    resource = reading.facts.find(reference)
    if resource is None or resource.get("resourceType") != "QuestionnaireResponse":
        return
    about, items = {ask.item for ask in text.ask}, reading.items
    for name, answers in all_answers(resource.get("item", ())):
        if name in about and answers:
            yield f"{_asked(items[name])} {_said(items[name], answers)}"


def _asked(item: Item) -> str:
    question = item.text or item.link_id
    return question if question.endswith("?") else f"{question}:"


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
