"""A reader of a caller's FHIR server that notes what it asks, for the audit trail."""

from collections.abc import Sequence
from dataclasses import dataclass

from smartapp.sources.asks import Ask
from smartapp.sources.ehr import Reader
from smartapp.sources.entries import Contents
from smartapp.web.callers import noting


@dataclass(frozen=True, slots=True, kw_only=True)
class NotedReader(Reader):
    """Reads as others do."""

    def read(self, asks: Sequence[Ask]) -> Contents:
        """What the server gave; the questions are noted."""
        noting.read(self.base, (ask.query for ask in asks))
        return Reader.read(self, asks)
