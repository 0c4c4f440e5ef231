"""From a request for packages to the Parameters that answer it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from smartapp import flow
from smartapp.errors import BadInput, BrokenProfile
from smartapp.facts import Facts, Gap, Resource, Unread, reference_of
from smartapp.outputs import coverage
from smartapp.outputs.coverage import Trouble
from smartapp.outputs.coverage.assertion import policy_named_in
from smartapp.outputs.dialect import Dialect
from smartapp.outputs.package import Issue, in_context, package, parameters
from smartapp.outputs.package.bundle import changed_after
from smartapp.policies import Catalog, Policy
from smartapp.policies.artifacts import Artifacts, canonical_of
from smartapp.sources.orders import medications, with_medication
from smartapp.web.fhir.request import PackageRequest

_NO_ORDER = "No order was given: the draft response names the Coverage, and the order is to be added to it."
_NOT_READ = "Only what is in the request was given; nothing was read from the record."


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelf:
    """The policies with what they are published as."""

    catalog: Catalog
    artifacts: Artifacts
    base: str
    """The address below which the artifacts are read, without a final slash."""
    payers: frozenset[str]


@dataclass(slots=True)
class _Wanted:
    """The policies whose forms are asked for, each with its orders, and what is to be said."""

    orders: dict[str, list[Resource]]
    issues: list[Issue]


def answer(request: PackageRequest, shelf: Shelf, *, now: datetime) -> dict[str, Any]:
    """The Parameters with one Bundle for each form; BrokenProfile where there is no telling what is wanted."""
    _refuse_foreign(request, shelf, now)
    wanted = _wanted(request, shelf)
    policies = [p for p in shelf.catalog.policies if p.name in wanted.orders]
    bundles = [
        _bundle(policy, wanted.orders[policy.name], request, shelf, now=now)
        for policy in policies
        if _is_news(policy, request, shelf)
    ]
    if bundles and not request.orders:
        wanted.issues.append(Issue(severity="information", code="incomplete", text=_NO_ORDER))
    if len(bundles) < len(policies):
        wanted.issues.append(_unchanged(len(policies) - len(bundles)))
    if not bundles and not wanted.issues:
        raise BrokenProfile("No form belongs to this request.")
    return parameters(bundles, wanted.issues, request.dialect)


def _refuse_foreign(request: PackageRequest, shelf: Shelf, now: datetime) -> None:
    facts = Facts(patient_id=request.patient_id, resources=request.coverages)
    chosen = coverage.choose(facts, {}, day=now.date().isoformat(), payers=shelf.payers)
    if chosen.trouble is Trouble.FOREIGN:
        raise BadInput("This service does not answer for the payer of this Coverage.")


def _wanted(request: PackageRequest, shelf: Shelf) -> _Wanted:
    """The union of what the canonicals, the orders and the context call for (DTR "questionnaire-package")."""
    wanted = _Wanted(orders={}, issues=[])
    known = medications(request.referenced)
    for order in request.orders:
        match = shelf.catalog.match(with_medication(order, known, {}))
        if match is None:
            text = f"{reference_of(order)}: no form is needed for this order by the policies of this service."
            wanted.issues.append(Issue(severity="information", code="not-found", text=text))
        else:
            wanted.orders.setdefault(match.policy.name, []).append(order)
    for canonical in request.questionnaires:
        _want_form(canonical, wanted, shelf)
    if request.context:
        _want_context(request, wanted, shelf)
    return wanted


def _want_form(canonical: str, wanted: _Wanted, shelf: Shelf) -> None:
    form = shelf.artifacts.resolve("Questionnaire", canonical)
    policy = form and next(
        (p for p in shelf.catalog.policies if p.form_canonical == canonical_of(form)), None
    )
    if policy:
        wanted.orders.setdefault(policy.name, [])
    else:  # oper-9: a warning for every requested Questionnaire that is not found
        text = f"There is no Questionnaire {canonical} here."
        wanted.issues.append(Issue(severity="warning", code="not-found", text=text))


def _want_context(request: PackageRequest, wanted: _Wanted, shelf: Shelf) -> None:
    policy = shelf.catalog.policy(policy_named_in(request.context or ""))
    if policy:
        wanted.orders.setdefault(policy.name, [])
        return
    if not (wanted.orders or request.questionnaires):
        # spec-130: 4xx with an OperationOutcome when the context cannot be found
        raise BrokenProfile(
            "This context is not known here. Use the coverage-assertion-id of the coverage information on "
            "the order, or name the order or the Questionnaire."
        )
    text = "The context is not known here and was left out of account."
    wanted.issues.append(Issue(severity="warning", code="not-found", text=text))


def _is_news(policy: Policy, request: PackageRequest, shelf: Shelf) -> bool:
    since = request.changed_since
    return since is None or changed_after(shelf.artifacts, policy.questionnaire, since)


def _unchanged(count: int) -> Issue:
    text = f"Unchanged since then and not sent again: {count}."
    return Issue(severity="information", code="informational", text=text)


def _bundle(
    policy: Policy, orders: list[Resource], request: PackageRequest, shelf: Shelf, *, now: datetime
) -> dict[str, Any]:
    facts = Facts(
        patient_id=request.patient_id,
        resources=(_patient(request), *_others(request), *request.coverages, *orders),
        unread=tuple(_unread(policy)),
    )
    review = flow.review(policy, facts, order=orders[0] if orders else None, now=now)
    response = in_context(
        review.response(),
        request.dialect,
        coverages=map(reference_of, request.coverages),
        requests=map(reference_of, orders),
    )
    return package(
        policy.questionnaire,
        shelf.artifacts,
        _with_items(response, policy.questionnaire, request.dialect),
        dialect=request.dialect,
        base=shelf.base,
        now=now,
    )


def _patient(request: PackageRequest) -> Resource:
    """The patient as sent along, or bare."""
    bare = {"resourceType": "Patient", "id": request.patient_id}
    return next((r for r in request.referenced if reference_of(r) == reference_of(bare)), bare)


def _others(request: PackageRequest) -> Iterator[Resource]:
    return (r for r in request.referenced if r["resourceType"] != "Patient")


def _unread(policy: Policy) -> Iterator[Unread]:
    """Nothing is concluded from what was not given."""
    types = {name for criterion in policy.criteria for name in criterion.reads}
    return (Unread(type=name, gap=Gap.NOT_SENT, text=_NOT_READ) for name in sorted(types))


def _with_items(
    response: dict[str, Any], questionnaire: Mapping[str, Any], dialect: Dialect
) -> dict[str, Any]:
    """DTR 2.0.1 wants an item in the draft, even where nothing could be filled: the form's first, empty."""
    if "item" in response or dialect is not Dialect.V2_0:
        return response
    first = questionnaire["item"][0]
    return {**response, "item": [{key: first[key] for key in ("linkId", "text") if key in first}]}
