"""A determination as a CDS Hooks 2.0.1 card: the message in the summary, the reasons in the detail."""

import os
import re
import uuid
from collections.abc import Iterator
from itertools import islice
from typing import Any

from smartapp.determination import Answer, Criterion, Determination, Outcome
from smartapp.outputs.wording import ANSWER, DISCLAIMER, OUTCOME, count_met, open_first
from smartapp.policies import CriterionText, Policy

SUMMARY_LIMIT = 139  # CDS Hooks 2.0.1 "Card attributes": a sentence of less than 140 characters
_EVIDENCE_SHOWN = 3

_CARD_TYPE = "http://terminology.hl7.org/CodeSystem/cdshooks-card-type"
_OVERRIDE = "https://smartapp.example/fhir/CodeSystem/override-reason"
_OVERRIDE_REASONS = (
    ("evidence-elsewhere", "The evidence is in records outside this chart"),
    ("submitted-otherwise", "The request was or will be submitted another way"),
    ("not-this-payer", "The policy does not apply to this patient's plan"),
    ("disagree", "I disagree with the assessment"),
)
_MARKUP = re.compile(r"[\\`*_{}\[\]<>#|~!&]")
_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
_INDICATOR = {Outcome.MET: "info", Outcome.NOT_APPLICABLE: "info"}


def render(
    determination: Determination,
    policy: Policy,
    *,
    base_url: str,
    response: dict[str, Any] | None = None,
) -> dict[str, Any]:
    """The card for one order; `response` is the pre-filled QuestionnaireResponse that its suggestion creates.

    `base_url` is our external address; the SMART link carries an opaque appContext, never patient data.
    """
    assert determination.outcome is not None, "an order that no policy covers has no card"
    card_id, suggestion_id, context = _uuids(3)
    card: dict[str, Any] = {
        "uuid": card_id,
        "summary": summary(determination, policy),
        "detail": detail(determination, policy),
        "indicator": _INDICATOR.get(determination.outcome, "warning"),
        "source": _source(policy),
        "overrideReasons": [
            {"code": code, "system": _OVERRIDE, "display": display} for code, display in _OVERRIDE_REASONS
        ],
        "links": [
            {
                "label": "Review the evidence and complete the form",
                "url": f"{base_url.rstrip('/')}/launch.html",
                "type": "smart",
                "appContext": context,
            },
            {"label": f"Medical policy {policy.id}", "url": policy.source, "type": "absolute"},
        ],
    }
    if response is not None:
        card["suggestions"] = [_suggestion(response, suggestion_id)]
        card["selectionBehavior"] = "at-most-one"
    return card


def summary(determination: Determination, policy: Policy) -> str:
    """The whole message in one sentence of less than 140 characters."""
    assert determination.outcome is not None
    start = f"{_short(policy.therapy)}: {OUTCOME[determination.outcome]}"
    counted = count_met(determination.criteria)
    if determination.outcome in (Outcome.NOT_APPLICABLE, Outcome.INVESTIGATIONAL):
        return _cut(f"{start}. {determination.reason}")
    if determination.outcome is Outcome.MET:
        return _cut(f"{start} on this record, {counted} (policy {policy.id}).")
    shorts = {text.id: text.short for text in policy.criteria}
    told = Answer.UNMET if determination.outcome is Outcome.NOT_MET else Answer.UNKNOWN
    names = [shorts[c.id] for c in determination.criteria if c.answer is told]
    link = "on" if told is Answer.UNKNOWN else "for"
    return _named(f"{start} {link}", names, counted)


def _named(start: str, names: list[str], counted: str) -> str:
    """As many of the names as fit, and how many more there are."""
    for shown in range(len(names), 0, -1):
        more = f" and {len(names) - shown} more" if shown < len(names) else ""
        text = f"{start} {'; '.join(names[:shown])}{more} ({counted})."
        if len(text) <= SUMMARY_LIMIT:
            return text
    return _cut(f"{start} {len(names)} criteria ({counted}).")


def detail(determination: Determination, policy: Policy) -> str:
    """Markdown: what stands in the way first, each criterion with its evidence and date, what to do, the policy."""
    texts = {text.id: text for text in policy.criteria}
    lines = [f"**{determination.reason}**", ""]
    lines += [
        line for criterion in open_first(determination) for line in _criterion(criterion, texts[criterion.id])
    ]
    lines += [f"- Note: {plain(notice.text)}" for notice in determination.notices]
    lines.append(
        f"- Policy {policy.id}, {policy.title}, effective {policy.effective.isoformat()} ({policy.payer})"
    )
    lines.append(f"- {DISCLAIMER}")
    return "\n".join(lines)


def _criterion(criterion: Criterion, text: CriterionText) -> Iterator[str]:
    found = len(criterion.evidence) + len(criterion.uncertain)
    reason = "" if found and criterion.answer is not Answer.UNMET else f" {plain(criterion.reason)}"
    how = f" {text.how}" if criterion.answer is Answer.UNKNOWN else ""
    yield f"- **{criterion.title}: {ANSWER[criterion.answer]}.**{reason}{how}"
    for line in islice(_found(criterion), _EVIDENCE_SHOWN):
        yield f"  - {line}"
    if found > _EVIDENCE_SHOWN:
        yield f"  - and {found - _EVIDENCE_SHOWN} more"
    if criterion.answer is Answer.UNKNOWN and criterion.uncertain and criterion.unread:
        yield f"  - {plain(' '.join(criterion.unread))}"


def _found(criterion: Criterion) -> Iterator[str]:
    """What was found, in chart words: with how it was recognised, or with why it does not settle the question."""
    for evidence in criterion.evidence:
        yield _line(evidence.text, evidence.date, _by_name(evidence.origin))
    for doubt in criterion.uncertain:
        yield _line(doubt.text, doubt.date, doubt.why)


def _line(text: str, date: str | None, note: str) -> str:
    dated = f"{plain(text)}, {date}" if date else plain(text)
    return f"{dated}: {plain(note)}" if note else dated


def _by_name(origin: str) -> str:
    return {"name-match": "matched by name", "attested": "as answered by a clinician"}.get(origin, "")


def _source(policy: Policy) -> dict[str, Any]:
    topic = {"system": _CARD_TYPE, "code": "coverage-info", "display": "Coverage Information"}
    return {"label": policy.payer, "url": policy.source, "topic": topic}


def _uuids(count: int) -> Iterator[str]:
    """So many random UUIDs; the randomness is asked for once, for asking is what takes the time."""
    random = os.urandom(16 * count)
    for start in range(0, len(random), 16):
        yield str(uuid.UUID(bytes=random[start : start + 16], version=4))


def _suggestion(response: dict[str, Any], suggestion_id: str) -> dict[str, Any]:
    action = {
        "type": "create",
        "description": "Create the pre-filled prior-authorization form (in progress) in the chart",
        "resource": response,
    }
    return {
        "label": "Save the pre-filled prior-authorization form",
        "uuid": suggestion_id,
        "actions": [action],
    }


def plain(text: str) -> str:
    """Text from a chart as plain words: no markup of Markdown or HTML survives, nor a line break."""
    return _MARKUP.sub(_escaped, " ".join(text.split()))


def _escaped(mark: re.Match[str]) -> str:
    return _ENTITIES.get(mark[0], f"\\{mark[0]}")


def _short(therapy: str) -> str:
    return therapy.split(" (", maxsplit=1)[0].capitalize()


def _cut(text: str) -> str:
    """The text where it fits, else up to the end of a clause; the detail says the rest."""
    if len(text) <= SUMMARY_LIMIT:
        return text
    whole, _, _ = text[:SUMMARY_LIMIT].rpartition("; ")
    return f"{whole}." if whole else text[: SUMMARY_LIMIT - 1].rsplit(" ", 1)[0] + "…"
