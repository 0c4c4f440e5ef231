"""How far the reading of a chart has come, type by type, for the page that waits for it."""

import logging
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from threading import Lock
from typing import TYPE_CHECKING

from smartapp.errors import place_of
from smartapp.facts import reference_of
from smartapp.sources.queries import TYPES

if TYPE_CHECKING:
    from smartapp.sources.search import Search

log = logging.getLogger(__name__)

_SECONDS = 0.5
"""How often it is told that more records came; that a type is read or not is told at once."""


class State(StrEnum):
    """How far the records of a type have come."""

    AWAITED = "awaited"
    COMING = "coming"
    READ = "read"
    MISSING = "missing"
    """Some or all of them could not be read; the review says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One resource type."""

    type: str
    state: State
    count: int
    """The records of the type that came so far."""


Tell = Callable[[Sequence[Line]], None]


class Progress:
    """Follows searches on their way, in many threads, and tells how far they have come."""

    def __init__(self, tell: Tell, *, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._tell, self._monotonic, self._lock = tell, monotonic, Lock()
        self._searches: dict[int, Search] = {}
        self._told: tuple[Line, ...] = ()
        self._told_at = 0.0

    def __call__(self, searches: "Iterable[Search]") -> None:
        """Look at these searches, and at all that were shown before."""
        try:
            with self._lock:
                self._searches |= {id(search): search for search in searches}
                self._look()
        except Exception as error:  # noqa: BLE001 - what only tells must not cost the reading
            log.warning("progress not told kind=%s at=%s", type(error).__name__, place_of(error))

    def _look(self) -> None:
        lines = tuple(_lines(self._searches.values()))
        changed = [(line.type, line.state) for line in lines] != [(o.type, o.state) for o in self._told]
        if changed or (lines != self._told and self._monotonic() >= self._told_at + _SECONDS):
            self._told, self._told_at = lines, self._monotonic()
            self._tell(lines)


def _lines(searches: "Iterable[Search]") -> Iterable[Line]:
    by_type: dict[str, list[Search]] = {}
    for search in searches:
        by_type.setdefault(search.ask.type, []).append(search)
    for name, all_of_type in by_type.items():
        asked = [search for search in all_of_type if not (search.ask.pieces and search.is_untaken)]
        yield _line(name, asked or all_of_type)


def _line(name: str, searches: "Sequence[Search]") -> Line:
    pages = [page for search in searches for page in tuple(search.pages)]
    found = {reference_of(item) for page in pages for item in page.resources if item["resourceType"] == name}
    state = _state(searches, is_begun=bool(pages))
    if state is State.MISSING and name not in TYPES:  # the criteria do without: the review has no word on it
        state = State.READ
    return Line(type=name, state=state, count=len(found))


def _state(searches: "Sequence[Search]", *, is_begun: bool) -> State:
    if any(not search.done and search.failed is None for search in searches):
        return State.COMING if is_begun else State.AWAITED
    needed = [search for search in searches if not (search.ask.spare and search.is_untaken)]
    is_whole = needed and all(search.done and not search.is_untaken for search in needed)
    return State.READ if is_whole else State.MISSING
