"""The policies as the hooks need them: which orders they cover, and the card for one of those."""

from datetime import datetime

from smartapp import flow
from smartapp.facts import Facts, Resource
from smartapp.outputs import card
from smartapp.policies import Catalog, OrderMatch
from smartapp.web.hooks import Answer


class PolicyJudge:
    """A catalogue of policies, asked in turn."""

    def __init__(self, catalog: Catalog, *, base_url: str) -> None:
        self._catalog, self._base_url = catalog, base_url
        self.titles = tuple(policy.title for policy in catalog.policies)

    def match(self, order: Resource) -> OrderMatch | None:
        """The policy that covers an order, or None."""
        return self._catalog.match(order)

    def answer(self, match: OrderMatch, facts: Facts, *, order: Resource, now: datetime) -> Answer | None:
        """The card with its pre-filled form; None when the record shows that no policy covers the order."""
        policy = match.policy
        review = flow.review(policy, facts, order=order, now=now)
        determination = review.determination
        if determination.outcome is None:
            return None
        shown = card.render(determination, policy, base_url=self._base_url, response=review.response())
        return Answer(card=shown, policy=policy.name, outcome=determination.outcome.value)
