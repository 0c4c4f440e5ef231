"""What answers at the addresses of a review; who may ask is settled in entry.py, what was sent is read in sent.py."""

from collections.abc import Callable, Mapping
from secrets import token_urlsafe

import orjson
from flask import Response, redirect, request, url_for
from werkzeug.wrappers import Response as Answer

from smartapp.errors import SessionOver
from smartapp.reviews.visits import State, Visit
from smartapp.web import problems
from smartapp.web.reviews import claim, entry, pages, sent
from smartapp.web.reviews.desk import Desk

_PLACES = {"": "reviews.refresh_place", "form": "reviews.form_place", "packet": "reviews.submission"}
"""The addresses that lead to the parts of the page: going to another part of the same address loads nothing."""


def _show(desk: Desk, visit_id: str) -> Answer:
    visit = entry.opened(desk, visit_id)
    if visit.state is State.READY:
        shown = desk.reviews.view(visit)
        return pages.review(shown, token=token_urlsafe(16), request_=claim.view(desk, visit, shown))
    if visit.is_stuck(desk.clock()):
        visit = desk.reviews.visits.failed(visit, "Reading the chart took too long and was given up.")
    if visit.state is State.READING:
        return pages.reading(visit, desk.reviews.visits.told(visit), now=desk.clock())
    return pages.before(visit)


def _take(desk: Desk, visit_id: str) -> Answer:
    problems.give_back(sent.entered(desk))
    visit = entry.found(desk, visit_id)
    entry.require_token(visit)
    try:
        entry.require_launch(desk, visit)
    except SessionOver as error:
        raise _kept(desk, visit, error) from error
    return _taken(visit, _DO.get(request.form.get("do", ""), _save)(desk, visit))


def _page_place(desk: Desk, visit_id: str) -> Answer:
    """Whoever asks by GET for what only a POST does, such as with a page's address after a failure, gets the page."""
    return _back(entry.opened(desk, visit_id))


def _form_place(desk: Desk, visit_id: str) -> Answer:
    return _back(entry.opened(desk, visit_id), "form")


def _choose(desk: Desk, visit_id: str) -> Answer:
    visit = entry.posted(desk, visit_id)
    desk.read_again(desk.reviews.visits.choosing(visit, request.form.get("order", "")))
    return _back(visit)


def _refresh(desk: Desk, visit_id: str) -> Answer:
    visit = entry.posted(desk, visit_id)
    desk.read_again(visit)
    return _back(visit)


def _resume(desk: Desk, visit_id: str) -> Answer:
    visit = entry.posted(desk, visit_id)
    desk.reviews.visits.resumed(visit)
    return _back(visit)


def _submit(desk: Desk, visit_id: str) -> Answer:
    visit = entry.posted(desk, visit_id)
    desk.write(visit)
    return _back(visit, "packet")


def _submission(desk: Desk, visit_id: str) -> Answer:
    return _back(entry.opened(desk, visit_id), "packet")


def _rule(desk: Desk, visit_id: str, criterion: str) -> Answer:
    visit = entry.opened(desk, visit_id)
    return pages.rule(desk.reviews.view(visit), criterion)


def _evidence(desk: Desk, visit_id: str, criterion: str) -> Answer:
    visit = entry.opened(desk, visit_id)
    return pages.evidence(desk.reviews.view(visit), criterion)


def _treatments(desk: Desk, visit_id: str) -> Answer:
    return pages.treatments(desk.reviews.view(entry.opened(desk, visit_id)))


def _packet(desk: Desk, visit_id: str) -> Answer:
    visit = entry.opened(desk, visit_id)
    content = desk.pdf(visit)
    desk.reviews.downloaded(visit, "packet")
    return _download(content, "packet.pdf", "application/pdf")


def _response(desk: Desk, visit_id: str) -> Answer:
    visit = entry.opened(desk, visit_id)
    content = orjson.dumps(desk.reviews.view(visit).response, option=orjson.OPT_INDENT_2)
    desk.reviews.downloaded(visit, "form")
    return _download(content, "questionnaire-response.json", "application/fhir+json")


def _claim(desk: Desk, visit_id: str) -> Answer:
    content = claim.download(desk, entry.opened(desk, visit_id))
    return _download(content, "prior-authorization-request.json", "application/fhir+json")


def _send_claim(desk: Desk, visit_id: str) -> Answer:
    visit = entry.posted(desk, visit_id)
    claim.send(desk, visit)
    return _back(visit, "claim")


def _ask_payer(desk: Desk, visit_id: str) -> Answer:
    visit = entry.posted(desk, visit_id)
    claim.ask(desk, visit)
    return _back(visit, "claim")


def _cancel_claim(desk: Desk, visit_id: str) -> Answer:
    visit = entry.posted(desk, visit_id)
    claim.cancel(desk, visit)
    return _back(visit, "claim")


ANSWERS: Mapping[str, Callable[..., Answer]] = {
    "show": _show,
    "form": _take,
    "form_place": _form_place,
    "order": _choose,
    "order_place": _page_place,
    "refresh_place": _page_place,
    "resume_place": _page_place,
    "refresh": _refresh,
    "resume": _resume,
    "submit": _submit,
    "submission": _submission,
    "rule": _rule,
    "evidence": _evidence,
    "treatments": _treatments,
    "packet": _packet,
    "response": _response,
    "claim": _claim,
    "send_claim": _send_claim,
    "ask_payer": _ask_payer,
    "cancel_claim": _cancel_claim,
}
"""What answers at an address, by its name; each takes the desk and what the address says."""


def _save(desk: Desk, visit: Visit) -> str:
    after = desk.reviews.save(visit, sent.form(visit))
    return "" if after.errors else "form"


def _sign(desk: Desk, visit: Visit) -> str:
    after = desk.reviews.sign(visit, sent.form(visit))
    if after.signed is None:
        return ""
    if not after.written:
        desk.write(visit)
    return "packet"


def _amend(desk: Desk, visit: Visit) -> str:
    """A new version is about the chart as it is now."""
    desk.reviews.amend(visit)
    desk.read_again(visit)
    return "form"


_DO = {"save": _save, "sign": _sign, "amend": _amend}


def _kept(desk: Desk, visit: Visit, error: SessionOver) -> SessionOver:
    """The page's token is right, the session is over: what was typed is kept for the next launch."""
    form = sent.form(visit)
    if visit.work is None or not form.sent:
        return error
    desk.reviews.keep(visit, form)
    problems.give_back(())
    return SessionOver(
        "The session has ended, and nothing was signed. Your answers are kept: start again from the EHR to go on "
        "with them."
    )


def _taken(visit: Visit, part: str) -> Answer:
    """Where to go on: a script that sent the form goes there by itself, a browser is sent there."""
    if request.accept_mimetypes.best == "application/json":
        return problems.json({"next": url_for(_PLACES[part], visit_id=visit.id)})
    return _back(visit, part)


def _back(visit: Visit, part: str = "") -> Answer:
    """To the page, by GET: sending the form again is then no accident."""
    return redirect(url_for("reviews.show", visit_id=visit.id, _anchor=part or None), code=303)


def _download(content: bytes, name: str, kind: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content, mimetype=kind, headers=headers)
