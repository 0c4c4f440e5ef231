"""How outcomes and answers are said: the published criteria look met or not; never approved, never denied."""

from collections.abc import Sequence

from smartapp.determination import Answer, Criterion, Determination, Outcome

OUTCOME = {
    Outcome.MET: "published criteria look met",
    Outcome.NEEDS_INFORMATION: "more information needed",
    Outcome.NOT_MET: "published criteria not met",
    Outcome.INVESTIGATIONAL: "investigational under the policy",
    Outcome.NOT_APPLICABLE: "policy does not apply",
}

ANSWER = {Answer.MET: "met", Answer.UNMET: "not met", Answer.UNKNOWN: "open"}

DISCLAIMER = "Decision support, not a coverage decision: the clinician and the payer decide."


def count_met(criteria: Sequence[Criterion]) -> str:
    """How many are met, as in "4 of 5 criteria met"."""
    met = sum(criterion.answer is Answer.MET for criterion in criteria)
    return f"{met} of {len(criteria)} criteria met"


def open_first(determination: Determination) -> list[Criterion]:
    """The criteria with those first that stand in the way: not met, then open, then met."""
    order = (Answer.UNMET, Answer.UNKNOWN, Answer.MET)
    return [c for answer in order for c in determination.criteria if c.answer is answer]


def cut(text: str, length: int) -> str:
    """As much of a text as fits into so many characters, with an ellipsis where some is left out."""
    return text if len(text) <= length else f"{text[: length - 1].rstrip()}…"


def brief(text: str, length: int) -> str:
    """As much of both ends of a text as fits: what a result says stands at its end."""
    if len(text) <= length:
        return text
    end = length // 3
    return f"{text[: length - end - 3].rstrip()} … {text[-end:].lstrip()}"
