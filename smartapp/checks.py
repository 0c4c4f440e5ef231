"""The question that the command line asks: one record, one order, one determination."""

from datetime import datetime

import orjson

from smartapp import flow
from smartapp.determination import Determination
from smartapp.errors import BadInput, UnknownService
from smartapp.facts import Resource, reference_of
from smartapp.outputs import json, text
from smartapp.policies import Catalog, Policy
from smartapp.sources.bundle import case_of
from smartapp.sources.entries import Contents


def determine(
    given: Contents,
    *,
    catalog: Catalog,
    policy: str | None,
    order: str | None,
    origin: str,
    now: datetime,
) -> Determination:
    """The determination for what was read; `order` ("Type/id") and `policy` (a name) choose among several."""
    asked = Catalog(policies=(_named(catalog, policy),)) if policy else catalog
    case = case_of(given, match=asked.match, order=order, origin=origin)
    if case.match is not None:
        return flow.determine(case.match.policy, case.facts, order=case.order, now=now)
    if case.order is not None:
        return _uncovered(asked.policies[0], case.facts.patient_id, case.order, now)
    return flow.determine(_only(asked), case.facts, order=None, now=now)


def written(determination: Determination, *, layout: str) -> str:
    """A determination as "text" for a person, or as JSON."""
    if layout == "text":
        return text.render(determination)
    return orjson.dumps(json.as_dict(determination), option=orjson.OPT_INDENT_2).decode() + "\n"


def _named(catalog: Catalog, name: str) -> Policy:
    found = catalog.policy(name)
    if found is None:
        raise UnknownService(f"There is no policy '{name}'; 'smartapp policies' lists them.")
    return found


def _only(catalog: Catalog) -> Policy:
    if len(catalog.policies) > 1:
        names = ", ".join(policy.name for policy in catalog.policies)
        raise BadInput(f"No order tells which policy is meant; choose one with --policy: {names}.")
    return catalog.policies[0]


def _uncovered(policy: Policy, patient_id: str, order: Resource, now: datetime) -> Determination:
    """No outcome and no criteria: the order is not what the policy is about."""
    return Determination(
        policy=policy.ref,
        patient=f"Patient/{patient_id}",
        order=reference_of(order),
        as_of=now.date().isoformat(),
        outcome=None,
        reason="No policy here covers this order.",
    )
