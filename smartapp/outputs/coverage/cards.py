"""The further card types of CRD: external reference, instructions, form completion, additional orders.

Each is off until a client, or the settings, ask for it: a clinician has our card, which says all of it in brief.
"""

import uuid
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from smartapp.determination import Answer, Determination, Outcome
from smartapp.evidence import date_of, text_of
from smartapp.facts import Facts, Resource, reference_of
from smartapp.outputs.card import SUMMARY_LIMIT, plain
from smartapp.outputs.coverage.options import APPROPRIATE_USE, COVERAGE, DTR, GUIDELINE, REMINDER, Settings
from smartapp.outputs.dialect import Dialect
from smartapp.outputs.wording import DISCLAIMER
from smartapp.policies import Policy
from smartapp.policies.suggested import SuggestedOrder

_TEMP = "http://hl7.org/fhir/us/davinci-crd/CodeSystem/temp"
_SDC = "http://hl7.org/fhir/uv/sdc/CodeSystem/temp"
_TOPICS = {
    Dialect.V2_0: _TEMP,
    Dialect.V2_2: "http://terminology.hl7.org/CodeSystem/cdshooks-card-type",
}
_OPEN = ("draft", "active", "on-hold")
_DOCUMENTED = frozenset({Outcome.MET, Outcome.NEEDS_INFORMATION})

Json = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """What the cards are about."""

    policy: Policy
    determination: Determination
    facts: Facts
    """The normalised facts."""
    order: Resource
    payer: Mapping[str, Any]
    """A Reference to who pays."""
    user: str
    """Who orders, "Practitioner/id"."""
    dialect: Dialect
    is_primary: bool
    now: datetime


def cards(subject: Subject, settings: Settings) -> Iterator[Json]:
    """The cards that the settings want and the case calls for, the most useful first."""
    if settings[REMINDER.code]:
        yield from additional_orders(subject)
    if settings[APPROPRIATE_USE.code] and subject.is_primary:
        yield from instructions(subject)
    if settings[COVERAGE.code] and not settings[DTR.code] and subject.is_primary:
        yield from form_completion(subject)
    if settings[GUIDELINE.code]:
        yield external_reference(subject)


def external_reference(subject: Subject) -> Json:
    """A link to the text of the policy, with what it asks for in brief."""
    policy = subject.policy
    link = {"label": f"Medical policy {policy.id}", "url": policy.source, "type": "absolute"}
    asks = "\n".join(f"- **{text.title}**: {text.asks}" for text in policy.criteria)
    detail = f"What the policy asks for:\n\n{asks}"
    summary = f"Medical policy {policy.id}: {policy.title}"
    return _card(subject, GUIDELINE.code, summary, detail) | {"links": [link]}


def instructions(subject: Subject) -> Iterator[Json]:
    """What is missing and where to put it; none when nothing is."""
    texts = {text.id: text for text in subject.policy.criteria}
    missing = [c for c in subject.determination.criteria if c.answer is Answer.UNKNOWN]
    if subject.determination.outcome is not Outcome.NEEDS_INFORMATION or not missing:
        return
    lines = "\n".join(f"- **{c.title}**: {plain(c.reason)} {texts[c.id].how}" for c in missing)
    shorts = "; ".join(texts[c.id].short for c in missing)
    card = _card(subject, APPROPRIATE_USE.code, f"Please document: {shorts}", f"{lines}\n\n{DISCLAIMER}")
    yield _of_order(card, subject)


def form_completion(subject: Subject) -> Iterator[Json]:
    """A Task to complete the form, where no DTR application can open it (CRD 2.2.1 resp-59)."""
    if subject.determination.outcome not in _DOCUMENTED:
        return
    title = subject.policy.questionnaire.get("title", subject.policy.title)
    action = {"type": "create", "description": f"Add a task: {title}", "resource": _task(subject, title)}
    detail = "The payer wants this form with the request for prior authorization."
    suggestion = {"label": "Add the form to the task list", "uuid": _uuid(), "actions": [action]}
    card = _card(subject, COVERAGE.code, f"Form to complete: {title}", detail) | _suggesting(suggestion)
    yield _of_order(card, subject)


def additional_orders(subject: Subject) -> Iterator[Json]:
    """A draft order for a test, where nothing is on record about what it would show."""
    for suggested in subject.policy.suggested:
        if _is_gap(suggested, subject) and not _is_ordered(
            suggested, subject.facts.of_type("ServiceRequest")
        ):
            action = {
                "type": "create",
                "description": f"Create a draft order: {suggested.text}",
                "resource": _test(suggested, subject),
            }
            suggestion = {"label": suggested.label, "uuid": _uuid(), "actions": [action]}
            yield _card(subject, REMINDER.code, suggested.label, suggested.why) | _suggesting(suggestion)


def about(order: Resource) -> Json:
    """The extension of a card that says which order it is about (CRD 2.2.1 dev-25)."""
    return {"davinci-crd.associated-resource": [{"reference": reference_of(order)}]}


def for_order(order: Resource) -> str:
    """The same for a person, as Markdown."""
    day = date_of(order)
    written = f", {day}" if day else ""
    return f"For the order of {plain(text_of(order))}{written} ({plain(reference_of(order))})."


def _card(subject: Subject, topic: str, summary: str, detail: str) -> Json:
    coding = {"system": _TOPICS[subject.dialect], "code": topic}
    return {
        "uuid": _uuid(),
        "summary": _cut(summary),
        "detail": detail,
        "indicator": "info",
        "source": {"label": subject.policy.payer, "url": subject.policy.source, "topic": coding},
    }


def _of_order(card: Json, subject: Subject) -> Json:
    """A card about one order; one without this is the same for every order of a call."""
    # CRD 2.2.1 dev-24: with several orders in a call, say in words which one the card is about
    detail = f"{card['detail']}\n\n{for_order(subject.order)}"
    return card | {"detail": detail, "extension": about(subject.order)}


def _suggesting(suggestion: Json) -> Json:
    return {"suggestions": [suggestion], "selectionBehavior": "any"}


def _task(subject: Subject, title: str) -> Json:
    """Profile taskquestionnaire; 2.0.1 also wants to know what becomes of the form."""
    inputs = [
        {
            "type": {"coding": [{"system": _SDC, "code": "questionnaire"}], "text": "questionnaire"},
            "valueCanonical": subject.policy.form_canonical,
        }
    ]
    if subject.dialect is Dialect.V2_0:
        inputs.append(
            {
                "type": {"coding": [{"system": _TEMP, "code": "after-completion-action"}]},
                "valueCodeableConcept": {"coding": [{"system": _TEMP, "code": "prior-auth-include"}]},
            }
        )
    return {
        "resourceType": "Task",
        "basedOn": [{"reference": reference_of(subject.order)}],
        "status": "ready",
        "intent": "order",
        "code": {"coding": [{"system": _SDC, "code": "complete-questionnaire"}]},
        "description": title,
        "for": {"reference": subject.determination.patient},
        "authoredOn": _moment(subject),
        "requester": dict(subject.payer),
        "owner": {"reference": subject.user},
        "reasonCode": {"text": "Prior authorization"},
        "input": inputs,
    }


def _test(suggested: SuggestedOrder, subject: Subject) -> Json:
    """Profile servicerequest: a draft for the clinician to complete."""
    order = {
        "resourceType": "ServiceRequest",
        "status": "draft",
        "intent": "order",
        "code": {
            "coding": [{"system": suggested.system, "code": suggested.codes[0]}],
            "text": suggested.text,
        },
        "subject": {"reference": subject.determination.patient},
        "authoredOn": _moment(subject),
        "requester": {"reference": subject.user},
        "reasonCode": subject.order.get("reasonCode"),
    }
    return {name: value for name, value in order.items() if value}


def _is_gap(suggested: SuggestedOrder, subject: Subject) -> bool:
    """Nothing was found, everything was read, and the form would ask."""
    return any(
        c.id == suggested.criterion
        and c.answer is Answer.UNKNOWN
        and suggested.ask in c.ask
        and not (c.uncertain or c.unread)
        for c in subject.determination.criteria
    )


def _is_ordered(suggested: SuggestedOrder, orders: Iterable[Resource]) -> bool:
    return any(
        order.get("status") in _OPEN
        and (_codes(order) & set(suggested.codes) or suggested.words.search(str(order)))
        for order in orders
    )


def _codes(order: Resource) -> set[str]:
    code = order.get("code")
    codings = code.get("coding") if isinstance(code, dict) else None
    return {str(c.get("code")) for c in (codings if isinstance(codings, list) else ()) if isinstance(c, dict)}


def _moment(subject: Subject) -> str:
    return subject.now.isoformat(timespec="seconds")


def _uuid() -> str:
    return str(uuid.uuid4())


def _cut(text: str) -> str:
    return text if len(text) <= SUMMARY_LIMIT else f"{text[: SUMMARY_LIMIT - 1].rsplit(' ', 1)[0]}…"
