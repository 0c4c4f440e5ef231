"""A chart that was read becomes a review: the work on its request is begun, or gone on with."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from secrets import token_hex
from typing import Any

from smartapp.facts import Facts
from smartapp.policies import Policy
from smartapp.reviews import answering, foreign, users
from smartapp.reviews.arrival import Arrival, arrive
from smartapp.reviews.assessment import Assessor
from smartapp.reviews.foreign import Found
from smartapp.reviews.trail import Trail
from smartapp.reviews.visits import State, Visit, Visits
from smartapp.reviews.work import Work
from smartapp.sources import launched


@dataclass(frozen=True, slots=True, kw_only=True)
class Intake:
    """Takes in the charts of one service."""

    assessor: Assessor
    trail: Trail
    visits: Visits

    def arrived(self, visit: Visit, facts: Facts, *, fhir_context: Iterable[Mapping[str, Any]] = ()) -> Visit:
        """The visit after its chart was read: ready, or with several orders to choose from."""
        visit = users.shown(visit, facts)
        found = arrive(
            facts, self.assessor.catalog, fhir_context=fhir_context, base=visit.iss, chosen=visit.chosen
        )
        if not isinstance(found, Arrival):
            return self.visits.ended(replace(visit, state=State.CHOOSING, choices=found))
        work_id = self._begun(visit, found)
        before = self.assessor.works.get(work_id)
        if before.signed is None:
            named = launched.forms(fhir_context, base=visit.iss)
            self._read(visit, before, found, named)
        return self.visits.ended(replace(visit, state=State.READY, work=work_id, choices=()))

    def _begun(self, visit: Visit, arrival: Arrival) -> str:
        """The id of the work on this request, which is begun when there is none."""
        fresh = Work(
            id=token_hex(16),
            policy=arrival.policy.name,
            patient=f"Patient/{arrival.facts.patient_id}",
            order=arrival.order,
            encounter=visit.encounter,
            removed={},
            typed={},
            read_at=self.assessor.clock(),
        )
        orderless = _about(visit, arrival, order="") if arrival.order and visit.chosen is None else None
        return self.assessor.works.begin(
            fresh, about=_about(visit, arrival, order=arrival.order or ""), orderless=orderless
        )

    def _read(self, visit: Visit, before: Work, arrival: Arrival, named: Collection[str]) -> None:
        """Take in a chart, with the form that another app began."""
        self.assessor.works.keep_chart(before.id, arrival.facts)
        about = replace(before, order=arrival.order)  # a draft may be from before the order was in the chart
        others = foreign.find(arrival.facts, about, arrival.policy, named=named)
        fresh = self.assessor.filled(about, arrival, others, user=visit.user)
        earlier, after = self.assessor.step(before.id, partial(self._refilled, arrival.order, fresh, others))
        self.trail.read(before, visit, arrival.facts)
        self.trail.took(earlier, after, visit)

    def _refilled(
        self, order: str | None, fresh: Sequence[Any], others: Found, before: Work, policy: Policy
    ) -> Work:
        if before.signed is not None:
            return before
        held = foreign.given_back(replace(before, order=order), policy, others)
        after = answering.populated(held, policy, fresh, read_at=self.assessor.clock())
        after = foreign.taken(after, policy, others)
        return self.assessor.derived(self.assessor.with_asides(after, policy), policy)


def _about(visit: Visit, arrival: Arrival, *, order: str) -> str:
    """What a request is known by."""
    return f"{visit.iss}|{visit.patient}|{order}|{arrival.policy.name}"
