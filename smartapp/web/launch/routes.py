"""The addresses of a launch. Only the launch page, the callback and the keys are called by others."""

from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING

import orjson
from flask import Blueprint, Response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Answer

from smartapp.errors import EhrFault, LaunchFailed, LaunchOver
from smartapp.web import problems
from smartapp.web.launch import asked, picker, refusals
from smartapp.web.launch.desk import Desk
from smartapp.web.problems import Way

if TYPE_CHECKING:
    from smartapp.sources.smart.authorization import Pending

PENDING = "pending"
LOGOUT = "logout"
"""What the CSRF token of a form that ends the session is for."""
_PENDING_SECONDS = 600


def blueprint(desk: Desk) -> Blueprint:
    """The routes of launches."""
    launch = Blueprint("launch", __name__)
    for method, path, name, answer in (*_ROUTES, *picker.ROUTES):
        launch.add_url_rule(path, name, partial(answer, desk), methods=[method])
    launch.before_request(desk.limit.check)
    launch.app_context_processor(lambda: {"end_session": partial(_ending, desk)})
    return launch


def _ending(desk: Desk) -> Mapping[str, str]:
    """For the templates: where the form that ends the session is sent, and its token."""
    return {"action": url_for("launch.logout"), "csrf": desk.sessions.token(LOGOUT)}


def _launch(desk: Desk) -> Answer | str:
    """GET /launch.html?iss&launch: the registered launch address; with neither, a choice of EHRs."""
    iss = asked.given("iss")
    if iss is None:
        return desk.page.choosing([(ehr.name, asked.again(ehr), ehr.open) for ehr in desk.registry])
    ehr = asked.registered(desk, iss)
    if ehr.own_tab and asked.is_framed():
        return desk.page.standing_aside(ehr=ehr.name, again=asked.again(ehr, launch=asked.given("launch")))
    desk.sessions.begin()
    following = url_for("launch.start", iss=iss, launch=asked.given("launch"))
    body = desk.page.starting(ehr=ehr.name, following=following)
    if request.accept_mimetypes.best == "text/html":
        return body
    return Response(body, 303, {"Location": following}, mimetype="text/html")  # a client that shows no page


def _start(desk: Desk) -> Answer:
    """GET /launch/start?iss&launch: the cookie came back, so the authorization request can be made."""
    iss, launch = asked.given("iss") or "", asked.given("launch")
    ehr = asked.registered(desk, iss)
    session = desk.sessions.current()
    if session is None:
        raise asked.blocked(desk)
    if ehr.open:
        return redirect(url_for("launch.pick", iss=ehr.iss), code=303)
    problems.offer(Way(href=asked.again(ehr, launch=launch), label="Try again"))
    url, pending = desk.gateway().begin(
        ehr, session=session, redirect_uri=desk.redirect_uri, launch=launch, aud=iss
    )
    desk.vault.put(PENDING, pending.state, pending.as_json(), seconds=_PENDING_SECONDS)
    return redirect(url, code=303)


def _callback(desk: Desk) -> Answer:
    """GET /callback?code&state: the answer of the authorization server, good once and in this browser only."""
    from smartapp.sources.smart.gateway import Answer as Given  # noqa: PLC0415 - authlib takes long to load

    pending = _pending(desk)
    ehr = asked.registered(desk, pending.iss)
    problems.offer(Way(href=asked.again(ehr), label=f"Start again with {ehr.name}"))
    _check_session(desk, pending)
    if error := asked.given("error"):
        raise refusals.of(error)
    code = asked.given("code")
    if code is None:
        raise EhrFault("The EHR sent neither a permission nor a reason.")
    grant, identity = desk.gateway().finish(ehr, pending, Given(code=code, iss=asked.given("iss")))
    return redirect(desk.review(ehr, desk.launched(ehr, pending, grant, identity)), code=303)


def _jwks(desk: Desk) -> Response:
    """GET /.well-known/jwks.json: the public keys of the app."""
    headers = {"Cache-Control": "public, max-age=3600", "Access-Control-Allow-Origin": "*"}
    return Response(orjson.dumps(desk.jwks()), headers=headers, mimetype="application/json")


def _logout(desk: Desk) -> Answer:
    """POST /logout: the session and all its launches end."""
    desk.sessions.check(LOGOUT, request.form.get("csrf"))
    desk.end()
    return redirect(url_for("launch.over"), code=303)


def _over(_: Desk) -> str:
    """GET /logout: it has ended."""
    return render_template("launch/over.html")


_ROUTES = (
    ("GET", "/launch.html", "launch", _launch),
    ("GET", "/launch/start", "start", _start),
    ("GET", "/callback", "callback", _callback),
    ("GET", "/.well-known/jwks.json", "jwks", _jwks),
    ("POST", "/logout", "logout", _logout),
    ("GET", "/logout", "over", _over),
)


def _pending(desk: Desk) -> "Pending":
    """The launch that an answer belongs to, which is then answered."""
    from smartapp.sources.smart.authorization import Pending  # noqa: PLC0415 - authlib takes long to load

    kept = desk.vault.take(PENDING, asked.given("state") or "")
    if kept is not None:
        return Pending(**kept)
    if error := asked.given("error"):  # some servers refuse without saying whom
        raise refusals.of(error)
    raise LaunchOver("This launch was finished already, or it was started more than ten minutes ago.")


def _check_session(desk: Desk, pending: "Pending") -> None:
    session = desk.sessions.current()
    if session is None:
        raise asked.blocked(desk)
    if session != pending.session:
        raise LaunchFailed("The launch was started in another browser, or by somebody else.")
