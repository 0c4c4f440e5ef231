"""CDS Hooks 2.0.1: discovery, the two order services, feedback."""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Protocol

from flask import Blueprint, Response, request

from smartapp.errors import BadHook, UnknownService, WrongMediaType
from smartapp.facts import Facts, Resource, reference_of
from smartapp.outputs.coverage.action import given
from smartapp.outputs.coverage.options import MAX_CARDS
from smartapp.sources import prefetch
from smartapp.sources.asks import Ask, Source
from smartapp.sources.parse import parse
from smartapp.sources.queries import TEMPLATES
from smartapp.sources.references import subject_of
from smartapp.store import Card, Lead, Store
from smartapp.web import calls, crd, exact, feedback
from smartapp.web.callers import noting
from smartapp.web.calls import Call
from smartapp.web.covered import covered_orders
from smartapp.web.crd import Crd, Wish
from smartapp.web.metrics import Metrics
from smartapp.web.problems import json

log = logging.getLogger(__name__)

_DESCRIPTION = (
    "Checks an order against the published medical policy that covers it: shows which criteria the record "
    "meets, what is missing, and fills the prior-authorization form. Answers for orders of: {policies}."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """One CDS service: a path segment and the hook that it answers."""

    id: str
    hook: str
    title: str


SERVICES: Mapping[str, Service] = {
    service.id: service
    for service in (
        Service(id="til-order-select", hook="order-select", title="Coverage criteria while ordering"),
        Service(id="til-order-sign", hook="order-sign", title="Coverage criteria at signing"),
    )
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What is said about one order, and what may be remembered about having said it."""

    cards: Sequence[Mapping[str, Any]]
    """The most important first."""
    order: str
    """"MedicationRequest/id"."""
    policy: str
    outcome: str
    action: Mapping[str, Any] | None = None
    """The system action on the order."""


class Judge(Protocol):
    """The policies, as the hooks need them."""

    @property
    def titles(self) -> Sequence[str]:
        """What the policies are about, for those who discover the services."""

    def match(self, order: Resource) -> Any | None:
        """What covers an order; None: no policy does."""

    def answer(
        self, match: Any, facts: Facts, *, order: Resource, wish: Wish, now: datetime
    ) -> Answer | None:
        """The answer for an order; None when the record shows that there is nothing to say."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """Everything that the hooks need, given once at start."""

    judge: Judge
    reader: Callable[[str | None, str | None], Source | None]
    """The reader for a fhirServer and a token; None when that server may not be read."""
    store: Store
    metrics: Metrics
    clock: Callable[[], datetime]
    crd: Crd = field(default_factory=Crd)
    about: Mapping[str, Any] = field(default_factory=dict)
    """What else the discovery document says of each service, under names of ours."""


def blueprint(desk: Desk) -> Blueprint:
    """The routes below /cds-services."""
    hooks = Blueprint("hooks", __name__, url_prefix="/cds-services")
    discovery = json(_discovery(desk.judge.titles, desk.crd, desk.about)).get_data()

    @hooks.get("", strict_slashes=False)
    def services() -> Response:
        return Response(discovery, mimetype="application/json")

    @hooks.post("/<service_id>")
    def call(service_id: str) -> Response:
        service = _service(service_id)
        data = _data()
        given = calls.read(parse(data, limit=len(data)), hook=service.hook)
        noting.about(patient=given.patient_id, user=given.user, instance=given.instance)
        return json(exact.restored(_answer(given, service, desk), data))

    @hooks.post("/<service_id>/feedback")
    def told(service_id: str) -> Response:
        service = _service(service_id)
        for item in feedback.read(_body(), service=service.id, at=desk.clock()):
            desk.store.told(item)
            desk.metrics.count("feedback", service=service.id, outcome=item.outcome)
            noting.about(card=item.card, outcome=item.outcome)
        return json({})

    return hooks


def _discovery(titles: Sequence[str], spoken: Crd, about: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "services": [
            {
                "hook": service.hook,
                "id": service.id,
                "title": service.title,
                "description": _DESCRIPTION.format(policies="; ".join(titles)),
                "prefetch": dict(TEMPLATES),
                "usageRequirements": (
                    "Patient and Coverage must be sent as prefetch or be readable from the fhirServer; "
                    "what else is missing is answered as unknown."
                ),
                "extension": {**crd.discovery(spoken), **about},
            }
            for service in SERVICES.values()
        ]
    }


def _service(service_id: str) -> Service:
    if service_id not in SERVICES:
        raise UnknownService("There is no such CDS service; GET /cds-services lists them.")
    return SERVICES[service_id]


def _data() -> bytes:
    if not request.is_json:
        raise WrongMediaType("A CDS Hooks request is sent as application/json.")
    return request.get_data(cache=False)


def _body() -> Any:
    data = _data()
    return parse(data, limit=len(data))  # the size was limited while reading


def _answer(call: Call, service: Service, desk: Desk) -> dict[str, Any]:
    """The body of the answer: a card, and what CRD adds, for each order that a policy covers."""
    wanted = crd.wish(call.extension, desk.crd, hook=service.hook, server=call.fhir_server, user=call.user)
    reader = desk.reader(call.fhir_server, call.token)
    covered, unclear = covered_orders(call, desk.judge.match, reader)
    if not covered:
        prefetch.require_patient(call.prefetch, reader)
        return _told((), call, service, desk, most=0)
    if any(_is_of_another(order, call) for order, _ in covered):
        raise BadHook("An order is for another patient than the one of context.patientId.")
    for order, _ in covered:
        crd.check_order(order, wanted)
    facts = prefetch.gather(call.prefetch, patient_id=call.patient_id, drafts=call.drafts, reader=reader)
    facts = _with_user(facts, call, [order for order, _ in covered], reader)
    facts = replace(facts, remarks=(*facts.remarks, *unclear)) if unclear else facts
    now = desk.clock()
    found = [desk.judge.answer(match, facts, order=order, wish=wanted, now=now) for order, match in covered]
    told = [answer for answer in found if answer]
    return _told(told, call, service, desk, most=wanted.settings[MAX_CARDS.code])


def _with_user(facts: Facts, call: Call, asked: Sequence[Resource], reader: Source | None) -> Facts:
    """With who orders, read where an order does not say who asks; nothing is said when that cannot be read."""
    if all("requester" in order for order in asked) or reader is None or facts.find(call.user):
        return facts
    kind = call.user.partition("/")[0]
    read = reader.read([Ask(type=kind, query=call.user)]).resources
    found = tuple(r for r in read if reference_of(r) == call.user)
    return replace(facts, resources=(*facts.resources, *found))


def _is_of_another(order: Resource, call: Call) -> bool:
    return subject_of(order, call.drafts.full_urls) not in {call.patient_id, None}


def _told(
    answers: Sequence[Answer], call: Call, service: Service, desk: Desk, *, most: int
) -> dict[str, Any]:
    """Remember and count what is answered, and give the answer; the most important cards come first."""
    cards = _ranked(answers)[:most]
    actions = [answer.action for answer in answers if answer.action]
    for answer, card in cards:
        desk.store.issued(_noted(card, answer, service, at=desk.clock()))
        for context in _contexts(card):
            desk.store.leads(context, Lead(patient=call.patient_id, order=answer.order))
        desk.metrics.count("cards", service=service.id, policy=answer.policy, outcome=answer.outcome)
    for answer in answers:
        desk.metrics.count("orders", service=service.id, annotated=str(answer.action is not None))
    desk.metrics.count("calls", service=service.id)
    noting.about(
        cards=len(cards),
        actions=len(actions),
        outcomes=[answer.outcome for answer in answers],
        # CRD 2.2.1 found-11: all coverage guidance that was given is kept
        guidance=[{"order": a.order, "said": given(a.action)} for a in answers if a.action],
    )
    log.info(
        "answered service=%s instance=%s cards=%d actions=%d",
        service.id,
        call.instance,
        len(cards),
        len(actions),
    )
    # CDS Hooks 2.0.1: an optional member without a value is left out
    return {"cards": [card for _, card in cards]} | ({"systemActions": actions} if actions else {})


def _ranked(answers: Sequence[Answer]) -> list[tuple[Answer, Mapping[str, Any]]]:
    """The first card of every order, then the second ones; what is about no single order is said once."""
    ranked = [(rank, answer, card) for answer in answers for rank, card in enumerate(answer.cards)]
    ranked.sort(key=lambda item: item[0])
    general: set[str] = set()
    kept = []
    for _, answer, card in ranked:
        if crd.is_about_one_order(card) or card["summary"] not in general:
            kept.append((answer, card))
            general.add(card["summary"])
    return kept


def _contexts(card: Mapping[str, Any]) -> list[str]:
    """The appContext of each link that launches the app."""
    return [link["appContext"] for link in card.get("links", ()) if "appContext" in link]


def _noted(card: Mapping[str, Any], answer: Answer, service: Service, *, at: datetime) -> Card:
    return Card(
        uuid=str(card["uuid"]), service=service.id, policy=answer.policy, outcome=answer.outcome, at=at
    )
