"""A determination as a CDS Hooks 2.0.1 card: the message in the summary, the reasons in the detail."""

import re
import uuid
from collections.abc import Iterator
from typing import Any

from smartapp.determination import Answer, Criterion, Determination, Outcome
from smartapp.outputs.wording import ANSWER, DISCLAIMER, OUTCOME, count_met, open_titles
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
_INDICATOR = {Outcome.MET: "info", Outcome.NOT_APPLICABLE: "info"}


def render(
    determination: Determination,
    policy: Policy,
    *,
    base_url: str,
    response: dict[str, Any] | None = None,
    card_id: str | None = None,
    suggestion_id: str | None = None,
) -> dict[str, Any]:
    """The card for one order; `response` is the pre-filled QuestionnaireResponse that its suggestion creates.

    `base_url` is our external address; the SMART link carries an opaque appContext, never patient data.
    """
    assert determination.outcome is not None, "an order that no policy covers has no card"
    card: dict[str, Any] = {
        "uuid": card_id or str(uuid.uuid4()),
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
                "appContext": str(uuid.uuid4()),
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
    if determination.outcome in (Outcome.NOT_APPLICABLE, Outcome.INVESTIGATIONAL):
        return _cut(f"{start}. {determination.reason}")
    if determination.outcome is Outcome.MET:
        return _cut(f"{start}, {count_met(determination.criteria)} (policy {policy.id}).")
    return _named(start, open_titles(determination), count_met(determination.criteria))


def _named(start: str, titles: list[str], counted: str) -> str:
    """As many of the open criteria as fit, and how many more there are."""
    for shown in range(len(titles), 0, -1):
        more = f" and {len(titles) - shown} more" if shown < len(titles) else ""
        text = f"{start} on {'; '.join(titles[:shown])}{more} ({counted})."
        if len(text) <= SUMMARY_LIMIT:
            return text
    return _cut(f"{start} ({counted}).")


def detail(determination: Determination, policy: Policy) -> str:
    """Markdown: each criterion in words with its evidence and date, what is missing, the policy, what this is."""
    texts = {text.id: text for text in policy.criteria}
    lines = [f"**{OUTCOME[determination.outcome].capitalize()}.** {determination.reason}"] if determination.outcome else []
    lines += [line for criterion in determination.criteria for line in _criterion(criterion, texts[criterion.id])]
    lines += [f"- **Note:** {plain(notice.text)}" for notice in determination.notices]
    lines.append(f"- **Policy:** {policy.id}, {policy.title}, effective {policy.effective.isoformat()} ({policy.payer})")
    lines.append(f"- {DISCLAIMER}")
    return "\n".join(lines)


def _criterion(criterion: Criterion, text: CriterionText) -> Iterator[str]:
    said = f"- **{criterion.title}: {ANSWER[criterion.answer]}.**"
    if criterion.answer is Answer.UNKNOWN:
        yield f"{said} {plain(criterion.reason)} *{text.how}*"
        found = [(d.text, d.date, d.why) for d in criterion.uncertain]
    else:
        yield f"{said} {plain(criterion.reason)}"
        found = [(e.text, e.date, _by_name(e.origin)) for e in criterion.evidence]
    for what, date, note in found[:_EVIDENCE_SHOWN]:
        yield "  - " + ", ".join(part for part in (plain(what), date, plain(note)) if part)
    if len(found) > _EVIDENCE_SHOWN:
        yield f"  - and {len(found) - _EVIDENCE_SHOWN} more"


def _by_name(origin: str) -> str:
    return {"name-match": "matched by name", "attested": "as answered by a clinician"}.get(origin, "")


def _source(policy: Policy) -> dict[str, Any]:
    topic = {"system": _CARD_TYPE, "code": "coverage-info", "display": "Coverage Information"}
    return {"label": policy.payer, "url": policy.source, "topic": topic}


def _suggestion(response: dict[str, Any], suggestion_id: str | None) -> dict[str, Any]:
    action = {
        "type": "create",
        "description": "Create the pre-filled prior-authorization form (in progress) in the chart",
        "resource": response,
    }
    return {
        "label": "Save the pre-filled prior-authorization form",
        "uuid": suggestion_id or str(uuid.uuid4()),
        "actions": [action],
    }


def plain(text: str) -> str:
    """Text from a chart as plain words: no markup of Markdown or HTML survives, nor a line break."""
    flat = re.sub(r"\s+", " ", text).strip()
    return re.sub(r"([\\`*_{}\[\]<>#|~!])", r"\\\1", flat.replace("&", "&amp;")).replace("\\<", "&lt;").replace("\\>", "&gt;")


def _short(therapy: str) -> str:
    return therapy.split(" (")[0].capitalize()


def _cut(text: str) -> str:
    return text if len(text) <= SUMMARY_LIMIT else text[: SUMMARY_LIMIT - 1].rsplit(" ", 1)[0] + "…"
