"""One question to a FHIR server on its way: its pages as they come, and why there are no more."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field

from requests import Response

from smartapp.facts import Gap, Resource
from smartapp.sources import refusals
from smartapp.sources.addresses import OutsideError, within
from smartapp.sources.asks import Ask
from smartapp.sources.entries import Contents, contents, matches, merged
from smartapp.sources.failed import FailedError

_MOST_PAGES = 200
_REFUSED_QUERY = frozenset({400, 422, 501})
"""A server that wants the question put differently says so with one of these."""


@dataclass(slots=True, kw_only=True)
class Search:
    """A query on its way: read by one thread, looked at by the caller when time is up."""

    ask: Ask
    pages: list[Contents] = field(default_factory=list)
    response: Response | None = None
    """The answer that is being read, so that it can be broken off."""
    done: bool = False
    failed: FailedError | None = None
    _held: int = 0
    _total: int = 0
    _asked: set[str] = field(default_factory=set)

    def follow(self, base: str, get: Callable[[str], Resource]) -> None:
        """Read the pages, as far as they come; `get` gives one or raises FailedError."""
        try:
            url: str | None = self._within(base, self.ask.query)
            self._asked = {str(url)}
            while url:
                page = get(url)
                self._check(page)
                self._count(page)
                self.pages.append(contents(page, paged=True, about=self.ask.type))
                url = self._next(base)
            self._compare()
            self.done = True
        except FailedError as failed:
            self.failed = failed

    def watch(self, response: Response) -> None:
        """Remember the answer that is being read."""
        self.response = response

    def give_up(self) -> None:
        """An answer that cannot be understood."""
        self.failed = FailedError(Gap.FAILED, why=refusals.NO_FHIR)

    def stop(self) -> None:
        """End a read that is still going on: a server that trickles must not keep its thread."""
        if not self.done and self.failed is None and self.response is not None:
            with suppress(OSError, RuntimeError, ValueError):  # it was read; the next one has not begun
                self.response.raw.shutdown()

    @property
    def is_untaken(self) -> bool:
        """Whether the server did not take the question, as opposed to having no answer."""
        if self.failed is not None:
            return self.failed.status in _REFUSED_QUERY and not self.pages
        wanting = any(item.gap in (Gap.FAILED, Gap.NOT_SUPPORTED) for p in self.pages for item in p.unread)
        return wanting and not any(page.resources for page in self.pages)

    def result(self) -> Contents:
        """What came, and in `unread` what did not."""
        if self.done:
            return merged(self.pages)
        failed = self.failed or FailedError(Gap.FAILED, why=refusals.TOO_SLOW)
        begun = self.pages or self.ask.held is not None
        gap = Gap.INCOMPLETE if begun else failed.gap
        one = self.ask.is_read
        unread = refusals.refusal(self.ask.type, gap, status=failed.status, why=failed.why, is_read=one)
        return merged((*self.pages, Contents(full_urls={}, unread=(unread,))))

    def _within(self, base: str, url: str) -> str:
        try:
            return within(base, url)
        except OutsideError as error:
            raise FailedError(Gap.INCOMPLETE, why=refusals.ELSEWHERE) from error

    def _check(self, page: Resource) -> None:
        """An answer about something else must not look as if there were nothing."""
        if page["resourceType"] != (self.ask.type if self.ask.is_read else "Bundle"):
            raise FailedError(Gap.FAILED, why=refusals.SOMETHING_ELSE)

    def _next(self, base: str) -> str | None:
        following = self.pages[-1].next
        if following is None:
            return None
        following = self._within(base, following)
        if following in self._asked or len(self.pages) >= _MOST_PAGES:
            raise FailedError(Gap.INCOMPLETE, why=refusals.TOO_MANY)
        self._asked.add(following)
        return following

    def _count(self, page: Resource) -> None:
        total = page.get("total")
        if isinstance(total, int):
            self._total = total
        self._held += matches(page)

    def _compare(self) -> None:
        """FHIR R4 "Bundle.total": the matches of all pages; more of them than came is a loss in silence."""
        if self._total > self._held + (self.ask.held or 0):
            raise FailedError(Gap.INCOMPLETE, why=refusals.UNCOUNTED)
