"""Reads from one FHIR server: every page, in parallel, within a time budget; a type that fails is Unread.

One reader for hooks, launches and the command line, on fhirclient's server (guard.py) with the session and
the token of the call. What comes is raw JSON: fhirclient's models would lose a Bundle over one odd entry.
"""

import logging
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, replace

from smartapp.errors import place_of
from smartapp.facts import Resource, reference_of
from smartapp.sources.asks import Ask
from smartapp.sources.entries import Contents, merged
from smartapp.sources.exchange import Exchange
from smartapp.sources.search import Search

log = logging.getLogger(__name__)

_MOST_AT_ONCE = 12
_GRACE = 0.05
"""The seconds in which a thread may still say that its time was up."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader(Exchange):
    """One FHIR server, read by many threads with one access until one instant of the monotonic clock."""

    progress: Callable[[Sequence[Search]], None] = lambda _: None
    """Is shown the searches as they begin, go on and end."""

    def read(self, asks: Sequence[Ask]) -> Contents:
        """What the server gave to all queries; what it did not give is in `unread`."""
        if not asks:
            return Contents(full_urls={})
        pool = ThreadPoolExecutor(max_workers=_MOST_AT_ONCE, thread_name_prefix="ehr")
        searches = [Search(ask=ask) for ask in asks]
        self.progress(searches)
        pieces = self._run(pool, searches)
        pool.shutdown(wait=False, cancel_futures=True)
        for search in (*searches, *(piece for group in pieces.values() for piece in group)):
            search.stop()
        found = merged(_results(searches, pieces))
        return replace(found, resources=tuple(_distinct(found.resources)))

    def within(self, seconds: float) -> "Reader":
        """The same reader with no more than these seconds left."""
        return replace(self, deadline=min(self.deadline, time.monotonic() + seconds))

    def _run(self, pool: ThreadPoolExecutor, searches: Sequence[Search]) -> dict[str, list[Search]]:
        """Let the searches run; gives the pieces that were asked in place of a query, by that query."""
        pieces: dict[str, list[Search]] = {}
        running: dict[Future[None], Search] = {pool.submit(self._follow, s): s for s in searches}
        while running and self.left > -_GRACE:
            done, _ = wait(running, timeout=self.left + _GRACE, return_when=FIRST_COMPLETED)
            for search in [running.pop(future) for future in done]:
                if search.ask.pieces and search.is_untaken:
                    pieces[search.ask.query] = [Search(ask=piece) for piece in search.ask.pieces]
                    self.progress(pieces[search.ask.query])
                    running |= {pool.submit(self._follow, s): s for s in pieces[search.ask.query]}
        return pieces

    def _follow(self, search: Search) -> None:
        try:
            search.follow(self.base, lambda url: self._page(search, url))
        except Exception as error:  # noqa: BLE001 - one odd answer must not cost the others; its text may quote the patient
            log.error("reading failed type=%s at=%s", search.ask.type, place_of(error))  # noqa: TRY400
            search.give_up()
        self.progress((search,))

    def _page(self, search: Search, url: str) -> Resource:
        if search.pages:
            self.progress((search,))
        return self.get(url, watch=search.watch)


def _results(searches: Sequence[Search], pieces: Mapping[str, Sequence[Search]]) -> Iterator[Contents]:
    """What each search gave, or the pieces that took its place."""
    final = [part for search in searches for part in pieces.get(search.ask.query, (search,))]
    taken = {part.ask.type for part in final if part.done and not part.is_untaken}
    for part in final:
        if not (part.ask.spare and part.is_untaken and part.ask.type in taken):
            yield part.result()
    remarks = (search.ask.remark for search in searches if search.ask.query in pieces)
    yield Contents(full_urls={}, remarks=tuple(remark for remark in remarks if remark))


def _distinct(resources: tuple[Resource, ...]) -> Iterator[Resource]:
    """Overlapping queries give a resource several times; what differs is kept, the normaliser chooses."""
    seen: dict[str, list[Resource]] = {}
    for resource in resources:
        known = seen.setdefault(reference_of(resource), [])
        if "id" not in resource or resource not in known:
            known.append(resource)
            yield resource
