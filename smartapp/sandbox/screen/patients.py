"""The list of patients, a patient's chart, a single record."""

from base64 import b64decode
from typing import Any

from flask import Blueprint, Response, abort, json, redirect, request
from werkzeug.wrappers import Response as Redirect

from smartapp.sandbox import stories
from smartapp.sandbox.faults import KINDS
from smartapp.sandbox.fhir.access import patient_of
from smartapp.sandbox.fhir.parameters import TYPES
from smartapp.sandbox.practice import USERS
from smartapp.sandbox.screen import chart
from smartapp.sandbox.screen.desk import COOKIE, Desk
from smartapp.sandbox.screen.orders import CHOICES
from smartapp.sandbox.screen.orders import TYPES as ORDERS

_SHOWN = ("application/pdf", "text/plain")


def register(routes: Blueprint, desk: Desk) -> None:
    """/, /user, /patients/<id>, /records/<type>/<id>."""
    records = desk.practice.fhir.records

    @routes.get("/")
    def patients() -> str:
        today = desk.practice.settings.clock().date()
        told = [(chart.banner(desk.patient(story.id), today=today), story.story) for story in stories.told()]
        return desk.page("patients.html", patients=told)

    @routes.post("/user")
    def sign_in() -> Redirect:
        answer = redirect(_own(request.form.get("back", "/")), 303)
        if request.form.get("user") in USERS:
            answer.set_cookie(COOKIE, request.form["user"], httponly=True, samesite="Strict")
        return answer

    @routes.get("/patients/<patient_id>")
    def chart_of(patient_id: str) -> str:
        return desk.page("chart.html", patient_id=patient_id, **_chart(desk, patient_id))

    @routes.post("/patients/<patient_id>/reset")
    def reset(patient_id: str) -> Redirect:
        desk.patient(patient_id)
        desk.practice.reset(patient_id)
        return redirect(f"/patients/{patient_id}", 303)

    @routes.get("/records/<resource_type>/<resource_id>")
    def record(resource_type: str, resource_id: str) -> str:
        found = records.get(resource_type, resource_id) or abort(404)
        return desk.page(
            "record.html",
            patient_id=patient_of(found),
            resource=found,
            line=chart.line(found),
            json=_pretty(found),
        )

    @routes.get("/records/DocumentReference/<resource_id>/attachment")
    def attachment(resource_id: str) -> Response:
        found = records.get("DocumentReference", resource_id) or abort(404)
        return _attachment(found["content"][0]["attachment"])


def _chart(desk: Desk, patient_id: str) -> dict[str, Any]:
    records = desk.practice.fhir.records
    faults = desk.practice.faults.active
    return {
        "story": next((story.story for story in stories.told() if story.id == patient_id), ""),
        "sections": list(chart.sections(records, patient_id)),
        "orders": chart.lines(records, patient_id, *ORDERS),
        "written": chart.lines(records, patient_id, *chart.WRITTEN),
        "choices": CHOICES,
        "reasons": chart.lines(records, patient_id, "Condition"),
        "requests": list(desk.practice.traffic.about(patient_id)),
        "kinds": KINDS,
        "types": list(TYPES),
        "faults": [fault for fault in faults if fault.patient in (None, patient_id)],
    }


def _attachment(attachment: dict[str, Any]) -> Response:
    """The document itself; only kinds that a browser shows without running anything."""
    kind = str(attachment.get("contentType", "")).partition(";")[0]
    if kind not in _SHOWN or "data" not in attachment:
        abort(404)
    answer = Response(b64decode(attachment["data"]), mimetype=kind)
    how = "attachment" if kind == "application/pdf" else "inline"
    answer.headers["Content-Disposition"] = f'{how}; filename="document.{kind[-3:]}"'
    return answer


def _pretty(resource: Any) -> str:
    return json.dumps(resource, indent=2, ensure_ascii=False)


def _own(path: str) -> str:
    """A path of this server; anything else becomes the start page."""
    return path if path.startswith("/") and not path.startswith(("//", "/\\")) else "/"
