"""Making the EHR misbehave from the chart."""

from flask import Blueprint, redirect, request
from werkzeug.wrappers import Response as Redirect

from smartapp.sandbox.faults import Fault
from smartapp.sandbox.screen.desk import Desk


def register(routes: Blueprint, desk: Desk) -> None:
    """/patients/<id>/faults."""

    @routes.post("/patients/<patient_id>/faults")
    def add(patient_id: str) -> Redirect:
        desk.patient(patient_id)
        form = request.form
        desk.practice.faults.add(
            Fault(
                kind=form.get("kind", ""),
                path=form.get("path", "/fhir"),
                patient=patient_id,
                times=form.get("times", type=int),
            )
        )
        return redirect(f"/patients/{patient_id}#misbehave", 303)

    @routes.post("/patients/<patient_id>/faults/<int:number>/end")
    def end(patient_id: str, number: int) -> Redirect:
        desk.practice.faults.remove(number)
        return redirect(f"/patients/{patient_id}#misbehave", 303)
