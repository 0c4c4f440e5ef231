"""HTTP under /reviews/{id}: the page, the form, the chart read again, the packet, writing to the EHR.

Here are only the addresses. What answers there (routes.py) makes pages, packets and requests to payers, which takes
long to load and which no CDS Hooks call needs: it is loaded when the first review is asked for.
"""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from flask import Blueprint
from werkzeug.wrappers import Response

if TYPE_CHECKING:
    from smartapp.web.reviews.desk import Desk

ADDRESSES = (
    ("GET", "", "show"),
    ("POST", "/form", "form"),
    ("GET", "/form", "form_place"),
    ("POST", "/order", "order"),
    ("GET", "/order", "order_place"),
    ("GET", "/refresh", "refresh_place"),
    ("GET", "/resume", "resume_place"),
    ("POST", "/refresh", "refresh"),
    ("POST", "/resume", "resume"),
    ("POST", "/submission", "submit"),
    ("GET", "/submission", "submission"),
    ("GET", "/rules/<path:criterion>", "rule"),
    ("GET", "/evidence/<path:criterion>", "evidence"),
    ("GET", "/treatments", "treatments"),
    ("GET", "/packet.pdf", "packet"),
    ("GET", "/response.json", "response"),
    ("GET", "/claim.json", "claim"),
    ("POST", "/claim", "send_claim"),
    ("POST", "/claim/inquiry", "ask_payer"),
    ("POST", "/claim/cancellation", "cancel_claim"),
)
"""Method, path below /reviews/{id} and name of each."""


def blueprint(desk: "Callable[[], Desk]") -> Blueprint:
    """Everything under /reviews/{id}; the desk is made when it is first needed."""
    reviews = Blueprint("reviews", __name__, url_prefix="/reviews/<visit_id>")
    for method, path, name in ADDRESSES:
        reviews.add_url_rule(path, name, partial(_answer, desk, name), methods=[method])
    return reviews


def _answer(desk: "Callable[[], Desk]", name: str, /, **given: str) -> Response:
    from smartapp.web.reviews.routes import ANSWERS  # noqa: PLC0415 - see above

    return ANSWERS[name](desk(), **given)
