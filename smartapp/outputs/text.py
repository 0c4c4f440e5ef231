"""A determination as text that a person likes to read in a terminal."""

import textwrap
from collections.abc import Iterator

from smartapp.determination import Answer, Criterion, Determination
from smartapp.outputs.wording import ANSWER, DISCLAIMER, OUTCOME, count_met

_MARK = {Answer.MET: "[+]", Answer.UNMET: "[-]", Answer.UNKNOWN: "[?]"}
_WIDTH = 96


def render(determination: Determination) -> str:
    """The whole answer: outcome, each criterion with its evidence and what is missing, notices, questions."""
    return "\n".join(_lines(determination)) + "\n"


def _lines(determination: Determination) -> Iterator[str]:
    policy = determination.policy
    yield f"Policy {policy.id} {policy.name}, effective {policy.effective}"
    yield f"{determination.patient}, {_order(determination)}, as of {determination.as_of}"
    yield ""
    if determination.outcome is None:
        yield from _wrap(f"No policy of this catalogue covers the order. {determination.reason}".strip())
        return
    yield f"{OUTCOME[determination.outcome].upper()} - {count_met(determination.criteria)}"
    yield from _wrap(determination.reason)
    for criterion in determination.criteria:
        yield ""
        yield from _criterion(criterion)
    yield from _section("Good to know", [notice.text for notice in determination.notices])
    questions = [f"{q.text} ({q.link_id})" for q in determination.questions]
    yield from _section("To settle the open criteria, answer", questions)
    yield ""
    yield from _wrap(DISCLAIMER)


def _order(determination: Determination) -> str:
    return f"order {determination.order}" if determination.order else "asked as if the therapy were ordered"


def _criterion(criterion: Criterion) -> Iterator[str]:
    yield f"{_MARK[criterion.answer]} {criterion.title}: {ANSWER[criterion.answer]}"
    yield from _wrap(criterion.reason, indent=4)
    for evidence in criterion.evidence:
        name = ", matched by name" if evidence.origin == "name-match" else ""
        yield from _wrap(f"- {_dated(evidence.text, evidence.date)}{name} [{evidence.reference}]", indent=4)
    for doubt in criterion.uncertain:
        yield from _wrap(f"- {_dated(doubt.text, doubt.date)}: {doubt.why} [{doubt.reference}]", indent=4)


def _dated(text: str, date: str | None) -> str:
    return f"{text}, {date}" if date else text


def _section(title: str, texts: list[str]) -> Iterator[str]:
    if texts:
        yield ""
        yield f"{title}:"
        for text in texts:
            yield from _wrap(f"- {text}", indent=2)


def _wrap(text: str, *, indent: int = 0) -> list[str]:
    hanging = "  " if text.startswith("- ") else ""
    return textwrap.wrap(
        text,
        _WIDTH,
        initial_indent=" " * indent,
        subsequent_indent=" " * indent + hanging,
        break_long_words=False,
    )
