"""A caller's FHIR server, whose questions are noted for the audit trail."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Self

from smartapp.sources.access import Once
from smartapp.sources.asks import Ask
from smartapp.sources.entries import Contents
from smartapp.web.callers import noting

if TYPE_CHECKING:
    from requests import Session


@dataclass(frozen=True, slots=True, kw_only=True)
class NotedReader:
    """Reads as others do; what it reads with is loaded when there is something to read."""

    session: "Callable[[], Session]"
    base: str
    access: Once
    deadline: float
    """On the monotonic clock."""

    def read(self, asks: Sequence[Ask]) -> Contents:
        """What the server gave; the questions are noted."""
        noting.read(self.base, (ask.query for ask in asks))
        if not asks:
            return Contents(full_urls={})
        from smartapp.sources.ehr import Reader  # noqa: PLC0415 - requests takes long to load

        reader = Reader(http=self.session(), base=self.base, access=self.access, deadline=self.deadline)
        return reader.read(asks)

    def within(self, seconds: float) -> Self:
        """The same reader with no more than these seconds left."""
        return replace(self, deadline=min(self.deadline, time.monotonic() + seconds))
