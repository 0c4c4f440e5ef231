"""From a reviewed order to the bytes of its PDF packet."""

import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Protocol

import orjson

from smartapp.determination import Determination
from smartapp.facts import Facts, in_words
from smartapp.outputs import timeline
from smartapp.outputs.history import History
from smartapp.outputs.packet import answers, criteria, request, treatment
from smartapp.outputs.packet.person import person_of
from smartapp.outputs.packet.sources import Sources
from smartapp.outputs.packet.typeset import FONT, typeset
from smartapp.outputs.page.words import moment
from smartapp.outputs.wording import DISCLAIMER
from smartapp.policies import Policy

_ID_LENGTH = 12


class Signed(Protocol):
    """Who signed, when, and how that is known."""

    @property
    def who(self) -> str: ...  # noqa: D102
    @property
    def at(self) -> datetime: ...  # noqa: D102
    @property
    def method(self) -> str: ...  # noqa: D102


def pdf(  # noqa: PLR0913 - the packet holds all of it
    *,
    policy: Policy,
    determination: Determination,
    facts: Facts,
    response: Mapping[str, Any],
    history: History,
    signature: Signed | None,
    audit_id: str,
    now: datetime,
    read_at: datetime | None = None,
    number: int = 1,
) -> bytes:
    """The packet as PDF: Letter, tagged, fonts inside; the same arguments give the same bytes.

    `facts` are the normalised ones; `response` the QuestionnaireResponse with every answer; `read_at` when the chart
    was read (`now` without it); `number` the version of the signed document. Without `signature` it is a draft.
    """
    sources, given = Sources(facts), list(response.get("item", ()))
    shown, left_out = treatment.fitting(history)
    content = {
        **_heading(policy, determination, signature, number),
        "person": person_of(facts, today=now.date()),
        "request": request.told(policy, determination, facts, response, sources),
        "criteria": criteria.rows(policy, determination, response, sources),
        "notices": [notice.text for notice in determination.notices],
        "treatment": treatment.told(shown, left_out, sources),
        "answers": answers.groups(policy.form, given, sources),
        "unanswered": answers.unanswered(policy.form, given),
        "unread": list(in_words(facts.unread)),
        "signature": _signature(signature),
        "sources": list(sources.listed()),
        "places": sources.places,
        "left": sources.left_out,
        "about": _about(policy, facts, audit_id, now, read_at or now),
        "disclaimer": DISCLAIMER,
    }
    content["packet"] = _packet_id(content)
    picture = timeline.svg(shown, family=FONT)
    return typeset(content, picture=picture, now=now)


def _heading(
    policy: Policy, determination: Determination, signature: Signed | None, number: int
) -> dict[str, Any]:
    return {
        "title": f"Prior authorization request: {policy.therapy}",
        "draft": signature is None,
        "version": f"version {number}" if number > 1 else "",
        "policy": {
            "id": policy.id,
            "title": policy.title,
            "payer": policy.payer,
            "version": policy.version,
            "effective": policy.effective.isoformat(),
        },
        "verdict": criteria.verdict(determination),
    }


def _signature(signature: Signed | None) -> dict[str, str] | None:
    if signature is None:
        return None
    return {"who": signature.who, "at": moment(signature.at), "method": signature.method}


def _about(
    policy: Policy, facts: Facts, audit_id: str, now: datetime, read_at: datetime
) -> list[tuple[str, str]]:
    return [
        ("Policy", f"{policy.id}, {policy.title}"),
        ("Published by", policy.payer),
        ("Version, effective", f"{policy.version}, effective {policy.effective.isoformat()}"),
        ("Text of the policy", policy.source),
        ("Form", policy.form_canonical),
        ("Chart data as of", moment(read_at)),
        ("Read from", ", ".join(sorted(set(facts.origins.values()))) or "not recorded"),
        ("Packet made", moment(now)),
        ("Audit trail", f"review {audit_id}"),
    ]


def _packet_id(content: Mapping[str, Any]) -> str:
    """An identifier that follows from the content: two packets that differ in anything differ in it."""
    return hashlib.sha256(orjson.dumps(content)).hexdigest()[:_ID_LENGTH]
