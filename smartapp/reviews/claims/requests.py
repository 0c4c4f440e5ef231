"""The requests in a vault. Each is made once and sent until it surely arrived, and never twice on purpose."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any, Protocol

from smartapp.ehrs.payers import Payer, Payers
from smartapp.errors import NotSendable, NotWritten, Obstacle, place_of
from smartapp.outputs import claim
from smartapp.outputs.claim.claim import SYSTEM
from smartapp.outputs.dialect import Dialect
from smartapp.reviews.claims import making, request
from smartapp.reviews.claims.request import Request
from smartapp.reviews.reviews import Reviews
from smartapp.reviews.visits import Visit
from smartapp.reviews.work import Work
from smartapp.sources.payer import answer
from smartapp.store import Vault

log = logging.getLogger(__name__)

_KIND = "claim"
_KEPT = 400 * 24 * 3600
_CANCEL = ".cancel"
"""What the id of a request to cancel adds to that of the one to be cancelled."""
_SENDING = 120
"""Seconds after which a worker that stopped while it sent holds nobody up any more."""


class Exchange(Protocol):
    """The operations of payers; both raise NotWritten, which says why."""

    def submit(self, payer: Payer, bundle: Any) -> Any:
        """What the payer answers to a request."""

    def inquire(self, payer: Payer, bundle: Any) -> Any:
        """What the payer answers to the question what became of one."""


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
        self._exchange, self._clock, self._dialect = exchange, clock, dialect
        self._packet = packet

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
        found = making.payer_of(self._reviews.dossier(visit), self._payers) if len(self._payers) else None
        return found.name if found else ""

    def prospect(self, visit: Visit) -> tuple[str, tuple[str, ...]]:
        """The name of the payer that a request would go to, and what stands in its way, each with what helps."""
        dossier = self._reviews.dossier(visit)
        payer = making.payer_of(dossier, self._payers)
        troubles = making.troubles(dossier, payer, default=self._dialect, now=self._clock())
        return (payer.name if payer else "", troubles)

    def troubles(self, visit: Visit) -> tuple[str, ...]:
        """What stands in the way of a request; empty when it can be made."""
        return self.prospect(visit)[1]

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
        with self._alone(self.made(visit)) as held:
            if held is None or not held.can_send:
                return self.made(visit)
            after = self._sent(held)
            self._reviews.requested(
                visit, "requested" if not after.why_not else "not-requested", _told(after)
            )
            return after

    def ask(self, visit: Visit) -> Request:
        """Ask what became of a request that the payer has not decided."""
        with self._alone(self.made(visit)) as held:
            if held is None or not held.can_ask or self._is_cancelled(held):
                return self.made(visit)
            after = self._keep(self._asked(held))
            self._reviews.requested(visit, "asked-payer", _told(after))
            return after

    def cancel(self, visit: Visit) -> Request | None:
        """Ask the payer to cancel the request that it has of this version, or of the one before.

        What became of that is in the request that asks for it; None: the payer has nothing to cancel.
        """
        held = self.of(visit)
        held = held if held and held.can_cancel else self.before(visit)
        if held is None or not held.can_cancel:
            return None
        with self._alone(self._cancelling(held)) as asking:
            if asking is None or not asking.can_send:
                return self.cancellation(held)
            after = self._sent(asking)
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

    def _registered(self, held: Request) -> Payer:
        payer = self._payers.named(held.payer)
        if payer is None:
            raise NotSendable(f"{held.payer} is not registered here any more; download the request instead.")
        return payer

    def _sent(self, held: Request) -> Request:
        payer = self._registered(held)
        if held.is_uncertain:
            held = self._keep(self._asked(held))
            if held.answer is not None or held.is_uncertain:
                return held
        held = self._keep(held.sending())
        try:
            given = self._exchange().submit(payer, held.bundle)
        except NotWritten as error:
            uncertain = error.obstacle is Obstacle.UNCERTAIN
            return self._keep(held.failed(str(error), is_uncertain=uncertain))
        return self._keep(held.answered(self._read(held, given), given, at=self._clock()))

    def _asked(self, held: Request) -> Request:
        """With the payer's answer to an inquiry; a payer that knows nothing of it did not get it."""
        payer = self._registered(held)
        try:
            given = self._exchange().inquire(payer, held.inquiry)
        except NotWritten as error:
            # a payer that cannot look it up (4xx) knows a second copy by the identifier of the Claim
            is_uncertain = held.is_uncertain and error.obstacle is not Obstacle.REFUSED
            return held.failed(str(error), is_uncertain=is_uncertain)
        if answer.holds_nothing(given) and held.answer is None:
            return held.failed("", is_uncertain=False)
        return held.answered(self._read(held, given), given, at=self._clock())

    def _read(self, held: Request, given: Any) -> answer.Answer:
        return answer.read(given, identifier={"system": SYSTEM, "value": held.id})

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


def _told(held: Request) -> dict[str, Any]:
    said = held.answer
    return {
        "payer": held.payer,
        "answer": str(said.verdict) if said else "",
        "number": said.number if said else "",
        "because": held.why_not,
    }
