"""The [history] of a policy: which defines tell the therapy history, and how drugs and events are named in it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from smartapp.normalize import Terms, drugs
from smartapp.normalize.terms import DRUG_NAME

Pair = tuple[str, str]
Codes = frozenset[Pair]

_KEYS = {"treatments", "answered", "events", "note", "class", "event"}


@dataclass(frozen=True, slots=True, kw_only=True)
class DrugClass:
    """A class of drugs that the history shows."""

    label: str
    codes: Codes
    identified: bool
    """Whether its codes identify the drug; else it is told as it was recorded, and as in doubt."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryRules:
    """Where a policy's therapy history comes from, and its words."""

    treatments: str
    """A define of the form's library: rows { reference, drug, started, ended, adjuvant, why }."""
    answered: str | None
    """Lines of the form that a clinician entered or changed: rows { reference, drug (text), started, ended, adjuvant,
    references }, the last being the resources that had filled the line in."""
    events: str | None
    """Results and findings: rows { reference, kind, says, dated, why }."""
    classes: tuple[DrugClass, ...]
    kinds: Mapping[str, str]
    """The label of an event by its kind, in the order in which they are shown."""
    names: Mapping[Pair, str]
    """The drug that a code stands for, where the label of the code names it."""
    note: str = ""
    """What is not shown, for a person."""

    @property
    def defines(self) -> tuple[str, ...]:
        """Every define that is named."""
        return tuple(define for define in (self.treatments, self.answered, self.events) if define)


def read_history(
    text: Mapping[str, Any] | None,
    *,
    value_sets: Mapping[str, Codes],
    labels: Mapping[Pair, str],
    terms: Terms,
) -> HistoryRules | None:
    """The rules that a policy's [history] table holds, or None without one; KeyError names an unknown value set."""
    if text is None:
        return None
    if unknown := sorted(set(text) - _KEYS):
        raise KeyError(f"history.{unknown[0]}")
    classes = tuple(_drug_class(row, value_sets, terms) for row in text["class"])
    return HistoryRules(
        treatments=text["treatments"],
        answered=text.get("answered"),
        events=text.get("events"),
        classes=classes,
        kinds={row["kind"]: row["label"] for row in text.get("event", ())},
        names=dict(_names(classes, labels, terms)),
        note=text.get("note", ""),
    )


def _drug_class(row: Mapping[str, Any], value_sets: Mapping[str, Codes], terms: Terms) -> DrugClass:
    known = set(terms.drug_names.values())
    if unknown := sorted(set(row.get("names", ())) - known):
        raise KeyError(f"drug names {', '.join(unknown)}")
    codes = frozenset().union(*(value_sets[name] for name in row.get("drugs", ())))
    named = frozenset((DRUG_NAME, name) for name in row.get("names", ()))
    return DrugClass(label=row["label"], codes=codes | named, identified=row.get("identified", True))


def _names(
    classes: Iterable[DrugClass], labels: Mapping[Pair, str], terms: Terms
) -> Iterable[tuple[Pair, str]]:
    """Codes that EHRs send without a display still name their drug: by the label in the value set."""
    for pair in frozenset().union(*(group.codes for group in classes)):
        found = drugs.named(terms, labels.get(pair, ""), ordered=True)
        if found and pair[0] != DRUG_NAME:
            yield pair, " + ".join(found)
