"""From what was read of a chart to the question: which order, which policy."""

from collections.abc import Sequence
from dataclasses import dataclass

from smartapp.evidence import date_of, text_of
from smartapp.facts import Facts, Resource, reference_of
from smartapp.policies import Catalog, Policy
from smartapp.reviews.visits import OrderLine
from smartapp.sources import orders
from smartapp.sources.bundle import case_of
from smartapp.sources.entries import Contents


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """What is asked."""

    policy: Policy
    facts: Facts
    order: str | None
    """"MedicationRequest/id"; None: no order of the product is on record, ask as if there were one."""


def arrive(
    given: Contents, catalog: Catalog, *, named: Sequence[str], chosen: str | None, origin: str
) -> Arrival | tuple[OrderLine, ...]:
    """The question, or the orders among which a person has to choose.

    `named` are the orders that the launch named; `chosen` is the one that a person chose, "" for none of them.
    """
    known = orders.medications(given.resources)
    covered = {
        reference_of(item): item
        for item in given.resources
        if orders.is_open(item)
        and catalog.match(orders.with_medication(item, known, given.full_urls)) is not None
    }
    wanted = next((name for name in (chosen, *named) if name in covered), None)
    if wanted is None and chosen != "" and len(covered) > 1:
        return tuple(_line(item) for item in covered.values())
    wanted = wanted or (next(iter(covered)) if len(covered) == 1 and chosen != "" else None)
    return _arrival(given, catalog, wanted, origin)


def _arrival(given: Contents, catalog: Catalog, wanted: str | None, origin: str) -> Arrival:
    case = case_of(given, match=catalog.match if wanted else _no_match, order=wanted, origin=origin)
    policy = case.match.policy if case.match else catalog.policies[0]
    return Arrival(policy=policy, facts=case.facts, order=wanted)


def _no_match(_: Resource) -> None:
    return None


def _line(order: Resource) -> OrderLine:
    return OrderLine(reference=reference_of(order), text=text_of(order), date=date_of(order))
