"""A question to a FHIR server, before it is asked, and who can be asked."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, Self

from smartapp.facts import Remark
from smartapp.sources.entries import Contents


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """One query and the resource type that it is about."""

    type: str
    query: str
    """Relative to the server, or the address of a page."""
    held: int | None = None
    """How many matches the pages before this one held; None: the query starts with the first page."""
    spare: bool = False
    """Other asks cover the same ground: that the server does not take this one is no loss."""
    pieces: tuple["Ask", ...] = ()
    """What to ask instead when the server does not take the whole question."""
    remark: Remark | None = None
    """What has to be said when the pieces were asked."""

    @property
    def is_read(self) -> bool:
        """Whether one resource is asked for by its id."""
        return self.held is None and self.query.startswith(f"{self.type}/")


class Source(Protocol):
    """One FHIR server, as those see it who only ask for resources."""

    @property
    def base(self) -> str:
        """Its address."""

    def read(self, asks: Sequence[Ask]) -> Contents:
        """What it gave to all queries; what it did not give is in `unread`."""

    def within(self, seconds: float) -> Self:
        """The same with no more than these seconds left."""
