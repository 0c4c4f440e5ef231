"""The pages of a review, from data to HTML."""

import gzip
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from flask import Response, render_template, request, url_for

from smartapp.errors import UnknownReview
from smartapp.outputs import timeline
from smartapp.outputs.form.draw import draw
from smartapp.outputs.form.view import FormView
from smartapp.outputs.history import History, history, shortened
from smartapp.outputs.page import evidence_page, page, progress, rule_page
from smartapp.reviews.view import View
from smartapp.reviews.visits import State, Visit
from smartapp.sources.progress import Line
from smartapp.web.reviews.claim import ClaimView

_MOST_EVENTS, _MOST_SOURCES = 30, 20
"""Results in the history, and sources that a therapy names; a page of its own has all."""
_SOON, _LATER = 1, 2
"""Seconds after which the page asks again; a slow EHR is not watched so closely, for every page is read out anew."""
_PATIENCE = timedelta(seconds=5)


def review(view: View, *, token: str, request_: ClaimView | None = None) -> Response:
    """The page of a review; `token` marks the form on it, so that it counts once.

    `request_` is what is said of the request to the payer; None: nothing yet.
    """
    determined = view.review
    whole = history(determined.policy, determined.facts, determined.run)
    told, left_out = shortened(whole, _MOST_EVENTS)
    html = render_template(
        "review.html",
        page=page(
            determined.policy, determined.determination, determined.facts, determined.run, sitting=view
        ),
        form=_form(view, token),
        history=told,
        timeline=timeline.svg(told),
        more_events=len(left_out),
        most_sources=_MOST_SOURCES,
        whole_history=url_for("reviews.treatments", visit_id=view.id) if _is_long(whole) else "",
        links=_links(view),
        csrf=view.csrf,
        signature=view.signature,
        bar=view.bar,
        waiting=view.waiting,
        written=view.written,
        saved_at=view.saved_at,
        kept=view.kept,
        number=view.number,
        claim=request_,
        others=[one for one in view.forms if one.labels or one.conflicts or one.left or one.why_not],
    )
    return _compressed(Response(html))


def evidence(view: View, criterion: str) -> Response:
    """All that was found for a criterion; UnknownReview when there is no such one."""
    seen = view.review
    found = evidence_page(seen.policy, seen.determination, seen.facts, seen.run, criterion=criterion)
    if found is None:
        raise UnknownReview("The policy has no such criterion.")
    back = url_for("reviews.show", visit_id=view.id)
    return _compressed(Response(render_template("evidence.html", found=found, back=back)))


def treatments(view: View) -> Response:
    """The whole therapy history, with every result and every source."""
    seen = view.review
    told = history(seen.policy, seen.facts, seen.run)
    back = url_for("reviews.show", visit_id=view.id)
    html = render_template("treatments.html", history=told, timeline=timeline.svg(told), back=back)
    return _compressed(Response(html))


def rule(view: View, criterion: str) -> Response:
    """The whole rule behind a criterion, and what each line of it was; UnknownReview when there is no such one."""
    seen = view.review
    told = rule_page(seen.policy, seen.determination, seen.run, criterion=criterion)
    if told is None:
        raise UnknownReview("The policy has no such criterion.")
    back = url_for("reviews.show", visit_id=view.id)
    return _compressed(Response(render_template("rule.html", rule=told, back=back)))


def reading(visit: Visit, told: Sequence[Line], *, now: datetime) -> Response:
    """The page while the chart is being read: what has come and what is awaited; it asks again by itself."""
    again = url_for("reviews.show", visit_id=visit.id)
    seconds = _SOON if now - visit.began_at < _PATIENCE else _LATER
    html = render_template("reading.html", ehr=visit.ehr_name, progress=progress(told), again=again)
    return Response(html, headers={"Refresh": f"{seconds}; url={again}"})


def before(visit: Visit) -> Response:
    """The page when the chart could not be read, or when an order has to be chosen."""
    return _BEFORE[visit.state](visit)


def _compressed(response: Response) -> Response:
    """A sixth of the bytes. Nothing on the page repeats what a request says, so its length tells no secret."""
    response.vary.add("Accept-Encoding")
    if request.accept_encodings["gzip"]:
        response.set_data(gzip.compress(response.get_data(), compresslevel=6, mtime=0))
        response.headers["Content-Encoding"] = "gzip"
    return response


def _failed(visit: Visit) -> Response:
    html = render_template(
        "failed.html",
        ehr=visit.ehr_name,
        why=visit.why,
        refresh=url_for("reviews.refresh", visit_id=visit.id),
        resume=url_for("reviews.resume", visit_id=visit.id) if visit.work else None,
        csrf=visit.csrf,
    )
    return Response(html, status=502)


def _choosing(visit: Visit) -> Response:
    action = url_for("reviews.order", visit_id=visit.id)
    return Response(render_template("choose.html", choices=visit.choices, action=action, csrf=visit.csrf))


_BEFORE: Mapping[State, Callable[[Visit], Response]] = {
    State.FAILED: _failed,
    State.CHOOSING: _choosing,
}


def _form(view: View, token: str) -> FormView:
    drawn = draw(
        view.review.policy,
        view.draft["item"] if view.signature is None else view.response["item"],
        view.review.facts,
        errors=view.errors,
        typed=view.typed,
        reader=view.user_name or view.user,
        is_signed=view.signature is not None,
    )
    hidden = {"csrf": view.csrf, "revision": str(view.version), "token": token}
    return replace(drawn, action=url_for("reviews.form", visit_id=view.id), hidden=hidden)


def _is_long(told: History) -> bool:
    """Whether the page of a review does not show all of it."""
    sources = (len(therapy.references) for therapy in told.therapies)
    return len(told.events) > _MOST_EVENTS or any(number > _MOST_SOURCES for number in sources)


def _links(view: View) -> Mapping[str, str]:
    """The addresses of what can be done with the review now."""
    links = {name: url_for(f"reviews.{name}", visit_id=view.id) for name in ("refresh", "packet", "response")}
    links["evidence"] = url_for("reviews.evidence", visit_id=view.id, criterion="")
    links["rules"] = url_for("reviews.rule", visit_id=view.id, criterion="")
    if view.signature is not None:
        del links["refresh"]  # what is signed stays as it is
        if not view.written or any(part.is_open for part in view.written):
            links["submission"] = url_for("reviews.submit", visit_id=view.id)
    return links
