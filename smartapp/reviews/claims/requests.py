"""The requests in a vault. Each is made once and sent until it surely arrived, and never twice on purpose."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from smartapp.ehrs.payers import Payers
from smartapp.errors import NotSendable, place_of
from smartapp.flow import Review
from smartapp.outputs import claim
from smartapp.outputs.dialect import Dialect
from smartapp.reviews import answering
from smartapp.reviews.claims import making, request
from smartapp.reviews.claims.post import Exchange, Post
from smartapp.reviews.claims.prospects import Prospect, Prospects
from smartapp.reviews.claims.request import Request
from smartapp.reviews.reviews import Reviews
from smartapp.reviews.visits import Visit
from smartapp.reviews.work import Work
from smartapp.store import Vault

log = logging.getLogger(__name__)

_KIND = "claim"
_KEPT = 400 * 24 * 3600
_CANCEL = ".cancel"
"""What the id of a request to cancel adds to that of the one to be cancelled."""
CLINICIANS_ONLY = "Only a clinician can send a request to the payer, or cancel one."
_SENDING = 120
"""Seconds after which a worker that stopped while it sent holds nobody up any more."""


class Requests:
    """The requests of one service, for many threads and many workers."""

    def __init__(
        self,
        reviews: Reviews,
        vault: Vault,
        *,
        payers: Payers,
        exchange: Callable[[], Exchange],
        clock: Callable[[], datetime],
        dialect: Dialect,
        packet: Callable[[Visit], bytes] | None = None,
    ) -> None:
        """`packet` gives the PDF of a signed review; without it the request goes without."""
        self._reviews, self._vault, self._payers = reviews, vault, payers
        self._clock, self._dialect = clock, dialect
        self._post = Post(payers, exchange, clock=clock, keep=self._keep)
        self._packet = packet
        self._prospects = Prospects(reviews, payers=payers, clock=clock, dialect=dialect)

    def of(self, visit: Visit) -> Request | None:
        """The request of the signed version that a visit looks at; None: none was made yet."""
        work = self._reviews.work(visit)
        return self._held(f"{work.id}.{work.number}")

    def before(self, visit: Visit) -> Request | None:
        """The newest request of an earlier version that the payer has, and that the next one takes the place of."""
        return self._earlier(self._reviews.work(visit))

    def cancellation(self, held: Request) -> Request | None:
        """The request to cancel one; None: that was not asked for."""
        return self._held(f"{held.id}{_CANCEL}")

    def payer(self, visit: Visit) -> str:
        """The name of the payer that a request would go to; empty: none is registered."""
        return self._prospects.payer(visit)

    def prospect(self, visit: Visit, *, review: Review | None = None) -> Prospect:
        """To which payer a request would go, and what stands in its way; `review` is an evaluation at hand."""
        return self._prospects.of(visit, review=review)

    def troubles(self, visit: Visit, *, review: Review | None = None) -> tuple[str, ...]:
        """What stands in the way of a request; empty when it can be made."""
        return self.prospect(visit, review=review)[1]

    @property
    def has_payers(self) -> bool:
        """Whether any payer is registered here."""
        return len(self._payers) > 0

    def made(self, visit: Visit) -> Request:
        """The request, made now if it was not; NotSendable says what is missing for one."""
        known = self.of(visit)
        if known is not None and (known.payer or not self.payer(visit)) and not self._is_stale(visit, known):
            return known
        fresh = self._made(visit)
        if known is not None:  # made before its payer was registered, or before a cancellation
            self._keep(fresh)
        elif not self._vault.add(_KIND, fresh.id, request.to_json(fresh), seconds=_KEPT):
            return self._again(fresh)  # another one was faster
        return fresh

    def send(self, visit: Visit) -> Request:
        """Send the request, unless the payer has it; what became of it is in the request."""
        _require_clinician(visit)
        with self._alone(self.made(visit)) as held:
            if held is None or not held.can_send:
                return self.made(visit)
            after = self._post.sent(held)
            self._reviews.requested(
                visit, "requested" if not after.why_not else "not-requested", _told(after)
            )
            return after

    def ask(self, visit: Visit) -> Request:
        """Ask what became of a request that the payer has not decided."""
        with self._alone(self.made(visit)) as held:
            if held is None or not held.can_ask or self._is_cancelled(held):
                return self.made(visit)
            after = self._keep(self._post.asked(held))
            self._reviews.requested(visit, "asked-payer", _told(after))
            return after

    def cancel(self, visit: Visit) -> Request | None:
        """Ask the payer to cancel the request that it has of this version, or of the one before.

        What became of that is in the request that asks for it; None: the payer has nothing to cancel.
        """
        _require_clinician(visit)
        held = self.of(visit)
        held = held if held and held.can_cancel else self.before(visit)
        if held is None or not held.can_cancel:
            return None
        with self._alone(self._cancelling(held)) as asking:
            if asking is None or not asking.can_send:
                return self.cancellation(held)
            after = self._post.sent(asking)
            told = "cancelled" if after.is_cancelled else "not-cancelled"
            self._reviews.requested(visit, told, _told(after))
            return after

    def _cancelling(self, held: Request) -> Request:
        id_, now = f"{held.id}{_CANCEL}", self._clock()
        fresh = Request(
            id=id_,
            payer=held.payer,
            bundle=claim.cancellation(dict(held.bundle), id_=id_, now=now),
            inquiry=claim.inquiry_again(dict(held.inquiry), id_=id_, now=now),
            made_at=now,
        )
        self._vault.add(_KIND, id_, request.to_json(fresh), seconds=_KEPT)
        return self._again(fresh)

    def _held(self, id_: str) -> Request | None:
        found = self._vault.get(_KIND, id_)
        return request.from_json(found) if found else None

    def _made(self, visit: Visit) -> Request:
        dossier, now = self._reviews.dossier(visit), self._clock()
        payer = making.payer_of(dossier, self._payers)
        earlier = self._earlier(dossier.work) if payer else None
        case = making.case(
            dossier,
            payer,
            default=self._dialect,
            earlier=earlier.bundle if earlier else None,
            pdf=self._pdf(visit),
        )
        return Request(
            id=case.id,
            payer=payer.name if payer else "",
            bundle=claim.request(case, now=now),
            inquiry=claim.inquiry(case, now=now),
            made_at=now,
        )

    def _pdf(self, visit: Visit) -> bytes:
        try:
            return self._packet(visit) if self._packet else b""
        except Exception as error:
            log.error("fault kind=%s at=%s", type(error).__name__, place_of(error))  # noqa: TRY400 - no texts
            text = (
                "The packet (PDF) could not be made, and no request goes without it. It can be tried again."
            )
            raise NotSendable(text) from error

    def _earlier(self, work: Work) -> Request | None:
        names = (f"{work.id}.{number}" for number in range(work.number - 1, 0, -1))
        found = (held for name in names if (held := self._held(name)))
        newest = next((held for held in found if held.was_taken), None)
        return newest if newest and newest.is_there and not self._is_cancelled(newest) else None

    def _is_stale(self, visit: Visit, held: Request) -> bool:
        """Whether it was never sent, and updates a request that the payer does not have any more."""
        return held.tries == 0 and held.is_update and self.before(visit) is None

    def _is_cancelled(self, held: Request) -> bool:
        asked = self.cancellation(held)
        return asked is not None and asked.is_cancelled

    @contextmanager
    def _alone(self, held: Request) -> Iterator[Request | None]:
        """The request as it is now, for one caller at a time; None: another one is at it."""
        if not self._vault.add("claiming", held.id, 1, seconds=_SENDING):
            yield None
            return
        try:
            yield self._again(held)
        finally:
            self._vault.delete("claiming", held.id)

    def _again(self, held: Request) -> Request:
        return self._held(held.id) or held

    def _keep(self, held: Request) -> Request:
        self._vault.put(_KIND, held.id, request.to_json(held), seconds=_KEPT)
        return held


def _require_clinician(visit: Visit) -> None:
    if answering.bar(visit.user):
        raise NotSendable(CLINICIANS_ONLY)


def _told(held: Request) -> dict[str, Any]:
    said = held.answer
    return {
        "payer": held.payer,
        "answer": str(said.verdict) if said else "",
        "number": said.number if said else "",
        "because": held.why_not,
    }
