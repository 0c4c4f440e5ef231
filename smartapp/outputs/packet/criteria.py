"""The verdict and the criteria with their evidence, as a reviewer looks for them on the first page."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from smartapp.determination import Answer, Criterion, Determination, Outcome
from smartapp.outputs import telling
from smartapp.outputs.form.answers import all_answers, is_own
from smartapp.outputs.packet.answers import told as answered
from smartapp.outputs.packet.sources import Sources
from smartapp.outputs.wording import ANSWER, OUTCOME, brief, count_met
from smartapp.policies import CriterionText, Policy
from smartapp.policies.form import all_items

_SHOWN = 3
"""Rows of evidence of one criterion on the first page; where there are more, all of them are further back."""
_MOST = 40
"""Rows of evidence of one criterion in full: those that tell most."""
_LETTERS = 120
"""Characters of a piece of evidence; the list of sources has more of it."""
_MARK = {Answer.MET: "met", Answer.UNMET: "unmet", Answer.UNKNOWN: "open"}
_OUTCOME_MARK = {Outcome.MET: "met", Outcome.NEEDS_INFORMATION: "open", Outcome.NOT_APPLICABLE: "open"}
_NOTE = {"name-match": "recognised by its name", "attested": "a clinician's answer"}


def verdict(determination: Determination) -> dict[str, str]:
    """The outcome in words, the counts and the reason; `mark` is met, open or unmet."""
    outcome = determination.outcome
    word = OUTCOME[outcome] if outcome else "no policy covers the order"
    return {
        "mark": _OUTCOME_MARK.get(outcome, "unmet") if outcome else "open",
        "word": word[0].upper() + word[1:],
        "counts": count_met(determination.criteria) if determination.criteria else "",
        "reason": determination.reason,
    }


def rows(
    policy: Policy, determination: Determination, response: Mapping[str, Any], sources: Sources
) -> list[dict[str, Any]]:
    """Each criterion: what the policy asks, the answer, its evidence in brief and in full."""
    texts = {text.id: text for text in policy.criteria}
    told = {text.id: _told(text, policy, response) for text in policy.criteria}
    return [
        {"number": str(number), **_criterion(one, texts[one.id], told[one.id], sources)}
        for number, one in enumerate(determination.criteria, 1)
    ]


def _criterion(criterion: Criterion, text: CriterionText, told: str, sources: Sources) -> dict[str, Any]:
    found = _joined(_found(criterion, told))
    shown = telling.most_telling(
        found, _MOST, says=(_note, _says), day=lambda row: max(row.days, default=None)
    )
    left_out = [row for row in found if row not in shown]
    sources.leave_out(reference for row in left_out for reference in row.references)
    evidence = [row.printed(sources) for row in shown]
    return {
        "title": criterion.title,
        "mark": _MARK[criterion.answer],
        "answer": ANSWER[criterion.answer].capitalize(),
        "asks": text.asks,
        "reason": _reason(criterion),
        "how": text.how if criterion.answer is Answer.UNKNOWN else "",
        "evidence": evidence[:_SHOWN],
        "more": max(len(found) - _SHOWN, 0),
        "left": telling.left_out(len(left_out)),
        "all": evidence if len(evidence) > _SHOWN else [],
    }


def _reason(criterion: Criterion) -> str:
    """The sentence on the answer; where doubts are listed they say it, and only what was not read is left to say."""
    if criterion.answer is Answer.UNKNOWN and criterion.uncertain:
        return " ".join(criterion.unread)
    return criterion.reason


@dataclass(frozen=True, slots=True, kw_only=True)
class _Row:
    """One piece of evidence, or several resources that say the same."""

    text: str
    note: str
    kind: str
    days: tuple[str, ...]
    references: tuple[str, ...]

    @property
    def group(self) -> tuple[str, str, str]:
        """What rows that say the same have in common."""
        return self.text, self.note, self.kind

    def printed(self, sources: Sources) -> dict[str, str]:
        """The row as text, its sources as numbers."""
        count = len(self.references)
        return {
            "text": brief(self.text, _LETTERS) + (f" ({count} records)" if count > 1 else ""),
            "date": _days(self.days) if self.kind != "Patient" else "-",
            "source": sources.cite(self.references),
            "note": self.note,
        }


def _found(criterion: Criterion, told: str) -> Iterator[_Row]:
    for evidence in criterion.evidence:
        text = told if evidence.origin == "attested" and told else evidence.text
        yield _row(evidence.reference, text, evidence.date, _NOTE.get(evidence.origin, ""))
    for doubt in criterion.uncertain:
        attested = doubt.reference.startswith("QuestionnaireResponse/")
        text = told if attested and told else doubt.text
        yield _row(doubt.reference, text, doubt.date, f"does not settle it: {doubt.why}")


def _note(row: _Row) -> str:
    return row.note


def _says(row: _Row) -> tuple[str, str, str]:
    return row.note, row.kind, telling.alike(row.text)


def _row(reference: str, text: str, day: str | None, note: str) -> _Row:
    kind = reference.partition("/")[0]
    return _Row(text=text, note=note, kind=kind, days=(day,) if day else (), references=(reference,))


def _joined(found: Iterable[_Row]) -> list[_Row]:
    """Rows that say the same as one, in the order of the first."""
    groups: dict[tuple[str, str, str], list[_Row]] = {}
    for row in found:
        groups.setdefault(row.group, []).append(row)
    return [
        _Row(
            text=rows[0].text,
            note=rows[0].note,
            kind=rows[0].kind,
            days=tuple(day for row in rows for day in row.days),
            references=tuple(ref for row in rows for ref in row.references),
        )
        for rows in groups.values()
    ]


def _days(days: tuple[str, ...]) -> str:
    if not days:
        return "no date"
    first, last = min(days), max(days)
    return first if first == last else f"{first} to {last}"


def _told(text: CriterionText, policy: Policy, response: Mapping[str, Any]) -> str:
    """The clinician's answers to the questions that settle a criterion: "Is the melanoma unresectable? Yes"."""
    items = {item.link_id: item for item in all_items(policy.form)}
    links = {ask.item for ask in text.ask}
    found = [(items[link], given) for link, given in all_answers(response.get("item", ())) if link in links]
    own = [(item, given) for item, given in found if any(map(is_own, given))]
    return "; ".join(f"{item.text or item.link_id} {answered(item, given)}" for item, given in own or found)
