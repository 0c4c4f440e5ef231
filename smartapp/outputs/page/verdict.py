"""The verdict: the answer in one look, and each thing that stands in the way with what resolves it."""

from collections.abc import Iterator, Sequence

from smartapp.determination import Answer, Criterion, Outcome
from smartapp.outputs.page import words
from smartapp.outputs.page.criteria import Reading, actions, anchor, brief
from smartapp.outputs.page.view import Cell, Gap, Link, Verdict
from smartapp.outputs.wording import ANSWER, DISCLAIMER, OUTCOME, count_met, open_first

_CORRECT = "If this is wrong, correct it in the form."
_ASIDE = "The criteria are shown for completeness; they are not what decides here."
_SEE = "See what was found and what would settle it."


def verdict(reading: Reading) -> Verdict:
    """The answer; published criteria that look met or not, never an approval or a denial."""
    determination = reading.determination
    outcome = determination.outcome
    is_asked = outcome in (Outcome.MET, Outcome.NEEDS_INFORMATION, Outcome.NOT_MET)
    return Verdict(
        mark=words.OUTCOME_MARK[outcome],
        word=words.sentence(OUTCOME[outcome] if outcome else words.NO_POLICY),
        reason=_reason(reading),
        counted=_counted(determination.criteria),
        aside=_ASIDE if determination.criteria and not is_asked else "",
        cells=tuple(_cell(criterion, reading) for criterion in determination.criteria),
        gaps=tuple(_gaps(reading)) if is_asked else (),
        disclaimer=DISCLAIMER,
    )


def _reason(reading: Reading) -> str:
    """The sentence on the outcome, where it says more than the headline."""
    determination = reading.determination
    is_plain = determination.outcome in (Outcome.MET, Outcome.NEEDS_INFORMATION)
    ruled = any(rule.text == determination.reason for rule in reading.policy.outcomes)
    return determination.reason if ruled or not is_plain else ""


def _counted(criteria: Sequence[Criterion]) -> str:
    """As in "3 of 5 criteria met, 2 open"."""
    if not criteria:
        return ""
    numbers = {a: sum(c.answer is a for c in criteria) for a in (Answer.UNKNOWN, Answer.UNMET)}
    return ", ".join([count_met(criteria), *(f"{n} {ANSWER[a]}" for a, n in numbers.items() if n)])


def _cell(criterion: Criterion, reading: Reading) -> Cell:
    return Cell(
        mark=words.ANSWER_MARK[criterion.answer],
        word=words.sentence(ANSWER[criterion.answer]),
        title=Link(href=f"#{anchor(criterion.id)}", text=words.sentence(reading.texts[criterion.id].short)),
    )


def _gaps(reading: Reading) -> Iterator[Gap]:
    for criterion in open_first(reading.determination):
        if criterion.answer is not Answer.MET:
            cell = _cell(criterion, reading)
            yield Gap(
                mark=cell.mark,
                word=cell.word,
                title=Link(href=cell.title.href, text=criterion.title),
                said=brief(criterion, reading),
                action=_action(criterion, reading),
            )


def _action(criterion: Criterion, reading: Reading) -> Link | None:
    """The first question that settles it; without one the criterion itself."""
    questions = actions(criterion, reading)
    if criterion.answer is Answer.UNMET:
        return Link(href=questions[0].href, text=_CORRECT) if questions else None
    if questions:
        return Link(href=questions[0].href, text=reading.texts[criterion.id].how)
    return Link(href=f"#{anchor(criterion.id)}", text=_SEE)
