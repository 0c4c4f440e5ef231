"""A work held against its chart and its policy: what the chart fills in, what the answers make of the criteria."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Any

from smartapp import flow
from smartapp.errors import UnknownReview
from smartapp.facts import Facts, reference_of
from smartapp.outputs.dialect import Dialect
from smartapp.policies import Catalog, Policy
from smartapp.reviews import answering, attested, foreign, response
from smartapp.reviews.arrival import Arrival
from smartapp.reviews.foreign import Found
from smartapp.reviews.work import Work
from smartapp.reviews.works import Works

Step = Callable[[Work, Policy], Work]


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessor:
    """Assesses the works of one service."""

    catalog: Catalog
    works: Works
    clock: Callable[[], datetime]
    dialect: Dialect

    def policy(self, held: Work) -> Policy:
        """The policy of a work; UnknownReview when it is not installed any more."""
        policy = self.catalog.policy(held.policy)
        if policy is None:
            raise UnknownReview("The policy of this review is not installed any more.")
        return policy

    def step(self, work_id: str, step: Step) -> tuple[Work, Work]:
        """Swap in what `step` makes of a work under its policy: before and after."""
        return self.works.step(work_id, lambda held: step(held, self.policy(held)))

    def with_asides(self, held: Work, policy: Policy) -> Work:
        """The work with the answers that could not be saved when they were sent."""
        return answering.with_asides(held, policy, seen=partial(self.works.seen, held.id), now=self.clock())

    def chart(self, held: Work) -> Facts:
        """The chart as it was read, without the documents that the work itself says again, or better."""
        return _chart_only(self.works.chart(held.id), held)

    def draft(self, held: Work, policy: Policy, chart: Facts) -> dict[str, Any]:
        """The answers so far as a document in progress."""
        return response.draft(held, policy, chart, dialect=self.dialect)

    def review(self, held: Work, chart: Facts) -> flow.Review:
        """The determination, with the answers as facts (decisions.md "Attested answers").

        Of a signed form too only what a person gave or changed: the rest restates the chart, which is there. Before it
        is signed only a clinician's answers count.
        """
        policy = self.policy(held)
        draft = self.draft(held, policy, chart)
        given = draft.get("item", ())
        answers = {**draft, "id": held.id, "item": given if held.signed else attested.counted(given)}
        facts = replace(chart, resources=(*chart.resources, answers))
        order = chart.find(held.order) if held.order else None
        now = held.signed.signature.at if held.signed else self.clock()
        return flow.review(policy, facts, order=order, now=now)

    def filled(self, held: Work, arrival: Arrival, others: Found, *, user: str | None) -> Sequence[Any]:
        """What the chart alone fills in: answers must not fill in others, nor those of a form that is in progress."""
        chart = _chart_only(arrival.facts, held)
        facts = replace(chart, resources=tuple(r for r in chart.resources if not others.holds(r)))
        order = facts.find(arrival.order) if arrival.order else None
        asked = flow.review(arrival.policy, facts, order=order, now=self.clock(), user=user)
        return list(asked.response().get("item", ()))

    def derived(self, held: Work, policy: Policy) -> Work:
        """The work with what nobody answers, such as the age, as it follows from the answers."""
        fresh = self.review(held, self.chart(held)).response()
        return answering.derived(held, policy, list(fresh.get("item", ())))


def _chart_only(facts: Facts, held: Work) -> Facts:
    """The chart without our own documents on this request, and the forms of other apps whose answers were taken in."""
    taken = foreign.superseded(held, facts)
    kept = tuple(
        resource
        for resource in facts.resources
        if not response.is_own(resource, held) and reference_of(resource) not in taken
    )
    return replace(facts, resources=kept)
