"""The use case: a policy and one patient's facts in, an explained determination out."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from smartapp.determination import Determination
from smartapp.elm import Evaluation
from smartapp.facts import Facts, Resource, reference_of
from smartapp.normalize import contained, normalize
from smartapp.outputs import questionnaire
from smartapp.planned import planned_date
from smartapp.policies import Policy
from smartapp.readout import Readout


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """A determination with what it was made from, for the outputs that need more than the answer."""

    policy: Policy
    determination: Determination
    facts: Facts
    """The normalised facts."""
    order: Resource | None
    run: Evaluation
    """The evaluated policy."""
    now: datetime

    @property
    def form(self) -> Evaluation:
        """The library of the form's expressions, in the same run: what the policy asked is not asked again."""
        return self.run.also(self.policy.form_library)

    def response(self) -> dict[str, Any]:
        """The pre-filled QuestionnaireResponse for this review."""
        return questionnaire.fill(self.policy, self.form, patient=self.determination.patient, now=self.now)


def determine(policy: Policy, facts: Facts, *, order: Resource | None, now: datetime) -> Determination:
    """What the policy's published criteria say about this order on this record."""
    return review(policy, facts, order=order, now=now).determination


def review(
    policy: Policy, facts: Facts, *, order: Resource | None, now: datetime, user: str | None = None
) -> Review:
    """The determination and everything that it was made from; `order` None asks as if the therapy were ordered.

    `user` is who launched ("Practitioner/id"): who fills in the form, where the order does not say who asks.
    """
    whole = normalize(_with_order(facts, order), policy.terms)
    planned = planned_date(order, now)
    parameters = {
        "Planned Date": planned,
        "As Of": now.date().isoformat(),
        "Order": reference_of(order) if order else None,
        "User": user,
        "Unread": _unread_types(policy, whole),
    }
    run = policy.program.evaluate(policy.name, whole.resources, parameters=parameters, now=now)
    readout = Readout(policy=policy, facts=whole, order=order, planned=planned, run=run, now=now)
    determination = readout.determination()
    return Review(policy=policy, determination=determination, facts=whole, order=order, run=run, now=now)


def _with_order(facts: Facts, order: Resource | None) -> Facts:
    """The order is a fact too: its reasons are asked about, and the people and places that it carries inside."""
    if order is None:
        return facts
    inside = contained.opened(order)
    if any(resource is order for resource in facts.resources):
        return replace(facts, resources=(*facts.resources, *inside)) if inside else facts
    reference = reference_of(order)
    others = tuple(r for r in facts.resources if reference_of(r) != reference)
    return replace(facts, resources=(*others, order, *inside))


def _unread_types(policy: Policy, facts: Facts) -> list[str]:
    """The types that nothing is concluded from; "*" stands for every type a criterion reads."""
    types = {unread.type for unread in facts.unread}
    if "*" in types:
        types |= {name for criterion in policy.criteria for name in criterion.reads} | {"Coverage"}
    return sorted(types)
