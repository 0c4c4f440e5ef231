"""Writing and signing an order, with the cards that it brings and what is done with them."""

from typing import Any

from flask import Blueprint, abort, json, redirect, request
from werkzeug.wrappers import Response as Redirect

from smartapp.facts import Resource
from smartapp.sandbox.fhir.access import EVERYTHING, patient_of
from smartapp.sandbox.screen import actions, cds, chart, coverage
from smartapp.sandbox.screen.desk import Desk
from smartapp.sandbox.screen.exchanges import Exchange
from smartapp.sandbox.screen.orders import CHOICES, written


def register(routes: Blueprint, desk: Desk) -> None:
    """Below /patients/<id>/orders and /exchanges."""

    @routes.post("/patients/<patient_id>/orders")
    def write(patient_id: str) -> Redirect:
        order = _written(desk, patient_id)
        _ask(desk, order, "order-select")
        return _to(order)

    @routes.get("/patients/<patient_id>/orders/<resource_type>/<order_id>")
    def show_order(patient_id: str, resource_type: str, order_id: str) -> str:
        order = desk.order(resource_type, order_id)
        return desk.page("order.html", patient_id=patient_id, **_shown(desk, order))

    @routes.post("/patients/<patient_id>/orders/<resource_type>/<order_id>/check")
    def check(patient_id: str, resource_type: str, order_id: str) -> Redirect:
        desk.patient(patient_id)
        order = desk.order(resource_type, order_id)
        _ask(desk, order, "order-sign")
        return _to(order)

    @routes.post("/patients/<patient_id>/orders/<resource_type>/<order_id>/sign")
    def sign(patient_id: str, resource_type: str, order_id: str) -> Redirect:
        desk.patient(patient_id)
        order = {**desk.order(resource_type, order_id), "status": "active"}
        desk.practice.fhir.records.update(order)
        return _to(order)

    @routes.post("/patients/<patient_id>/orders/<resource_type>/<order_id>/delete")
    def delete(patient_id: str, resource_type: str, order_id: str) -> Redirect:
        desk.practice.fhir.records.remove([desk.order(resource_type, order_id)])
        return redirect(f"/patients/{patient_id}", 303)

    @routes.post("/exchanges/<int:number>/cards/<int:card>/accept")
    def accept(number: int, card: int) -> Redirect:
        exchange = desk.exchange(number)
        _accept(desk, exchange, card, request.form.get("suggestion", default=0, type=int))
        return redirect(_address(exchange), 303)

    @routes.post("/exchanges/<int:number>/cards/<int:card>/dismiss")
    def dismiss(number: int, card: int) -> Redirect:
        exchange = desk.exchange(number)
        _dismiss(desk, exchange, card)
        return redirect(_address(exchange), 303)


def _written(desk: Desk, patient_id: str) -> Resource:
    """The draft order of the form, as kept."""
    desk.patient(patient_id)
    records = desk.practice.fhir.records
    choice = CHOICES.get(request.form.get("what", "")) or abort(400)
    context = desk.practice.context(user=desk.user, patient=patient_id)
    reason = records.get("Condition", request.form.get("reason", "").rpartition("/")[2])
    order = written(
        choice,
        patient=patient_id,
        user=desk.user,
        encounter=context.encounter,
        reason=reason,
        at=desk.practice.settings.clock(),
    )
    kept, _ = desk.practice.fhir.create(order, resource_type=choice.type, access=EVERYTHING, unless=None)
    return kept


def _ask(desk: Desk, order: Resource, hook: str) -> None:
    """Call the service of the app, and apply the system actions of its answer."""
    if desk.app is None or not desk.app.services_url:
        return
    patient = patient_of(order) or abort(404)
    how = request.form.get("how", "both")
    calling = cds.Calling(
        hook=hook,
        user=desk.user,
        patient=patient,
        encounter=desk.practice.context(user=desk.user, patient=patient).encounter,
        order=order,
        sends_prefetch=how != "server",
        lends_server=how != "prefetch",
    )
    exchange = cds.call(calling, practice=desk.practice, services=desk.app.services_url)
    asked = exchange.received.get("systemActions", []) if isinstance(exchange.received, dict) else []
    done = actions.applied(asked if exchange.failure is None else [], patient=patient, practice=desk.practice)
    desk.exchanges.keep(exchange.with_applied(tuple(done)))


def _accept(desk: Desk, exchange: Exchange, card: int, suggestion: int) -> None:
    chosen = exchange.card(card) or abort(404)
    suggestions = chosen.get("suggestions", [])
    if exchange.done_with(card) or suggestion >= len(suggestions):
        return
    asked = suggestions[suggestion].get("actions", [])
    done = list(actions.applied(asked, patient=exchange.patient, practice=desk.practice))
    desk.exchanges.settle(exchange, card, "Accepted; " + "; ".join(done) + ".")
    accepted = [{"id": suggestions[suggestion].get("uuid")}]
    _tell(desk, exchange, chosen, {"outcome": "accepted", "acceptedSuggestions": accepted})


def _dismiss(desk: Desk, exchange: Exchange, card: int) -> None:
    chosen = exchange.card(card) or abort(404)
    if exchange.done_with(card):
        return
    reasons = {reason.get("code"): reason for reason in chosen.get("overrideReasons", [])}
    reason, comment = reasons.get(request.form.get("reason")), request.form.get("comment", "").strip()
    why = {**({"reason": reason} if reason else {}), **({"userComment": comment} if comment else {})}
    words = reason["display"] if reason else "no reason given"
    desk.exchanges.settle(exchange, card, f"Dismissed: {words}.")
    _tell(desk, exchange, chosen, {"outcome": "overridden", **({"overrideReason": why} if why else {})})


def _tell(desk: Desk, exchange: Exchange, card: dict[str, Any], item: dict[str, Any]) -> None:
    if "uuid" in card:
        told = {"card": card["uuid"], **item}
        desk.exchanges.keep(cds.feedback(exchange, told, practice=desk.practice))


def _shown(desk: Desk, order: Resource) -> dict[str, Any]:
    line = chart.line(order)
    exchanges = list(desk.exchanges.about(line.reference))
    latest = next((found for found in exchanges if found.hook != "feedback"), None)
    return {
        "order": line,
        "address": _path(order),
        "reasons": [chart.said(reason) for reason in order.get("reasonCode", ())],
        "coverage": list(coverage.lines(order, records=desk.practice.fhir.records)),
        "exchanges": exchanges,
        "latest": latest,
        "cards": cds.sorted_cards(latest.cards) if latest else [],
        "written": chart.lines(desk.practice.fhir.records, str(patient_of(order)), *chart.WRITTEN),
        "pretty": lambda value: json.dumps(value, indent=2, ensure_ascii=False),
    }


def _path(order: Resource) -> str:
    return f"/patients/{patient_of(order)}/orders/{order['resourceType']}/{order['id']}"


def _to(order: Resource) -> Redirect:
    return redirect(_path(order), 303)


def _address(exchange: Exchange) -> str:
    return f"/patients/{exchange.patient}/orders/{exchange.order}"
