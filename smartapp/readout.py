"""One evaluation of one policy, read out: each criterion with its evidence, and the outcome that follows."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
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
from smartapp.facts import Facts, Resource, in_words, reference_of
from smartapp.notices import notices_of
from smartapp.outputs.form.answers import is_copied
from smartapp.policies import CriterionText, Policy, Product
from smartapp.policies.form import all_items
from smartapp.policies.orders import match_order

_FORM = "QuestionnaireResponse"
_Row = tuple[str, str, Resource]
"""A reference, why it is named, and the resource."""
_OUTCOMES = {
    Outcome.MET: "The published criteria look met on this record.",
    Outcome.NEEDS_INFORMATION: "More information is needed: the record does not settle every criterion.",
    Outcome.NOT_MET: "A published criterion is not met; the policy regards other uses as investigational.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Readout:
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
            return self._given(None, "The order names no product, and the disease is not on record.")
        known = {reference_of(r): r for r in self.facts.resources}
        criteria = tuple(self._criterion(text, known) for text in self.policy.criteria)
        outcome, reason = self._outcome(criteria, product)
        notices = notices_of(
            self.policy, self.facts, self.run, criteria, product=product, planned=self.planned
        )
        questions = tuple(_questions(self.policy, criteria))
        return self._given(outcome, reason, criteria=criteria, notices=notices, questions=questions)

    def _given(self, outcome: Outcome | None, reason: str, **found: Any) -> Determination:
        return Determination(
            policy=self.policy.ref,
            patient=f"Patient/{self.facts.patient_id}",
            order=reference_of(self.order) if self.order else None,
            as_of=self.now.date().isoformat(),
            outcome=outcome,
            reason=reason,
            **found,
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
        found = tuple(_found(self.run.value(f"{text.define} Evidence"), known))
        evidence = tuple(
            Evidence(reference=ref, text=text_of(r), date=date_of(r), origin=origin_of(r, codes))
            for ref, _, r in _without_copies(found, text)
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
        return in_words(u for u in self.facts.unread if u.type in (*text.reads, "*"))

    def _ask(self, text: CriterionText) -> tuple[str, ...]:
        return tuple(
            ask.item
            for ask in text.ask
            if (ask.when is None or self._is_true(ask.when))
            and (ask.unless is None or self.run.value(ask.unless) is None)
        )


def _found(rows: Any, known: Mapping[str, Resource]) -> Iterator[_Row]:
    """Each resource that a list of {reference, why} names, once."""
    seen = set()
    for row in rows or ():
        reference = row["reference"]
        if reference in known and reference not in seen:
            seen.add(reference)
            yield reference, row["why"], known[reference]


def _without_copies(found: Sequence[_Row], text: CriterionText) -> Iterator[_Row]:
    """Without a signed form that only repeats what the chart says, where the chart is there to say it itself."""
    links = [ask.item for ask in text.ask]
    is_recorded = any(resource["resourceType"] != _FORM for _, _, resource in found)
    for row in found:
        if not (is_recorded and row[2]["resourceType"] == _FORM and is_copied(row[2], links)):
            yield row


def _questions(policy: Policy, criteria: Sequence[Criterion]) -> Iterator[Question]:
    if not any(criterion.ask for criterion in criteria):
        return
    texts = {item.link_id: item.text for item in all_items(policy.form)}
    for criterion in criteria:
        for link_id in criterion.ask:
            yield Question(link_id=link_id, text=texts[link_id] or link_id, criterion=criterion.id)
