"""The routes of the screen, guarded together."""

from flask import Blueprint, Response, abort, request

from smartapp.errors import BadInput
from smartapp.sandbox.practice import Practice
from smartapp.sandbox.screen import launching, markdown, misbehaving, ordering, patients
from smartapp.sandbox.screen.desk import Desk


def blueprint(practice: Practice) -> Blueprint:
    """Every page."""
    routes = Blueprint("screen", __name__)
    desk = Desk(practice=practice)
    routes.add_app_template_filter(markdown.render, "markdown")

    @routes.before_request
    def guard() -> None:
        # browsers name the site that a form is on; only our own pages may change anything
        origin = request.headers.get("Origin")
        if request.method == "POST" and origin not in (None, practice.settings.url):
            abort(403)

    @routes.errorhandler(BadInput)
    def refused(error: BadInput) -> Response:
        return Response(desk.page("refused.html", text=str(error)), error.status, mimetype="text/html")

    for part in (patients, ordering, launching, misbehaving):
        part.register(routes, desk)
    return routes
