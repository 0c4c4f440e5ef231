"""A request on its way to its payer, and what comes back."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, Protocol

from smartapp.ehrs.payers import Payer, Payers
from smartapp.errors import NotSendable, NotWritten, Obstacle
from smartapp.outputs.claim.claim import SYSTEM
from smartapp.reviews.claims.request import Request
from smartapp.sources.payer import answer


class Exchange(Protocol):
    """The operations of payers; both raise NotWritten, which says why."""

    def submit(self, payer: Payer, bundle: Any) -> Any:
        """What the payer answers to a request."""

    def inquire(self, payer: Payer, bundle: Any) -> Any:
        """What the payer answers to the question what became of one."""


class Post:
    """The way to the payers of one service."""

    def __init__(
        self,
        payers: Payers,
        exchange: Callable[[], Exchange],
        *,
        clock: Callable[[], datetime],
        keep: Callable[[Request], Request],
    ) -> None:
        """`keep` remembers a request as it is now: should this process stop, it is known how far it was."""
        self._payers, self._exchange, self._clock, self._keep = payers, exchange, clock, keep

    def sent(self, held: Request) -> Request:
        """With what the payer answered, or with why it did not; a try that may have arrived is asked about first."""
        payer = self._registered(held)
        if held.is_uncertain:
            held = self._keep(self.asked(held))
            if held.answer is not None or held.is_uncertain:
                return held
        held = self._keep(held.sending())
        try:
            given = self._exchange().submit(payer, held.bundle)
        except NotWritten as error:
            uncertain = error.obstacle is Obstacle.UNCERTAIN
            return self._keep(held.failed(str(error), is_uncertain=uncertain))
        return self._keep(held.answered(self._read(held, given), given, at=self._clock()))

    def asked(self, held: Request) -> Request:
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

    def _registered(self, held: Request) -> Payer:
        payer = self._payers.named(held.payer)
        if payer is None:
            raise NotSendable(f"{held.payer} is not registered here any more; download the request instead.")
        return payer

    def _read(self, held: Request, given: Any) -> answer.Answer:
        return answer.read(given, identifier={"system": SYSTEM, "value": held.id})
