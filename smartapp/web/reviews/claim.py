"""The request to the payer: downloaded, sent, asked about; and what the page says of it."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import orjson
from flask import url_for

from smartapp.errors import NotSendable, UnknownReview, place_of
from smartapp.flow import Review
from smartapp.reviews.claims import CLINICIANS_ONLY, Request, Requests
from smartapp.reviews.view import View
from smartapp.reviews.visits import Visit
from smartapp.sources.payer.answer import Verdict
from smartapp.web.reviews.desk import Desk

log = logging.getLogger(__name__)

_WORDS: Mapping[Verdict, str] = {
    Verdict.APPROVED: "The payer approved the request.",
    Verdict.MODIFIED: "The payer approved a part of the request, or approved it otherwise than requested.",
    Verdict.DENIED: "The payer denied the request.",
    Verdict.PENDED: "The payer has the request and has not decided yet.",
    Verdict.CANCELLED: "The payer cancelled the request.",
    Verdict.ERROR: "The payer could not process the request.",
    Verdict.UNUSABLE: "The payer answered, but not in a way that says what was decided.",
}
_CANCELLING: Mapping[Verdict, str] = {
    Verdict.CANCELLED: "The payer cancelled the request, as was asked.",
    Verdict.PENDED: "The payer was asked to cancel the request and has not decided yet.",
    Verdict.ERROR: "The payer could not cancel the request.",
    Verdict.DENIED: "The payer refused to cancel the request.",
}
_UNCLEAR = "The payer was asked to cancel the request, and its answer does not say whether it did."
_CLINICIANS = frozenset({"send", "cancel"})
"""The links that only a clinician gets."""
_ICONS: Mapping[Verdict, str] = {
    Verdict.APPROVED: "met",
    Verdict.DENIED: "unmet",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimView:
    """What the page says of the request."""

    payer: str
    """The payer's name; empty: none is registered here."""
    state: str = ""
    """In a sentence; empty: it was not sent."""
    icon: str = "open"
    facts: tuple[tuple[str, str], ...] = ()
    """What the payer says, each with its label."""
    texts: tuple[str, ...] = ()
    why_not: str = ""
    troubles: tuple[str, ...] = ()
    """What stands in the way of a request, each with what helps."""
    is_signed: bool = True
    replaces: str = ""
    """What the payer has of the version before, which this one takes the place of."""
    bar: str = ""
    """Why this user may neither send nor cancel it, where others may; "": nothing is against it."""
    cancelled: str = ""
    """What became of the request to cancel it, in a sentence; empty: that was not asked for."""
    links: Mapping[str, str] = field(default_factory=dict)
    """download, send, ask, cancel."""


def view(desk: Desk, visit: Visit, shown: View) -> ClaimView | None:
    """The part of the page about the request; None where none are made, or nothing is to be said before signing."""
    if desk.requests is None:
        return None
    try:
        made = _signed if shown.signature else _unsigned
        told = made(visit, desk.requests, shown.review)
        return _barred(told) if told and shown.bar else told
    except NotSendable as error:
        return ClaimView(payer="", why_not=str(error))
    except Exception as error:  # noqa: BLE001 - a fault in this part must not cost the page
        log.error("fault kind=%s at=%s", type(error).__name__, place_of(error))  # noqa: TRY400 - no texts
        return ClaimView(payer="", why_not="Something went wrong in this service; no request was made.")


def download(desk: Desk, visit: Visit) -> bytes:
    """The Bundle, to be handed on by other means."""
    made = _requests(desk).made(visit)
    desk.reviews.downloaded(visit, "request")
    return orjson.dumps(made.bundle, option=orjson.OPT_INDENT_2)


def send(desk: Desk, visit: Visit) -> Request:
    """Send the request."""
    return _requests(desk).send(visit)


def ask(desk: Desk, visit: Visit) -> Request:
    """Ask what became of it."""
    return _requests(desk).ask(visit)


def cancel(desk: Desk, visit: Visit) -> Request | None:
    """Ask the payer to cancel what it has."""
    return _requests(desk).cancel(visit)


def _requests(desk: Desk) -> Requests:
    if desk.requests is None:
        raise UnknownReview("Requests to payers are not made here.")
    return desk.requests


def _barred(told: ClaimView) -> ClaimView:
    """Without what only a clinician may do; where there is such a thing it is said."""
    links = {name: link for name, link in told.links.items() if name not in _CLINICIANS}
    return told if links == told.links else replace(told, links=links, bar=CLINICIANS_ONLY)


def _unsigned(visit: Visit, requests: Requests, review: Review) -> ClaimView | None:
    """What will stand in the way once it is signed: it is mended before that."""
    troubles = requests.troubles(visit, review=review) if requests.has_payers else ()
    before = _before(visit, requests)
    if not troubles and before is None:
        return None
    told = before or ClaimView(payer="")
    return replace(told, troubles=troubles, is_signed=False)


def _signed(visit: Visit, requests: Requests, review: Review) -> ClaimView:
    held = requests.of(visit)
    payer, troubles = (
        requests.prospect(visit, review=review) if held is None else (held.payer or requests.payer(visit), ())
    )
    before = _before(visit, requests) if held is None or held.answer is None else None
    links = {} if troubles else {"download": _link("claim", visit)}
    if payer and not troubles and (held is None or held.can_send or not held.payer):
        links["send"] = _link("send_claim", visit)
    if held is None:
        told = before or ClaimView(payer=payer)
        return replace(told, payer=payer, troubles=troubles, links={**told.links, **links})
    asked = requests.cancellation(held)
    if held.can_ask and not (asked and asked.is_cancelled):
        links["ask"] = _link("ask_payer", visit)
    told = ClaimView(
        payer=payer,
        state=_WORDS[held.answer.verdict] if held.answer else "",
        icon=_ICONS.get(held.answer.verdict, "open") if held.answer else "open",
        facts=tuple(_facts(held)),
        texts=held.answer.texts if held.answer else (),
        why_not=held.why_not,
        replaces=before.replaces if before else "",
        links={**(before.links if before else {}), **links},
    )
    return _with_cancellation(told, held, asked, visit)


def _before(visit: Visit, requests: Requests) -> ClaimView | None:
    """What the payer has of the version before."""
    held = requests.before(visit)
    if held is None:
        return None
    said = _WORDS[held.answer.verdict] if held.answer else "Whether the payer got the request is not known."
    told = ClaimView(payer=held.payer, replaces=f"Of the version before: {said}")
    return _with_cancellation(told, held, requests.cancellation(held), visit)


def _with_cancellation(told: ClaimView, held: Request, asked: Request | None, visit: Visit) -> ClaimView:
    said = asked.answer if asked else None
    can = held.can_cancel and (asked is None or asked.can_send)
    links = {**told.links, "cancel": _link("cancel_claim", visit)} if can else told.links
    if asked is None:
        return replace(told, links=links)
    cancelled = _CANCELLING.get(said.verdict, _UNCLEAR) if said else asked.why_not
    return replace(told, cancelled=cancelled, texts=(*told.texts, *(said.texts if said else ())), links=links)


def _facts(held: Request) -> list[tuple[str, str]]:
    said = held.answer
    known = (
        ("Authorization number", said.number if said else ""),
        ("Reference number", said.reference if said else ""),
        ("Good until", said.until if said else ""),
        ("Sent", _moment(held, "sent_at")),
        ("Answered", _moment(held, "answered_at")),
    )
    return [(label, text) for label, text in known if text]


def _moment(held: Request, name: str) -> str:
    at = getattr(held, name)
    return at.strftime("%Y-%m-%d %H:%M %Z") if at else ""


def _link(name: str, visit: Visit) -> str:
    return url_for(f"reviews.{name}", visit_id=visit.id)
