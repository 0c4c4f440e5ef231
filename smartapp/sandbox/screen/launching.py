"""Starting the app: in a tab or in the EHR's frame, from the chart, an order or a card's link."""

from dataclasses import replace
from urllib.parse import urlencode

from flask import Blueprint, abort, redirect, request
from werkzeug.wrappers import Response as Redirect

from smartapp.sandbox.auth.context import Context
from smartapp.sandbox.screen.desk import Desk


def register(routes: Blueprint, desk: Desk) -> None:
    """/patients/<id>/launch, /patients/<id>/app and /exchanges/<n>/cards/<n>/links/<n>."""

    @routes.post("/patients/<patient_id>/launch")
    def launch(patient_id: str) -> Redirect:
        desk.patient(patient_id)
        context = desk.practice.context(
            user=desk.user, patient=patient_id, order=request.form.get("order") or None
        )
        return _started(desk, context, desk.app.launch_url if desk.app else "")

    @routes.get("/patients/<patient_id>/app")
    def framed(patient_id: str) -> str:
        context = desk.practice.memory.launched(request.args.get("launch", ""))
        if desk.app is None or context is None or context.patient != patient_id:
            abort(404, "The launch is too old; start the app again from the chart.")
        address = _address(desk, desk.app.launch_url, request.args["launch"])
        return desk.page("frame.html", patient_id=patient_id, address=address)

    @routes.post("/exchanges/<int:number>/cards/<int:card>/links/<int:link>")
    def follow(number: int, card: int, link: int) -> Redirect:
        exchange = desk.exchange(number)
        links = (exchange.card(card) or abort(404)).get("links", [])
        if link >= len(links) or links[link].get("type") != "smart":
            abort(404)
        context = desk.practice.context(user=desk.user, patient=exchange.patient, order=exchange.order)
        context = replace(context, app_context=links[link].get("appContext"))
        return _started(desk, context, str(links[link].get("url")))


def _started(desk: Desk, context: Context, launch_url: str) -> Redirect:
    """The way to the app; in the frame below our banner, or away from here."""
    # an EHR launches what is registered, whatever a card says
    if desk.app is None or launch_url != desk.app.launch_url:
        abort(403, "No registered app has this launch address.")
    framed = request.form.get("where") == "frame"
    launch = desk.practice.memory.launch(replace(context, framed=framed))
    here = f"/patients/{context.patient}/app?launch={launch}"
    return redirect(here if framed else _address(desk, launch_url, launch), 303)


def _address(desk: Desk, launch_url: str, launch: str) -> str:
    return f"{launch_url}?{urlencode({'iss': desk.practice.iss, 'launch': launch})}"
