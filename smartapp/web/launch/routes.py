"""The addresses of a launch. Only the launch page, the callback and the keys are called by others."""

import logging
from functools import partial
from typing import Any
from urllib.parse import urlsplit

import orjson
from flask import Blueprint, Response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Answer

from smartapp.ehrs import Ehr
from smartapp.errors import (
    AccessDenied,
    CookiesBlocked,
    EhrFault,
    LaunchFailed,
    LaunchOver,
    NoPatient,
    SmartappError,
    UnknownEhr,
)
from smartapp.store import Launch
from smartapp.web import problems
from smartapp.web.headers import frame
from smartapp.web.launch.desk import Desk
from smartapp.web.problems import Way

log = logging.getLogger(__name__)

PENDING = "pending"
_PENDING_SECONDS = 600
_OPEN = "open server"
_END = "logout"
_LONGEST = 2048
# RFC 6749 section 4.1.2.1 and OpenID Connect Core 3.1.2.6, in words
_REFUSALS = {
    "access_denied": "Access was declined, by you or by a rule of the record.",
    "invalid_scope": "The record does not grant what the assistant asks for (invalid_scope).",
    "login_required": "The record wants you to sign in first.",
    "consent_required": "The record wants you to agree first.",
    "interaction_required": "The record wants you to sign in first.",
    "unauthorized_client": "The record does not accept how the assistant is registered there "
    "(unauthorized_client).",
}
_FAULTS = frozenset({"server_error", "temporarily_unavailable"})


def blueprint(desk: Desk) -> Blueprint:
    """The routes of launches."""
    launch = Blueprint("launch", __name__)
    for method, path, name, answer in _ROUTES:
        launch.add_url_rule(path, name, partial(answer, desk), methods=[method])
    return launch


def _launch(desk: Desk) -> Answer | str:
    """GET /launch.html?iss&launch: the registered launch address; with neither, a choice of records."""
    iss = _given("iss")
    if iss is None:
        return desk.page.choosing([(ehr.name, _again(ehr), ehr.open) for ehr in desk.registry])
    ehr = _ehr(desk, iss)
    desk.sessions.begin()
    following = url_for("launch.start", **_context())
    body = desk.page.starting(ehr=ehr.name, following=following)
    if request.accept_mimetypes.best == "text/html":
        return body
    return Response(body, 303, {"Location": following}, mimetype="text/html")  # a client that shows no page


def _start(desk: Desk) -> Answer:
    """GET /launch/start?iss&launch: the cookie came back, so the authorization request can be made."""
    ehr = _ehr(desk, _given("iss") or "")
    session = desk.sessions.current()
    if session is None:
        raise _blocked()
    if ehr.open:
        return redirect(url_for("launch.pick", iss=ehr.iss), code=303)
    problems.offer(Way(href=_again(ehr, launch=_given("launch")), label="Try again"))
    url, pending = desk.gateway().begin(
        ehr,
        session=session,
        redirect_uri=desk.redirect_uri,
        launch=_given("launch"),
        aud=_given("iss") or ehr.iss,
    )
    desk.vault.put(PENDING, pending.state, pending.as_json(), seconds=_PENDING_SECONDS)
    return redirect(url, code=303)


def _callback(desk: Desk) -> Answer:
    """GET /callback?code&state: the answer of the authorization server, good once and in this browser only."""
    from smartapp.sources.smart.authorization import Pending  # noqa: PLC0415 - authlib takes long to load
    from smartapp.sources.smart.gateway import Answer as Given  # noqa: PLC0415

    kept = desk.vault.take(PENDING, _given("state") or "")
    if kept is None:
        raise (
            _refusal(_given("error"))
            if _given("error")
            else LaunchOver("This launch was finished already, or more than ten minutes ago.")
        )
    pending = Pending(**kept)
    ehr = _ehr(desk, pending.iss)
    problems.offer(Way(href=_again(ehr), label=f"Start again with {ehr.name}"))
    _check_session(desk, pending)
    if error := _given("error"):
        raise _refusal(error)
    code = _given("code")
    if code is None:
        raise EhrFault("The record sent neither a permission nor a reason.")
    grant, identity = desk.gateway().finish(ehr, pending, Given(code=code, iss=_given("iss")))
    return _opened(desk, ehr, desk.launched(ehr, pending, grant, identity))


def _pick(desk: Desk) -> str:
    """GET /launch/patients?iss: the patients of an open test server."""
    ehr = _open_ehr(desk, _given("iss") or "")
    desk.sessions.begin()
    return _listed(desk, ehr, "")


def _search(desk: Desk) -> str:
    """POST /launch/patients: the same for a name, which does not belong into an address."""
    ehr = _open_ehr(desk, request.form.get("iss", ""))
    desk.sessions.check(_OPEN, request.form.get("csrf"))
    return _listed(desk, ehr, request.form.get("text", "").strip()[:100])


def _choose(desk: Desk) -> Answer:
    """POST /launch/open: the patient was chosen."""
    ehr = _open_ehr(desk, request.form.get("iss", ""))
    desk.sessions.check(_OPEN, request.form.get("csrf"))
    patient = request.form.get("patient", "")
    if not patient or len(patient) > 128 or not patient.isascii() or "/" in patient:  # noqa: PLR2004
        raise NoPatient("No patient was chosen from the list.")
    session = desk.sessions.begin()
    return _opened(desk, ehr, desk.launched_openly(ehr, session, patient))


def _jwks(desk: Desk) -> Response:
    """GET /.well-known/jwks.json: the public keys of the app."""
    headers = {"Cache-Control": "public, max-age=3600", "Access-Control-Allow-Origin": "*"}
    return Response(orjson.dumps(desk.jwks()), headers=headers, mimetype="application/json")


def _logout(desk: Desk) -> Answer:
    """POST /logout: the session and all its launches end."""
    desk.sessions.check(_END, request.form.get("csrf"))
    desk.end()
    return redirect(url_for("launch.over"), code=303)


def _over(_: Desk) -> str:
    """GET /logout: it has ended."""
    return render_template("launch/over.html")


_ROUTES = (
    ("GET", "/launch.html", "launch", _launch),
    ("GET", "/launch/start", "start", _start),
    ("GET", "/callback", "callback", _callback),
    ("GET", "/launch/patients", "pick", _pick),
    ("POST", "/launch/patients", "search", _search),
    ("POST", "/launch/open", "choose", _choose),
    ("GET", "/.well-known/jwks.json", "jwks", _jwks),
    ("POST", "/logout", "logout", _logout),
    ("GET", "/logout", "over", _over),
)


def _given(name: str) -> str | None:
    value = request.args.get(name)
    return value if value and len(value) <= _LONGEST else None


def _context() -> dict[str, Any]:
    return {name: value for name in ("iss", "launch") if (value := _given(name))}


def _again(ehr: Ehr, *, launch: str | None = None) -> str:
    return url_for("launch.launch", iss=ehr.iss, launch=launch)


def _ehr(desk: Desk, iss: str) -> Ehr:
    """The EHR, whose pages may frame the answer."""
    try:
        ehr = desk.ehr(iss)
    except UnknownEhr as error:
        problems.offer(Way(href=url_for("launch.launch"), label="See which records are registered"))
        raise UnknownEhr(f"{error} {_named(iss)}".strip()) from error
    frame(ehr.frame_ancestors)
    return ehr


def _named(iss: str) -> str:
    """The address for those who can register it, if it is one."""
    parts = urlsplit(iss) if iss.isascii() and iss.isprintable() else None
    is_address = parts is not None and parts.scheme in {"http", "https"} and parts.hostname
    return f"Its address is {iss[:300]} ." if is_address else ""


def _open_ehr(desk: Desk, iss: str) -> Ehr:
    ehr = _ehr(desk, iss)
    if not ehr.open:
        raise LaunchFailed(f"{ehr.name} asks for a sign-in; its patients are not for choosing here.")
    return ehr


def _listed(desk: Desk, ehr: Ehr, text: str) -> str:
    found: dict[str, Any] = {"patients": (), "why": None}
    try:
        found["patients"] = desk.patients(ehr, text)
    except SmartappError as error:
        found["why"] = str(error)
    token = desk.sessions.token(_OPEN)
    return render_template("launch/patients.html", ehr=ehr.name, iss=ehr.iss, csrf=token, text=text, **found)


def _opened(desk: Desk, ehr: Ehr, launch: Launch) -> Answer:
    """To the review; only to this address, whatever anybody sent."""
    desk.sessions.renew(frames=ehr.frame_ancestors)
    log.info("launched open=%s user=%s scopes=%d", launch.open, bool(launch.user), len(launch.scopes))
    return redirect(f"/reviews/{desk.opened(launch)}", code=303)


def _check_session(desk: Desk, pending: Any) -> None:
    session = desk.sessions.current()
    if session is None:
        raise _blocked()
    if session != pending.session:
        raise LaunchOver("The launch was started in another window of the browser, or by somebody else.")


def _blocked() -> CookiesBlocked:
    context = _context()
    if "iss" in context:
        problems.offer(
            Way(href=url_for("launch.launch", **context), label="Open in a tab of its own", is_new_tab=True)
        )
    framed = request.headers.get("Sec-Fetch-Dest") in {"iframe", "frame"}
    where = " inside the record's window" if framed else ""
    return CookiesBlocked(
        f"The assistant needs one cookie to know that the answer of the record belongs to you, and the "
        f"browser does not keep it{where}. Nothing was opened."
    )


def _refusal(code: str | None) -> LaunchFailed:
    if code in _FAULTS:
        return EhrFault("The record's authorization server failed or is too busy.")
    known = _REFUSALS.get(code or "")
    log.info("authorization refused known=%s", known is not None)
    return AccessDenied(known or "The record did not give access, and gave a reason that is not known here.")
