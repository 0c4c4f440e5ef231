"""The patients of an open test server, to choose one from. Names stay out of addresses: they are posted."""

import re
from typing import Any

from flask import redirect, render_template, request
from werkzeug.wrappers import Response as Answer

from smartapp.ehrs import Ehr
from smartapp.errors import LaunchFailed, NoPatient, SmartappError
from smartapp.web.launch import asked
from smartapp.web.launch.desk import Desk

_PURPOSE = "open server"
_ID = re.compile(r"[A-Za-z0-9\-._]{1,128}")
_LONGEST = 100


def offer(desk: Desk) -> str:
    """GET /launch/patients?iss: some patients, whichever come first."""
    ehr = _open(desk, asked.given("iss") or "")
    desk.sessions.begin()
    return _listed(desk, ehr, "")


def search(desk: Desk) -> str:
    """POST /launch/patients: those with a name, birth date or id."""
    ehr = _posted(desk)
    return _listed(desk, ehr, request.form.get("text", "").strip()[:_LONGEST])


def choose(desk: Desk) -> Answer:
    """POST /launch/open: the patient was chosen."""
    ehr = _posted(desk)
    patient = request.form.get("patient", "")
    if not _ID.fullmatch(patient):
        raise NoPatient("No patient was chosen from the list.")
    launch = desk.launched_openly(ehr, desk.sessions.begin(), patient)
    return redirect(desk.review(ehr, launch), code=303)


ROUTES = (
    ("GET", "/launch/patients", "pick", offer),
    ("POST", "/launch/patients", "search", search),
    ("POST", "/launch/open", "choose", choose),
)


def _open(desk: Desk, iss: str) -> Ehr:
    ehr = asked.registered(desk, iss)
    if not ehr.open:
        raise LaunchFailed(f"{ehr.name} asks for a sign-in; its patients are not for choosing here.")
    return ehr


def _posted(desk: Desk) -> Ehr:
    ehr = _open(desk, request.form.get("iss", ""))
    desk.sessions.check(_PURPOSE, request.form.get("csrf"))
    return ehr


def _listed(desk: Desk, ehr: Ehr, text: str) -> str:
    found: dict[str, Any] = {"patients": (), "why": None}
    try:
        found["patients"] = desk.patients(ehr, text)
    except SmartappError as error:
        found["why"] = str(error)
    csrf = desk.sessions.token(_PURPOSE)
    return render_template("launch/patients.html", ehr=ehr.name, iss=ehr.iss, csrf=csrf, text=text, **found)
