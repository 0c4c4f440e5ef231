"""The page as it is drawn: plain data for review.html."""

from dataclasses import dataclass
from enum import StrEnum


class Mark(StrEnum):
    """How a state is drawn: the icon `i-...` and the class `is-...`; a word always stands beside it."""

    MET = "met"
    OPEN = "open"
    UNMET = "unmet"
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A place on the page."""

    href: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Patient:
    """Who the review is about."""

    name: str
    born: str | None
    age: int | None
    """In years, on the day of the review; None unless the whole birth date is known."""
    sex: str | None
    number: str | None
    """The medical record number."""
    is_deceased: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """One thing that stands in the way, and where it is resolved."""

    mark: Mark
    word: str
    title: Link
    """The criterion."""
    said: str
    """What is the matter, in a sentence."""
    action: Link | None
    """What resolves it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """A criterion at a glance."""

    mark: Mark
    word: str
    title: Link


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """The answer in one look."""

    mark: Mark
    word: str
    """"More information needed"; never approved, never denied."""
    reason: str
    """The sentence on the outcome, or "" where the word says it all."""
    counted: str
    """"3 of 5 criteria met, 2 open", or "" without criteria."""
    aside: str
    """Said where the criteria are shown and something else decides, or ""."""
    cells: tuple[Cell, ...]
    gaps: tuple[Gap, ...]
    disclaimer: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A resource that speaks for an answer, or one that leaves it in doubt."""

    text: str
    answers: tuple[str, ...]
    """What a clinician answered, "question: answer"; () for anything but a form."""
    date: str | None
    kind: str
    """What it is, in a word: "administration"."""
    reference: str
    how: str
    """How it was matched, or why it does not settle the question."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundTable:
    """What was found; false when it was nothing."""

    rows: tuple[Found, ...]
    more: int
    """How many others there are."""

    def __bool__(self) -> bool:
        """Whether anything was found."""
        return bool(self.rows)


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidencePage:
    """Everything that was found for one criterion."""

    criterion: "CriterionView"
    policy: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleToken:
    """A piece of a line of CQL; `said` is what a named define was, for a person, or ""."""

    text: str
    said: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleLine:
    """One line of CQL."""

    tokens: tuple[RuleToken, ...]
    indent: int
    said: str
    """"true", "false", "not known", "not reached", or "" where the line asks nothing."""
    decided: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """The CQL behind a criterion, with what each clause was on this record."""

    name: str
    lines: tuple[RuleLine, ...]
    said: str
    """What the whole is: "true", "false", "not known", "2 found", "a value"."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RulePage:
    """The whole rule of a criterion: its define, and every define that it uses."""

    anchor: str
    title: str
    mark: Mark
    word: str
    asks: str
    policy: str
    rules: tuple[Rule, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CriterionView:
    """One criterion with everything that a person needs to follow it."""

    id: str
    anchor: str
    number: int
    title: str
    mark: Mark
    word: str
    brief: str
    """One line: what decided it, or what is the matter."""
    reason: str
    """What `brief` does not say, or ""."""
    asks: str
    """What the policy demands, in our words."""
    evidence: FoundTable
    doubts: FoundTable
    searched: str
    """"Looked through: 2 conditions; no reports.", or "" where nothing is open."""
    how: str
    """How to give what is missing, or ""."""
    actions: tuple[Link, ...]
    """The questions of the form that settle it."""
    rules: tuple[Rule, ...]
    is_expanded: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeView:
    """Something worth knowing."""

    text: str
    references: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class UnreadView:
    """What could not be read, and which criteria it touches."""

    text: str
    touches: tuple[Link, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditView:
    """One line of the audit trail."""

    at: str
    what: str
    who: str
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """A label and what it says."""

    label: str
    text: str
    href: str | None = None
    """An address elsewhere that says more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """The whole page but for the form, the history and the packet."""

    title: str
    policy: str
    patient: Patient
    shows_patient: bool
    """Whether the banner is shown on the screen; on paper it always is."""
    is_open_server: bool
    user: str | None
    ehr: str
    chart_at: str
    """When the chart was read, for a person."""
    chart_at_machine: str
    chart_size: str
    verdict: Verdict
    facts: tuple[Fact, ...]
    unread: tuple[UnreadView, ...]
    criteria: tuple[CriterionView, ...]
    notices: tuple[NoticeView, ...]
    remarks: tuple[NoticeView, ...]
    """What is odd about the data, and changes nothing."""
    information: tuple[str, ...]
    audit: tuple[AuditView, ...]
