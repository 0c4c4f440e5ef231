"""One resource, or one line of the form, as a piece of a therapy: which drug, when, and what its status says."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from smartapp.evidence import concept_text, origin_of, text_of
from smartapp.facts import Resource
from smartapp.normalize import Terms, drugs
from smartapp.normalize.terms import DRUG_NAME
from smartapp.policies.history import DrugClass, HistoryRules, Pair

_STATUS = {
    "MedicationAdministration": {
        "completed": "given",
        "in-progress": "being given",
        "stopped": "given, then stopped",
        "on-hold": "given, on hold",
    },
    "MedicationStatement": {
        "active": "being taken",
        "completed": "taken",
        "stopped": "taken, then stopped",
        "on-hold": "taken, on hold",
    },
    "MedicationDispense": {"completed": "dispensed", "in-progress": "being dispensed"},
    "Procedure": {"completed": "performed", "in-progress": "under way", "stopped": "started, then stopped"},
}
_NOT_IDENTIFIED = "it is open whether this is a drug that the policy means"
_ONGOING = {("MedicationAdministration", "in-progress"), ("MedicationStatement", "active")}


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One resource, or one line of the form, as a piece of a therapy."""

    agent: str
    kind: str
    start: str | None
    end: str | None
    status: str
    ordered: bool
    ongoing: bool
    adjuvant: bool
    reason: str
    doubt: str | None
    recorded: str
    reference: str
    by_name: bool
    answered: bool
    stands_for: tuple[str, ...] = ()
    """The resources that had filled in an answered line."""
    corrects: tuple[str, ...] = ()
    """What they say, for a person."""

    @property
    def is_dose(self) -> bool:
        """Whether it is one dose on one day."""
        return self.reference.startswith("MedicationAdministration/") and self.end is None

    @property
    def group(self) -> tuple[str, bool, bool, bool, str]:
        """What one row has in common."""
        return self.agent, self.answered, self.ordered, self.adjuvant, self.doubt or ""


def part_of(row: Mapping[str, Any], resource: Resource, rules: HistoryRules) -> Part | None:
    """The treatment that a row names, or None when its drug is of no class that is shown."""
    pairs = _pairs(row["drug"])
    classes = _classes(pairs, rules)
    if not classes:
        return None
    kind, status = str(resource.get("resourceType")), str(resource.get("status"))
    codes = frozenset().union(*(group.codes for group in classes))
    end = _text(row["ended"])
    return Part(
        agent=_agent(pairs, classes, rules) or _recorded_drug(row["drug"], classes),
        kind=" + ".join(group.label for group in classes),
        start=_text(row["started"]),
        end=end,
        status=_status(kind, status),
        ordered=kind == "MedicationRequest",
        ongoing=end is None and (kind, status) in _ONGOING,
        adjuvant=row["adjuvant"] is True,
        reason=_reason(resource),
        doubt=row["why"] or (None if _are_identified(classes) else _NOT_IDENTIFIED),
        recorded=text_of(resource),
        reference=row["reference"],
        by_name=_has_codes(codes) and origin_of(resource, codes) == "name-match",
        answered=False,
    )


def part_answered(row: Mapping[str, Any], rules: HistoryRules, terms: Terms) -> Part:
    """A line of therapy that a clinician entered in the form; a drug that we do not know is shown all the same."""
    said = row["drug"] or "drug not named"
    pairs = [(DRUG_NAME, code) for code in drugs.named(terms, said)]
    classes = _classes(pairs, rules)
    return Part(
        agent=_agent(pairs, classes, rules) or said,
        kind=" + ".join(group.label for group in classes) or "class not known",
        start=_text(row["started"]),
        end=_text(row["ended"]),
        status="as answered in the form",
        ordered=False,
        ongoing=False,
        adjuvant=row["adjuvant"] is True,
        reason="",
        doubt=None,
        recorded=said,
        reference=row["reference"],
        by_name=False,
        answered=True,
        stands_for=tuple(row.get("references") or ()),
    )


def _classes(pairs: Iterable[Pair], rules: HistoryRules) -> list[DrugClass]:
    """The classes of a drug; those that leave it open count only where none identifies it."""
    found = [group for group in rules.classes if group.codes.intersection(pairs)]
    return [group for group in found if group.identified] or found


def _are_identified(classes: Iterable[DrugClass]) -> bool:
    return all(group.identified for group in classes)


def _has_codes(codes: Iterable[Pair]) -> bool:
    """Whether there is a code by which the drug could have been recognised, and not its name alone."""
    return any(system != DRUG_NAME for system, _ in codes)


def _agent(pairs: Iterable[Pair], classes: Sequence[DrugClass], rules: HistoryRules) -> str:
    """The generic names that these codes stand for; "" when a class does not tell which drug it is."""
    if not _are_identified(classes):
        return ""
    codes = frozenset().union(*(group.codes for group in classes))
    ours = [pair for pair in pairs if pair in codes]
    told = [
        code.replace("-", " ") if system == DRUG_NAME else rules.names.get((system, code), "")
        for system, code in ours
    ]
    return " + ".join(dict.fromkeys(name for names in told for name in names.split(" + ") if name))


def _recorded_drug(drug: Mapping[str, Any], classes: Sequence[DrugClass]) -> str:
    return concept_text(drug) or f"{classes[0].label}, drug not named"


def _pairs(drug: Any) -> list[Pair]:
    """The codes of a drug; none where the record holds something else in place of a concept."""
    codings = drug.get("coding") if isinstance(drug, Mapping) else None
    held = (c for c in (codings if isinstance(codings, list) else ()) if isinstance(c, Mapping))
    return [(str(c.get("system")), str(c.get("code"))) for c in held]


def _status(kind: str, status: str) -> str:
    if kind == "MedicationRequest":
        return "ordered only"
    return _STATUS.get(kind, {}).get(status) or f"{kind}, status {status}"


def _reason(resource: Resource) -> str:
    """The recorded reason of the status: why it was stopped or held."""
    given = resource.get("statusReason")
    concepts = given if isinstance(given, list) else [given]
    return "; ".join(dict.fromkeys(filter(None, map(concept_text, concepts))))


def _text(value: Any) -> str | None:
    return str(value) if value is not None else None
