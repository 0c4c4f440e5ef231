"""Who may open a review: the session that began it, as long as its launch lasts; a change bears the page's token."""

import hmac

from flask import request

from smartapp.errors import SessionOver, UnknownReview
from smartapp.reviews.visits import Visit
from smartapp.web.reviews.desk import Desk


def found(desk: Desk, visit_id: str) -> Visit:
    """The visit with this id, whoever asks; UnknownReview when there is none."""
    visit = desk.reviews.visits.find(visit_id)
    if visit is None:
        raise UnknownReview("There is no such review, or it is over. Start again from the EHR.")
    return visit


def opened(desk: Desk, visit_id: str) -> Visit:
    """The visit, for the session that it belongs to."""
    visit = found(desk, visit_id)
    require_launch(desk, visit)
    return visit


def require_launch(desk: Desk, visit: Visit) -> None:
    """SessionOver in another browser, and in this one when the launch ended: when another user launched, say."""
    desk.sessions.require(visit.session)
    desk.launch_of(visit)


def posted(desk: Desk, visit_id: str) -> Visit:
    """The same for a request that changes something."""
    visit = opened(desk, visit_id)
    require_token(visit)
    return visit


def require_token(visit: Visit) -> None:
    """SessionOver where the form that was sent does not bear the page's token."""
    if not hmac.compare_digest(visit.csrf.encode(), request.form.get("csrf", "").encode()):
        raise SessionOver("The form was sent from another page or another browser; nothing was changed.")
