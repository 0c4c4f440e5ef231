"""From a signed review to the case that a request is made from: which Coverage, which payer, what is said."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from smartapp.ehrs.payers import Payer, Payers
from smartapp.errors import NotSendable, NotSignable
from smartapp.facts import Resource
from smartapp.outputs import claim, coverage
from smartapp.outputs.claim import Case, Codes, Party
from smartapp.outputs.coverage import Chosen
from smartapp.outputs.coverage.extension import render
from smartapp.outputs.dialect import Dialect
from smartapp.planned import planned_date
from smartapp.reviews.document import document
from smartapp.reviews.dossier import Dossier
from smartapp.reviews.work import Signed, Work

_NPI = "http://hl7.org/fhir/sid/us-npi"


def payer_of(dossier: Dossier, payers: Payers) -> Payer | None:
    """The payer of the Coverage of the order; None: it is not registered."""
    if not _coverage(dossier).coverage:
        return None
    fitting = (payer for payer in payers if not _coverage(dossier, payer).trouble)
    return next(fitting, None)


def case(
    dossier: Dossier,
    payer: Payer | None,
    *,
    default: Dialect,
    earlier: Mapping[str, Any] | None = None,
    pdf: bytes = b"",
) -> Case:
    """The case; `earlier` is the request Bundle that the payer has of the version before, `pdf` the packet.

    NotSignable before it is signed, NotSendable where the record has no order or no Coverage.
    """
    signed = _signed(dossier.work)
    made = _case(dossier, payer, signed.response, signed.signature.at, default=default)
    packet = _packet(dossier.work, signed, pdf) if pdf else None
    return replace(made, packet=packet, earlier=earlier)


def troubles(dossier: Dossier, payer: Payer | None, *, default: Dialect, now: datetime) -> tuple[str, ...]:
    """What stands in the way of a request, signed or not yet, each with what helps."""
    signed = dossier.work.signed
    form = signed.response if signed else {"resourceType": "QuestionnaireResponse", "id": dossier.work.id}
    try:
        made = _case(dossier, payer, form, signed.signature.at if signed else now, default=default)
        found = claim.troubles(made)
        if signed and not found:
            claim.request(made, now=now)  # what the EHR holds may be no valid FHIR
    except NotSendable as error:
        return (str(error),)
    return found


def _case(
    dossier: Dossier, payer: Payer | None, form: Resource, signed_at: datetime, *, default: Dialect
) -> Case:
    chosen = _coverage(dossier)
    dialect = Dialect(payer.version) if payer and payer.version else default
    return Case(
        id=f"{dossier.work.id}.{dossier.work.number}",
        policy=dossier.review.policy,
        determination=dossier.review.determination,
        facts=dossier.chart,
        order=_order(dossier),
        coverage=_held(dossier, chosen),
        extension=_extension(dossier, chosen, dialect),
        response=form,
        signed_at=signed_at,
        planned=planned_date(dossier.review.order, signed_at),
        iss=dossier.visit.iss,
        dialect=dialect,
        insurer=_insurer(payer),
        provider=_provider(payer),
        site=dossier.visit.ehr_name,
        codes=_codes(payer),
    )


def _signed(work: Work) -> Signed:
    if work.signed is None:
        raise NotSignable("The form is not signed yet; a request is made of what is signed.")
    return work.signed


def _packet(work: Work, signed: Signed, pdf: bytes) -> Resource:
    form = f"QuestionnaireResponse/{signed.response['id']}"
    return document(work, signed.signature, pdf, form=form, earlier=None)


def _order(dossier: Dossier) -> Resource:
    found = dossier.chart.find(dossier.work.order) if dossier.work.order else None
    if found is None:
        raise NotSendable(
            "There is no order in the chart, and a request to the payer is about one: write it there."
        )
    return found


def _coverage(dossier: Dossier, payer: Payer | None = None) -> Chosen:
    at: datetime = dossier.review.now
    names = frozenset(payer.covers) if payer else frozenset()
    return coverage.choose(
        dossier.review.facts, dossier.review.order or {}, day=at.date().isoformat(), payers=names
    )


def _held(dossier: Dossier, chosen: Chosen) -> Resource:
    if chosen.reference is None or chosen.trouble:
        raise NotSendable(
            "The record shows no single active Coverage that a request could be made on: enter it in the EHR, or "
            "name on the order the one that it is for."
        )
    return dossier.chart.find(chosen.reference) or chosen.coverage or {}


def _extension(dossier: Dossier, chosen: Chosen, dialect: Dialect) -> Mapping[str, Any]:
    review = dossier.review
    assertion = coverage.assess(
        review.determination,
        review.policy,
        review.facts,
        chosen,
        server=dossier.visit.iss,
        primary=True,
        now=review.now,
    )
    return render(assertion, dialect)


def _insurer(payer: Payer | None) -> Party:
    if payer is None:
        return Party()
    system, _, value = payer.identifier.partition("|")
    return Party(name=payer.name, identifier={"system": system, "value": value} if value else {})


def _provider(payer: Payer | None) -> Party:
    if payer is None:
        return Party()
    npi = {"system": _NPI, "value": payer.provider_npi} if payer.provider_npi else {}
    return Party(name=payer.provider, identifier=npi)


def _codes(payer: Payer | None) -> Codes:
    given = {
        name: value
        for name in ("claim_type", "service_type", "place")
        if payer and (value := getattr(payer, name))
    }
    return Codes(**given)
