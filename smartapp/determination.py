"""The answer of the application: criteria with evidence, and the outcome that follows from them."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Answer(StrEnum):
    """What the record says about one criterion; silence is UNKNOWN, never UNMET."""

    MET = "met"
    UNMET = "unmet"
    UNKNOWN = "unknown"


class Outcome(StrEnum):
    """What follows for the request; never an approval or a denial."""

    NOT_APPLICABLE = "not-applicable"
    INVESTIGATIONAL = "investigational"
    NOT_MET = "not-met"
    NEEDS_INFORMATION = "needs-information"
    MET = "met"


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """A resource that speaks for an answer."""

    reference: str
    text: str
    date: str | None
    origin: str
    """`record` (by code), `name-match` (by name in text) or `attested` (a clinician's answer)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubt:
    """A resource that was found but does not settle the criterion, and why."""

    reference: str
    text: str
    why: str
    date: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Criterion:
    """One criterion of a policy with its answer and what decided it."""

    id: str
    title: str
    answer: Answer
    reason: str
    evidence: tuple[Evidence, ...] = ()
    uncertain: tuple[Doubt, ...] = ()
    unread: tuple[str, ...] = ()
    """What could not be read and might have answered it; said in the reason too."""
    ask: tuple[str, ...] = ()
    """linkIds of the questionnaire items that settle the criterion; empty once it is met."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """Something to know that never changes the outcome."""

    code: str
    text: str
    references: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """An item of the questionnaire that would settle an open criterion."""

    link_id: str
    text: str
    criterion: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyRef:
    """Which policy, in which version, was applied."""

    id: str
    name: str
    version: str
    effective: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Determination:
    """The explained answer for one order of one patient; `outcome` None: no policy covers the order."""

    policy: PolicyRef
    patient: str
    order: str | None
    as_of: str
    outcome: Outcome | None
    reason: str = ""
    """One sentence on the outcome, for a person."""
    criteria: tuple[Criterion, ...] = ()
    notices: tuple[Notice, ...] = ()
    questions: tuple[Question, ...] = ()


def answer(value: bool | None) -> Answer:  # noqa: FBT001 - CQL's three values are what this maps
    """The answer that a CQL Boolean stands for."""
    return {None: Answer.UNKNOWN, True: Answer.MET, False: Answer.UNMET}[value]


def combine(answers: Iterable[Answer]) -> Outcome:
    """Not met as soon as one is unmet; met only when every one is, and there is one."""
    given = tuple(answers)
    if Answer.UNMET in given:
        return Outcome.NOT_MET
    if not given or Answer.UNKNOWN in given:
        return Outcome.NEEDS_INFORMATION
    return Outcome.MET
