"""From a chart to the question: which order, which policy."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from smartapp.evidence import date_of, text_of
from smartapp.facts import Facts, Resource, reference_of
from smartapp.policies import Catalog, Policy
from smartapp.reviews.visits import OrderLine
from smartapp.sources.launched import cases


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """What is asked."""

    policy: Policy
    facts: Facts
    order: str | None
    """"MedicationRequest/id"; None: no order of the product is on record, ask as if there were one."""


def arrive(
    facts: Facts,
    catalog: Catalog,
    *,
    fhir_context: Iterable[Mapping[str, Any]],
    base: str,
    chosen: str | None,
) -> Arrival | tuple[OrderLine, ...]:
    """The question, or the orders among which a person has to choose.

    `fhir_context` is the launch's; `chosen` is the order that a person chose, "" for none of them.
    """
    found = cases(facts, match=catalog.match, fhir_context=fhir_context, base=base)
    covered = {reference_of(c.order): c.match.policy for c in found if c.order and c.match}
    if chosen in covered:
        return Arrival(policy=covered[chosen], facts=facts, order=chosen)
    if len(covered) > 1 and chosen is None:
        return tuple(_line(case.order) for case in found if case.order and case.match)
    if len(covered) == 1 and chosen is None:
        order, policy = next(iter(covered.items()))
        return Arrival(policy=policy, facts=facts, order=order)
    return Arrival(policy=catalog.policies[0], facts=facts, order=None)


def _line(order: Resource) -> OrderLine:
    return OrderLine(reference=reference_of(order), text=text_of(order), date=date_of(order))
