"""The request to the payer: downloaded, sent, asked about; and what the page says of it."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field

import orjson
from flask import url_for

from smartapp.errors import NotSendable, UnknownReview, place_of
from smartapp.reviews.claims import Request, Requests
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
    Verdict.ERROR: "The payer could not process the request.",
    Verdict.UNUSABLE: "The payer answered, but not in a way that says what was decided.",
}
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
    links: Mapping[str, str] = field(default_factory=dict)
    """download, send, ask."""


def view(desk: Desk, visit: Visit, shown: View) -> ClaimView | None:
    """The part of the page about the request; None until the form is signed, or where none are made."""
    if shown.signature is None or desk.requests is None:
        return None
    try:
        return _view(visit, desk.requests)
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


def _requests(desk: Desk) -> Requests:
    if desk.requests is None:
        raise UnknownReview("Requests to payers are not made here.")
    return desk.requests


def _view(visit: Visit, requests: Requests) -> ClaimView:
    held = requests.of(visit)
    payer = held.payer if held and held.payer else requests.payer(visit)
    links = {"download": _link("claim", visit)}
    if payer and (held is None or held.can_send or not held.payer):
        links["send"] = _link("send_claim", visit)
    if held is None:
        return ClaimView(payer=payer, links=links)
    if held.can_ask:
        links["ask"] = _link("ask_payer", visit)
    return ClaimView(
        payer=payer,
        state=_WORDS[held.answer.verdict] if held.answer else "",
        icon=_ICONS.get(held.answer.verdict, "open") if held.answer else "open",
        facts=tuple(_facts(held)),
        texts=held.answer.texts if held.answer else (),
        why_not=held.why_not,
        links=links,
    )


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
