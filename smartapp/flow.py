"""The use case: a policy and one patient's facts in, an explained determination out."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from smartapp.determination import (
    Answer,
    Criterion,
    Determination,
    Doubt,
    Evidence,
    Outcome,
    Question,
    answer,
    combine,
)
from smartapp.elm import DefineError, Evaluation
from smartapp.evidence import date_of, origin_of, text_of
from smartapp.facts import Facts, Resource, reference_of
from smartapp.normalize import normalize
from smartapp.notices import notices_of
from smartapp.outputs import questionnaire
from smartapp.planned import planned_date
from smartapp.policies import CriterionText, Policy, Product
from smartapp.policies.form import all_items
from smartapp.policies.orders import match_order

_OUTCOMES = {
    Outcome.MET: "The published criteria look met on this record.",
    Outcome.NEEDS_INFORMATION: "More information is needed: the record does not settle every criterion.",
    Outcome.NOT_MET: "A published criterion is not met; the policy regards other uses as investigational.",
}


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


def review(policy: Policy, facts: Facts, *, order: Resource | None, now: datetime) -> Review:
    """The determination and everything that it was made from; `order` None asks as if the therapy were ordered."""
    whole = normalize(_with_order(facts, order), policy.terms)
    planned = planned_date(order, now)
    parameters = {
        "Planned Date": planned,
        "As Of": now.date().isoformat(),
        "Order": reference_of(order) if order else None,
        "Unread": _unread_types(policy, whole),
    }
    run = policy.program.evaluate(policy.name, whole.resources, parameters=parameters, now=now)
    asked = _Asked(policy=policy, facts=whole, order=order, planned=planned, run=run, now=now)
    return Review(
        policy=policy,
        determination=asked.determination(),
        facts=whole,
        order=order,
        run=run,
        now=now,
    )


def _with_order(facts: Facts, order: Resource | None) -> Facts:
    """The order is a fact too: its reasons are asked about."""
    if order is None or any(resource is order for resource in facts.resources):
        return facts
    reference = reference_of(order)
    others = tuple(r for r in facts.resources if reference_of(r) != reference)
    return replace(facts, resources=(*others, order))


def _unread_types(policy: Policy, facts: Facts) -> list[str]:
    """The types that nothing is concluded from; "*" stands for every type a criterion reads."""
    types = {unread.type for unread in facts.unread}
    if "*" in types:
        types |= {name for criterion in policy.criteria for name in criterion.reads} | {"Coverage"}
    return sorted(types)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """One evaluation of one policy, read out."""

    policy: Policy
    facts: Facts
    order: Resource | None
    planned: str
    run: Evaluation
    now: datetime

    def determination(self) -> Determination:
        """The whole answer."""
        match = match_order(self.policy, self.order, self.facts) if self.order else None
        product = match.product if match else None
        if product is Product.BARE_CODE and not self._is_on_record():
            return self._answered(None, "The order names no product, and the disease is not on record.", ())
        known = {reference_of(r): r for r in self.facts.resources}
        criteria = tuple(self._criterion(text, known) for text in self.policy.criteria)
        outcome, reason = self._outcome(criteria, product)
        return self._answered(outcome, reason, criteria, product)

    def _answered(
        self,
        outcome: Outcome | None,
        reason: str,
        criteria: tuple[Criterion, ...],
        product: Product | None = None,
    ) -> Determination:
        policy = self.policy
        return Determination(
            policy=policy.ref,
            patient=f"Patient/{self.facts.patient_id}",
            order=reference_of(self.order) if self.order else None,
            as_of=self.now.date().isoformat(),
            outcome=outcome,
            reason=reason,
            criteria=criteria,
            notices=notices_of(
                policy,
                self.facts,
                self.run,
                criteria,
                product=product,
                planned=self.planned,
            )
            if outcome
            else (),
            questions=tuple(_questions(policy, criteria)),
        )

    def _is_on_record(self) -> bool:
        define = self.policy.orders.on_record
        try:
            return define is None or self.run.value(define) is not False
        except DefineError:
            return True

    def _outcome(self, criteria: tuple[Criterion, ...], product: Product | None) -> tuple[Outcome, str]:
        for rule in self.policy.outcomes:
            if (rule.define and self._is_true(rule.define)) or (rule.product and rule.product == product):
                return rule.outcome, rule.text
        outcome = combine(criterion.answer for criterion in criteria)
        return outcome, _OUTCOMES[outcome]

    def _is_true(self, define: str) -> bool:
        """A rule that fails decides nothing; the notices say that it failed."""
        try:
            return self.run.value(define) is True
        except DefineError:
            return False

    def _criterion(self, text: CriterionText, known: Mapping[str, Resource]) -> Criterion:
        try:
            return self._answer(text, known)
        except DefineError:
            return Criterion(
                id=text.id,
                title=text.title,
                answer=Answer.UNKNOWN,
                reason="The rule for this criterion failed on this record; it is not answered. " + text.how,
                ask=tuple(a.item for a in text.ask),
            )

    def _answer(self, text: CriterionText, known: Mapping[str, Resource]) -> Criterion:
        given = answer(self.run.value(text.define))
        codes = self.policy.identified_by[text.id]
        evidence = tuple(
            Evidence(reference=ref, text=text_of(r), date=date_of(r), origin=origin_of(r, codes))
            for ref, _, r in _found(self.run.value(f"{text.define} Evidence"), known)
        )
        doubts = tuple(
            Doubt(reference=ref, text=text_of(r), why=why, date=date_of(r))
            for ref, why, r in _found(self.run.value(f"{text.define} Uncertain"), known)
        )
        return Criterion(
            id=text.id,
            title=text.title,
            answer=given,
            reason=self._reason(text, given, doubts),
            evidence=evidence,
            uncertain=doubts,
            unread=self._unread(text) if given is Answer.UNKNOWN else (),
            ask=self._ask(text) if given is Answer.UNKNOWN else (),
        )

    def _reason(self, text: CriterionText, given: Answer, doubts: Sequence[Doubt]) -> str:
        if given is Answer.MET:
            return text.met
        if given is Answer.UNMET:
            return text.unmet
        found = f"Found, but it does not settle the question: {doubts[0].why}." if doubts else text.missing
        return " ".join([found, *self._unread(text)])

    def _unread(self, text: CriterionText) -> tuple[str, ...]:
        return tuple(u.text for u in self.facts.unread if u.type in (*text.reads, "*"))

    def _ask(self, text: CriterionText) -> tuple[str, ...]:
        return tuple(
            ask.item
            for ask in text.ask
            if (ask.when is None or self._is_true(ask.when))
            and (ask.unless is None or self.run.value(ask.unless) is None)
        )


def _found(rows: Any, known: Mapping[str, Resource]) -> Iterator[tuple[str, str, Resource]]:
    """Each resource that a list of {reference, why} names, once."""
    seen = set()
    for row in rows or ():
        reference = row["reference"]
        if reference in known and reference not in seen:
            seen.add(reference)
            yield reference, row["why"], known[reference]


def _questions(policy: Policy, criteria: Sequence[Criterion]) -> Iterator[Question]:
    if not any(criterion.ask for criterion in criteria):
        return
    texts = {item.link_id: item.text for item in all_items(policy.form)}
    for criterion in criteria:
        for link_id in criterion.ask:
            yield Question(link_id=link_id, text=texts[link_id] or link_id, criterion=criterion.id)
