"""The therapy history of a record as rows: what was given and when, and the results that the policy asks about.

Only what the record shows: the rows come from the defines that the policy's [history] names, dates keep the precision
in which they are written, and what does not settle a question says why.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from smartapp.elm import DefineError, Evaluation
from smartapp.evidence import concept_text, text_of
from smartapp.facts import Facts, Resource, in_words, reference_of
from smartapp.outputs.history.joining import fold_corrected, fold_orders, joined
from smartapp.outputs.history.parts import Part, part_answered, part_of
from smartapp.outputs.history.therapy import Therapy
from smartapp.policies import Policy
from smartapp.policies.history import HistoryRules

_SHORT = 28
"""Characters of a coded value that is told instead of our word for it."""
_READ = frozenset(
    {
        "*",
        "Condition",
        "DiagnosticReport",
        "Medication",
        "MedicationAdministration",
        "MedicationDispense",
        "MedicationRequest",
        "MedicationStatement",
        "Observation",
        "Procedure",
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """A result or a finding on one day."""

    kind: str
    """As the policy names it: `braf`, `metastasis`, `stage`, `status`."""
    label: str
    """The kind for a person: "BRAF result"."""
    text: str
    """What it says, in a few words: "BRAF V600 not detected"."""
    recorded: str
    """What the record says in its own words, or ""."""
    on: str | None
    """YYYY, YYYY-MM or YYYY-MM-DD; None where the record gives no date."""
    doubt: str | None
    """Why it settles nothing, or None."""
    reference: str
    answered: bool
    """Whether it is a clinician's answer in the form, not a resource of the record."""


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """Therapies and events in the order of their dates, those without a date last."""

    offered: bool
    """Whether the policy tells a therapy history at all."""
    therapies: tuple[Therapy, ...]
    events: tuple[Event, ...]
    as_of: str
    """The day of asking, YYYY-MM-DD: where what is ongoing ends in the picture."""
    note: str
    """What is not shown, in the policy's words."""
    gaps: tuple[str, ...]
    """What could not be read, and may be missing here."""

    @property
    def has_dates(self) -> bool:
        """Whether there is anything to draw."""
        return any(t.start or t.stop for t in self.therapies) or any(e.on for e in self.events)


def history(policy: Policy, facts: Facts, run: Evaluation) -> History:
    """The therapy history that the policy's defines find; `facts` are the normalised ones, `run` the evaluated policy.

    A define that fails leaves its rows out and is told among the gaps.
    """
    rules = policy.history
    if rules is None:
        return _nothing(str(run.today))
    told = _Told(rules=rules, policy=policy, facts=facts, run=run.also(policy.form_library))
    therapies, events = tuple(told.therapies()), tuple(told.events())
    return History(
        offered=True,
        therapies=therapies,
        events=events,
        as_of=str(run.today),
        note=rules.note,
        gaps=(*told.failed(), *in_words(u for u in facts.unread if u.type in _READ)),
    )


def _nothing(as_of: str) -> History:
    return History(offered=False, therapies=(), events=(), as_of=as_of, note="", gaps=())


@dataclass(frozen=True, slots=True, kw_only=True)
class _Told:
    """One record, read through the defines that the policy names."""

    rules: HistoryRules
    policy: Policy
    facts: Facts
    run: Evaluation

    def therapies(self) -> list[Therapy]:
        """The therapies, by date; an order that was followed by the drug is told with it."""
        parts = fold_corrected(self._parts())
        return sorted(fold_orders(joined(parts)), key=lambda t: _when(t.start or t.stop, t.agent))

    def events(self) -> list[Event]:
        """The events, by date; a source says one thing of a kind, and rather what is not in doubt."""
        found = sorted(
            map(self._event, self._rows(self.rules.events)), key=lambda event: event.doubt is not None
        )
        once = {(event.reference, event.kind, event.on): event for event in reversed(found)}
        shown = [event for event in once.values() if event.kind in self.rules.kinds]
        return sorted(_without_copies(shown), key=lambda event: _when(event.on, event.text))

    def failed(self) -> Iterator[str]:
        """A sentence for each define that could not be computed."""
        for define in self.rules.defines:
            try:
                self.run.value(define)
            except DefineError:
                yield f'The rule "{define}" failed on this record: its rows are missing in the therapy history.'

    def _parts(self) -> Iterator[Part]:
        known = {reference_of(r): r for r in self.facts.resources}
        for row in self._rows(self.rules.treatments):
            resource = known.get(row["reference"])
            part = part_of(row, resource, self.rules) if resource else None
            if part:
                yield part
        for row in self._rows(self.rules.answered):
            yield part_answered(row, self.rules, self.policy.terms)

    def _event(self, row: Mapping[str, Any]) -> Event:
        resource = self.facts.find(row["reference"])
        answered = row["reference"].startswith("QuestionnaireResponse/")
        return Event(
            kind=row["kind"],
            label=self.rules.kinds.get(row["kind"], ""),
            text=_short_value(row, resource) or row["says"],
            recorded=text_of(resource) if resource and not answered else "",
            on=str(row["dated"]) if row["dated"] else None,
            doubt=row["why"],
            reference=row["reference"],
            answered=answered,
        )

    def _rows(self, define: str | None) -> Iterable[Mapping[str, Any]]:
        if define is None:
            return ()
        try:
            return self.run.value(define) or ()
        except DefineError:
            return ()


def _without_copies(events: Sequence[Event]) -> Iterator[Event]:
    """Without the answers that only repeat what the record says."""
    said = {(event.kind, event.text) for event in events if not event.answered and event.doubt is None}
    return (event for event in events if not event.answered or (event.kind, event.text) not in said)


def _short_value(row: Mapping[str, Any], resource: Resource | None) -> str:
    """The stage as it is written, such as cM1b: shorter and more exact than our word for it."""
    if resource is None or row["kind"] not in ("metastasis", "stage"):
        return ""
    value = concept_text(resource.get("valueCodeableConcept"))
    return value if len(value) <= _SHORT else ""


def _when(day: str | None, name: str) -> tuple[bool, str, str]:
    return day is None, day or "", name
