"""Reads from one FHIR server: every page, in parallel, within a time budget; a type that fails is Unread.

One reader for hooks, launches and the command line, on fhirclient's server (guard.py) with the session and
the token of the call. What comes is raw JSON: fhirclient's models would lose a Bundle over one odd entry.
"""

import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field, replace

import requests
from requests import Response, Session

from smartapp.config import LOOPBACK, is_loopback
from smartapp.errors import BadInput
from smartapp.facts import Gap, Resource
from smartapp.sources import refusals
from smartapp.sources.access import OPEN, Once
from smartapp.sources.entries import Contents, merged
from smartapp.sources.guard import GuardedFHIRServer, Line, OutOfTimeError, RefusedError
from smartapp.sources.parse import parse
from smartapp.sources.search import Ask, FailedError, Search

_MOST_BYTES = 64 * 1024 * 1024
_MOST_AT_ONCE = 12
_ATTEMPTS = 3
_PATIENCE = 5.0
"""The longest wait in seconds that a server may ask for before it is asked again."""
_PAUSE = 0.3
"""The wait in seconds before asking again when the server names none; doubled each time."""
_PASSING = frozenset({408, 429, 500, 502, 503, 504})
"""What may be over in a moment; the list is that of cumulus-fhir-support."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """One FHIR server, read with one access until one instant of the monotonic clock."""

    http: Session
    base: str
    access: Once = field(default_factory=lambda: Once(OPEN))
    deadline: float

    def read(self, asks: Sequence[Ask]) -> Contents:
        """What the server gave to all queries; what it did not give is in `unread`."""
        if not asks:
            return Contents(full_urls={})
        pool = ThreadPoolExecutor(max_workers=_MOST_AT_ONCE, thread_name_prefix="ehr")
        searches = [Search(ask=ask) for ask in asks]
        pieces = self._run(pool, searches)
        pool.shutdown(wait=False, cancel_futures=True)
        for search in (*searches, *(piece for group in pieces.values() for piece in group)):
            search.stop()
        return merged(_results(searches, pieces))

    def within(self, seconds: float) -> "Reader":
        """The same reader with no more than these seconds left."""
        return replace(self, deadline=min(self.deadline, time.monotonic() + seconds))

    def get(self, path: str) -> Resource:
        """One resource or page; FailedError when it does not come."""
        return self._get(path, Search(ask=Ask(type=refusals.ANY_TYPE, query=path)))

    def _run(self, pool: ThreadPoolExecutor, searches: Sequence[Search]) -> dict[str, list[Search]]:
        """Let the searches run; gives the pieces that were asked in place of a query, by that query."""
        pieces: dict[str, list[Search]] = {}
        running: dict[Future[None], Search] = {pool.submit(self._follow, s): s for s in searches}
        while running and self._left() > -0.05:  # noqa: PLR2004 - lets a thread say that its time was up
            done, _ = wait(running, timeout=self._left() + 0.05, return_when=FIRST_COMPLETED)
            for search in [running.pop(future) for future in done]:
                if search.ask.pieces and search.is_untaken:
                    pieces[search.ask.query] = [Search(ask=piece) for piece in search.ask.pieces]
                    running |= {pool.submit(self._follow, s): s for s in pieces[search.ask.query]}
        return pieces

    def _follow(self, search: Search) -> None:
        search.follow(self.base, lambda url: self._get(url, search))

    def _get(self, url: str, search: Search) -> Resource:
        """One page, asked for again where that is polite and may help."""
        for attempt in range(_ATTEMPTS):
            token = self.access.token()
            try:
                return self._once(url, search)
            except FailedError as failed:
                if failed.status == requests.codes.unauthorized:
                    again = attempt == 0 and self.access.renewed(token)
                else:
                    again = attempt + 1 < _ATTEMPTS and self._paused(failed, search.response, attempt)
                if not again:
                    raise
        raise AssertionError("the last attempt returns or raises")

    def _once(self, url: str, search: Search) -> Resource:
        server = GuardedFHIRServer(
            self.base, line=Line(http=self.http, deadline=self.deadline), token=self.access
        )
        search.response = None
        try:
            search.response = server.ask(url)
        except RefusedError as refused:
            search.response = refused.response
            raise self._refusal(refused.response) from refused
        except (OutOfTimeError, requests.Timeout) as error:
            raise FailedError(Gap.FAILED, why=refusals.TOO_SLOW) from error
        except requests.RequestException as error:
            raise FailedError(Gap.FAILED, why=refusals.NOT_THERE) from error
        with search.response as response:
            return self._resource(response)

    def _paused(self, failed: FailedError, response: Response | None, attempt: int) -> bool:
        """Whether there is a point in asking again, after the pause that the server wants."""
        passing = failed.status in _PASSING or failed.why == refusals.NOT_THERE
        pause = _pause(response, attempt)
        if not passing or pause >= self._left():
            return False
        time.sleep(pause)
        return True

    def _refusal(self, response: Response) -> FailedError:
        """What a status and its OperationOutcome say."""
        with response:
            status = response.status_code
            try:
                outcome = parse(self._body(response), limit=_MOST_BYTES)
            except (requests.RequestException, BadInput, FailedError):
                outcome = None
        gap, why = refusals.of_status(status, outcome)
        return FailedError(gap, status=status, why=why)

    def _resource(self, response: Response) -> Resource:
        try:
            body = parse(self._body(response), limit=_MOST_BYTES)
        except requests.RequestException as error:
            raise FailedError(Gap.FAILED, why=refusals.BROKEN_OFF) from error
        except BadInput as error:
            raise FailedError(Gap.FAILED, why=refusals.NO_FHIR) from error
        if not isinstance(body, dict) or body.get("resourceType") in {None, "OperationOutcome"}:
            raise FailedError(Gap.FAILED, why=refusals.NO_FHIR)
        return body

    def _body(self, response: Response) -> bytes:
        body = bytearray()
        for chunk in response.iter_content(65536):
            body += chunk
            if self._left() <= 0:
                raise FailedError(Gap.FAILED, why=refusals.TOO_SLOW)
            if len(body) > _MOST_BYTES:
                raise FailedError(Gap.FAILED, why=refusals.TOO_LARGE)
        return bytes(body)

    def _left(self) -> float:
        return self.deadline - time.monotonic()


def is_allowed(url: str, servers: Iterable[str]) -> bool:
    """Whether a server is on the list of those that a hook call may name."""
    address = url.rstrip("/")
    return any(is_loopback(url) if item == LOOPBACK else item.rstrip("/") == address for item in servers)


def _results(searches: Sequence[Search], pieces: Mapping[str, Sequence[Search]]) -> Iterator[Contents]:
    """What each search gave, or the pieces that took its place."""
    final = [part for search in searches for part in pieces.get(search.ask.query, (search,))]
    taken = {part.ask.type for part in final if part.done and not part.is_untaken}
    for part in final:
        if not (part.ask.spare and part.is_untaken and part.ask.type in taken):
            yield part.result()
    remarks = (search.ask.remark for search in searches if search.ask.query in pieces)
    yield Contents(full_urls={}, remarks=tuple(remark for remark in remarks if remark))


def _pause(response: Response | None, attempt: int) -> float:
    """The seconds to wait before asking again: as many as the server names, within reason."""
    named = response.headers.get("Retry-After", "") if response is not None else ""
    try:
        return max(0.0, min(float(named), _PATIENCE))
    except ValueError:  # absent, or a date
        return float(_PAUSE * 2**attempt)
