"""The policies as the hooks need them: which orders they cover, and what is said about one of those."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from smartapp import flow
from smartapp.facts import Facts, Resource, reference_of
from smartapp.flow import Review
from smartapp.outputs import card, coverage
from smartapp.outputs.coverage import Assertion, Chosen
from smartapp.outputs.coverage.cards import Subject, about, cards, for_order
from smartapp.outputs.coverage.insurance import payer_of
from smartapp.outputs.coverage.options import COVERAGE
from smartapp.outputs.package import in_context
from smartapp.policies import Catalog, OrderMatch
from smartapp.web import crd
from smartapp.web.crd import Wish
from smartapp.web.hooks import Answer


class PolicyJudge:
    """A catalogue of policies, asked in turn."""

    def __init__(self, catalog: Catalog, *, base_url: str) -> None:
        self._catalog, self._base_url = catalog, base_url
        self.titles = tuple(policy.title for policy in catalog.policies)

    def match(self, order: Resource) -> OrderMatch | None:
        """The policy that covers an order, or None."""
        return self._catalog.match(order)

    def answer(
        self, match: OrderMatch, facts: Facts, *, order: Resource, wish: Wish, now: datetime
    ) -> Answer | None:
        """The cards and the system action; None when the record shows that no policy covers the order."""
        policy = match.policy
        review = flow.review(policy, facts, order=order, now=now, user=wish.user)
        determination = review.determination
        if determination.outcome is None:
            return None
        chosen = coverage.choose(review.facts, order, day=now.date().isoformat(), payers=wish.payers)
        crd.check_coverage(chosen, wish)
        return Answer(
            cards=tuple(self._cards(review, order, chosen, wish)),
            order=reference_of(order),
            policy=policy.name,
            outcome=determination.outcome.value,
            action=_action(review, order, chosen, wish),
        )

    def _cards(
        self, review: Review, order: Resource, chosen: Chosen, wish: Wish
    ) -> Iterator[Mapping[str, Any]]:
        """Our card, then those of the further types of CRD that are wanted."""
        if wish.settings[COVERAGE.code]:
            ours = card.render(
                review.determination,
                review.policy,
                base_url=self._base_url,
                response=_response(review, chosen, wish),
            )
            # CRD 2.2.1 dev-24: with several orders in a call, say in words which one the card is about
            told = f"{ours['detail']}\n\n{for_order(order)}"
            yield ours | {"detail": told, "extension": about(order)}
        yield from cards(_subject(review, order, chosen, wish), wish.settings)


def _response(review: Review, chosen: Chosen, wish: Wish) -> dict[str, Any]:
    """The pre-filled form, for this order and its Coverage."""
    requests = filter(None, (review.determination.order,))
    coverages = filter(None, (chosen.reference,))
    return in_context(review.response(), wish.dialect, coverages=coverages, requests=requests)


def _subject(review: Review, order: Resource, chosen: Chosen, wish: Wish) -> Subject:
    return Subject(
        policy=review.policy,
        determination=review.determination,
        facts=review.facts,
        order=order,
        payer=payer_of(chosen) or {"display": review.policy.payer},
        user=wish.user,
        dialect=wish.dialect,
        is_primary=wish.is_primary,
        now=review.now,
    )


def _action(review: Review, order: Resource, chosen: Chosen, wish: Wish) -> Mapping[str, Any] | None:
    """The coverage information for the order; None without a Coverage, or where nothing is new."""
    if chosen.coverage is None or not wish.settings[COVERAGE.code]:
        return None
    assertion = _assertion(review, chosen, wish, primary=wish.is_primary)
    if not wish.is_primary and "extension" in order:
        # what was said at signing and still holds is more than may be said now (hook-19): it stays
        whole = _assertion(review, chosen, wish, primary=True)
        if coverage.is_said(order, whole, wish.dialect):
            return None
    return coverage.update(order, assertion, wish.dialect)


def _assertion(review: Review, chosen: Chosen, wish: Wish, *, primary: bool) -> Assertion:
    return coverage.assess(
        review.determination,
        review.policy,
        review.facts,
        chosen,
        server=wish.server,
        primary=primary,
        now=review.now,
    )
