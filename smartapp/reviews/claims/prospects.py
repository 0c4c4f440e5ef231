"""What a request would be before there is one: to which payer, and what stands in its way."""

from collections.abc import Callable
from datetime import datetime
from functools import lru_cache

from smartapp.ehrs.payers import Payers
from smartapp.flow import Review
from smartapp.outputs.dialect import Dialect
from smartapp.reviews.claims import making
from smartapp.reviews.reviews import Reviews
from smartapp.reviews.visits import Visit

_MOST_REMEMBERED = 500
Prospect = tuple[str, tuple[str, ...]]
"""The name of the payer ("": none is registered), and what stands in the way, each with what helps."""


class Prospects:
    """Of signed reviews they are remembered: nothing about them changes, and to know it a whole request is made."""

    def __init__(
        self, reviews: Reviews, *, payers: Payers, clock: Callable[[], datetime], dialect: Dialect
    ) -> None:
        self._reviews, self._payers, self._clock, self._dialect = reviews, payers, clock, dialect
        self._of_version = lru_cache(_MOST_REMEMBERED)(lambda visit, _number: self._made(visit, None))

    def of(self, visit: Visit, *, review: Review | None = None) -> Prospect:
        """The prospect of what a visit looks at; `review` is its evaluation of a moment ago, if there is one."""
        work = self._reviews.work(visit)
        return self._made(visit, review) if work.signed is None else self._of_version(visit, work.number)

    def payer(self, visit: Visit) -> str:
        """The name of the payer alone."""
        found = making.payer_of(self._reviews.dossier(visit), self._payers) if len(self._payers) else None
        return found.name if found else ""

    def _made(self, visit: Visit, review: Review | None) -> Prospect:
        dossier = self._reviews.dossier(visit, review=review)
        payer = making.payer_of(dossier, self._payers)
        troubles = making.troubles(dossier, payer, default=self._dialect, now=self._clock())
        return (payer.name if payer else "", troubles)
