"""What was sent to a CDS service and what came back, kept for the screen."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import count
from threading import RLock
from typing import Any

_KEPT = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """One call."""

    hook: str
    """order-select, order-sign, or feedback."""
    patient: str
    order: str
    """The reference of the order."""
    address: str
    sent: Mapping[str, Any]
    status: int | None
    """None: no answer came."""
    received: Any
    """The JSON of the answer, or its text where it is none."""
    milliseconds: float
    at: datetime
    id: int = 0
    applied: tuple[str, ...] = ()
    """The system actions that were applied, in words."""
    settled: tuple[tuple[int, str], ...] = ()
    """For cards by number: what the clinician did with them, in words."""

    @property
    def cards(self) -> list[dict[str, Any]]:
        """The cards of the answer."""
        found = self.received.get("cards", []) if isinstance(self.received, dict) else []
        return [card for card in found if isinstance(card, dict)]

    @property
    def failure(self) -> str | None:
        """What to tell when there is no answer to show."""
        if self.status is None:
            return str(self.received)
        if self.status == 200 and isinstance(self.received, dict):  # noqa: PLR2004 - OK
            return None
        return f"The service answered {self.status}. {_diagnostics(self.received)}".strip()

    def card(self, number: int) -> dict[str, Any] | None:
        """The card with this number."""
        return self.cards[number] if number < len(self.cards) else None

    def with_applied(self, applied: tuple[str, ...]) -> "Exchange":
        """The same exchange, with what its system actions did."""
        return replace(self, applied=applied)

    def done_with(self, card: int) -> str | None:
        """What the clinician did with a card."""
        return next((words for number, words in self.settled if number == card), None)


class Exchanges:
    """The last calls, newest first."""

    def __init__(self) -> None:
        self._lock = RLock()
        self._numbers = count(1)
        self._held: dict[int, Exchange] = {}

    def keep(self, exchange: Exchange) -> Exchange:
        """The exchange with its number."""
        with self._lock:
            kept = replace(exchange, id=next(self._numbers))
            self._held[kept.id] = kept
            while len(self._held) > _KEPT:
                del self._held[next(iter(self._held))]
            return kept

    def settle(self, exchange: Exchange, card: int, words: str) -> None:
        """Remember what was done with a card."""
        with self._lock:
            held = self._held[exchange.id]
            self._held[exchange.id] = replace(held, settled=(*held.settled, (card, words)))

    def get(self, number: int) -> Exchange | None:
        """The exchange with this number."""
        return self._held.get(number)

    def about(self, order: str) -> Iterator[Exchange]:
        """The exchanges about an order, newest first."""
        return (held for held in reversed(list(self._held.values())) if held.order == order)


def _diagnostics(received: Any) -> str:
    issues = received.get("issue") if isinstance(received, dict) else None
    found = issues[0] if isinstance(issues, list) and issues and isinstance(issues[0], dict) else {}
    return str(found.get("diagnostics", ""))
