"""Reads from one FHIR server: every page, in parallel, within a time budget; a type that fails is Unread.

`requests` does the reading here and not fhirclient: a hook call brings its own bearer token, lives for
seconds and wants raw JSON from several threads; fhirclient belongs to the SMART launch.
"""

import time
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass, field, replace
from urllib.parse import unquote, urljoin, urlsplit

import requests
from requests import Response, Session

from smartapp.config import LOOPBACK, is_loopback
from smartapp.errors import BadInput
from smartapp.facts import Gap, Resource
from smartapp.sources import refusals
from smartapp.sources.entries import Contents, contents, merged
from smartapp.sources.http import Bearer
from smartapp.sources.parse import parse

_MOST_PAGES = 200
_MOST_BYTES = 64 * 1024 * 1024
_PATIENCE = 2.0
"""The longest wait in seconds that a server may ask for before the one retry."""
_BUSY = frozenset({429, 503})
_CONNECT_SECONDS = 1.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """One query and the resource type that it is about."""

    type: str
    query: str
    """Relative to the server, or the address of a page."""
    page: int = 1
    """Where the query starts; beyond the first page something is known already."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """One FHIR server, read with one token until one instant of the monotonic clock."""

    http: Session
    base: str
    token: str | None = None
    deadline: float

    def read(self, asks: Sequence[Ask]) -> Contents:
        """What the server gave to all queries; what it did not give is in `unread`."""
        if not asks:
            return Contents(full_urls={})
        pool = ThreadPoolExecutor(max_workers=min(len(asks), 12), thread_name_prefix="ehr")
        searches = [_Search(ask=ask) for ask in asks]
        futures = [pool.submit(self._follow, search) for search in searches]
        wait(futures, timeout=max(self._left(), 0) + 0.05)
        pool.shutdown(wait=False, cancel_futures=True)
        for search in searches:
            search.stop()
        return merged(search.result() for search in searches)

    def within(self, seconds: float) -> "Reader":
        """The same reader with no more than these seconds left."""
        return replace(self, deadline=min(self.deadline, time.monotonic() + seconds))

    def _follow(self, search: "_Search") -> None:
        """Read the pages of one search, as far as they come."""
        try:
            url: str | None = self._within(search.ask.query)
            while url:
                page = contents(self._get(url, search), paged=True).about(search.ask.type)
                search.pages.append(page)
                url = self._next(page, url, search)
            search.done = True
        except _FailedError as failed:
            search.failed = failed

    def _next(self, page: Contents, url: str, search: "_Search") -> str | None:
        if page.next is None:
            return None
        following = self._within(page.next)
        if following == url or len(search.pages) >= _MOST_PAGES:
            raise _FailedError(Gap.INCOMPLETE)
        return following

    def _within(self, url: str) -> str:
        """The full address, which must be on this very server: the bearer goes nowhere else."""
        base = urlsplit(self.base.rstrip("/"))
        there = urlsplit(urljoin(f"{base.geturl()}/", url))
        if base.scheme == "https" and there.scheme == "http" and base.netloc == there.netloc:
            there = there._replace(scheme="https")  # proxies that end TLS emit http:// next links
        same = (base.scheme, base.netloc) == (there.scheme, there.netloc)
        # HAPI's next link is <base>?_getpages=...: the base path itself, without a final slash
        below = there.path == base.path or there.path.startswith(f"{base.path}/")
        if not (same and below) or "/.." in unquote(there.path):
            raise _FailedError(Gap.INCOMPLETE)
        return there.geturl()

    def _get(self, url: str, search: "_Search") -> Resource:
        response = self._send(url)
        if response.status_code in _BUSY and (pause := _pause(response)) < self._left():
            response.close()
            time.sleep(pause)
            response = self._send(url)
        search.response = response
        with response:
            if response.status_code != requests.codes.ok:
                raise _FailedError(refusals.gap_of_status(response.status_code), response.status_code)
            return self._resource(response)

    def _send(self, url: str) -> Response:
        left = self._left()
        if left <= 0:
            raise _FailedError(Gap.FAILED)
        try:
            return self.http.get(
                url,
                headers={"Accept": "application/fhir+json, application/json;q=0.9"},
                auth=Bearer(self.token),
                timeout=(min(_CONNECT_SECONDS, left), left),
                allow_redirects=False,  # a redirect could carry the request to a server that is not allowed
                stream=True,
            )
        except requests.RequestException as error:
            raise _FailedError(Gap.FAILED) from error

    def _resource(self, response: Response) -> Resource:
        try:
            body = parse(self._body(response), limit=_MOST_BYTES)
        except (requests.RequestException, BadInput) as error:
            raise _FailedError(Gap.FAILED) from error
        if not isinstance(body, dict) or body.get("resourceType") in {None, "OperationOutcome"}:
            raise _FailedError(Gap.FAILED)
        return body

    def _body(self, response: Response) -> bytes:
        body = bytearray()
        for chunk in response.iter_content(65536):
            body += chunk
            if self._left() <= 0 or len(body) > _MOST_BYTES:
                raise _FailedError(Gap.FAILED)
        return bytes(body)

    def _left(self) -> float:
        return self.deadline - time.monotonic()


def is_allowed(url: str, servers: Iterable[str]) -> bool:
    """Whether a server is on the list of those that a hook call may name."""
    address = url.rstrip("/")
    return any(is_loopback(url) if item == LOOPBACK else item.rstrip("/") == address for item in servers)


class _FailedError(Exception):
    """A page did not come; never leaves this module."""

    def __init__(self, gap: Gap, status: int | None = None) -> None:
        super().__init__(gap)
        self.gap, self.status = gap, status


@dataclass(slots=True, kw_only=True)
class _Search:
    """A query on its way: read by one thread, looked at by the caller when time is up."""

    ask: Ask
    pages: list[Contents] = field(default_factory=list)
    response: Response | None = None
    done: bool = False
    failed: _FailedError | None = None

    def stop(self) -> None:
        """End a read that is still going on: a server that trickles must not keep its thread."""
        if not self.done and self.failed is None and self.response is not None:
            self.response.raw.shutdown()

    def result(self) -> Contents:
        pages = tuple(self.pages)
        if self.done:
            return merged(pages)
        failed = self.failed or _FailedError(Gap.FAILED)
        gap = Gap.INCOMPLETE if pages or self.ask.page > 1 else failed.gap
        return merged((*pages, _unread(self.ask.type, gap, failed.status)))


def _unread(resource_type: str, gap: Gap, status: int | None) -> Contents:
    return Contents(full_urls={}, unread=(refusals.refusal(resource_type, gap, status=status),))


def _pause(response: Response) -> float:
    try:
        return min(float(response.headers.get("Retry-After", "")), _PATIENCE)
    except ValueError:
        return 0.3
