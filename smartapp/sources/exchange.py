"""One request to a FHIR server and its answer: signed, in time, repeated where that is polite and may help."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

import requests
import urllib3
from requests import Response, Session

from smartapp.errors import BadInput
from smartapp.facts import Gap, Resource
from smartapp.sources import refusals
from smartapp.sources.access import OPEN, Once
from smartapp.sources.addresses import OutsideError
from smartapp.sources.failed import FailedError
from smartapp.sources.guard import GuardedFHIRServer, Line, OutOfTimeError, RefusedError
from smartapp.sources.http import arriving
from smartapp.sources.parse import parse

T = TypeVar("T")
_MOST_BYTES = 64 * 1024 * 1024
_ATTEMPTS = 3
_PATIENCE = 5.0
"""The longest wait in seconds that a server may ask for before it is asked again."""
_PAUSE = 0.3
"""The wait in seconds before asking again when the server names none; doubled each time."""
_PASSING = frozenset({408, 429, 500, 502, 503, 504})
"""What may be over in a moment; the list is that of cumulus-fhir-support, for reading."""
_NOT_BEGUN = frozenset({429, 503})
"""What says that a write was not begun, so that it may be sent again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """What a server answered to a write that it took."""

    status: int
    location: str | None
    body: Any = None
    """None: it gave none, or none that is JSON."""
    is_fhir: bool = True
    """Whether its body, if it gave any, is a resource: a page of a portal or half an answer confirms nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """One FHIR server, asked with one access until one instant of the monotonic clock."""

    http: Session
    base: str
    access: Once = field(default_factory=lambda: Once(OPEN))
    deadline: float

    @property
    def left(self) -> float:
        """The seconds that are left."""
        return self.deadline - time.monotonic()

    def get(self, path: str, *, watch: Callable[[Response], None] = lambda _: None) -> Resource:
        """The resource or page at a path; `watch` is shown each answer before it is read."""
        server = self._server({})

        def once() -> Resource:
            with self._answered(lambda: server.ask(path)) as response:
                watch(response)
                return self._resource(response)

        return self._repeated(once, passing=_PASSING, lost=refusals.NOT_THERE)

    def only(self, kind: str, path: str) -> Resource:
        """The same where it is of this type; something else is no answer."""
        found = self.get(path)
        if found["resourceType"] != kind:
            raise FailedError(Gap.FAILED, why=refusals.SOMETHING_ELSE)
        return found

    def post(self, path: str, resource: Resource, headers: Mapping[str, str]) -> Sent:
        """The answer to a create."""
        server = self._server(headers)
        return self._repeated(
            lambda: self._sent(lambda: server.post_json(path, resource)), passing=_NOT_BEGUN
        )

    def put(self, path: str, resource: Resource, headers: Mapping[str, str]) -> Sent:
        """The answer to an update."""
        server = self._server(headers)
        return self._repeated(lambda: self._sent(lambda: server.put_json(path, resource)), passing=_NOT_BEGUN)

    def _server(self, headers: Mapping[str, str]) -> GuardedFHIRServer:
        line = Line(http=self.http, deadline=self.deadline)
        return GuardedFHIRServer(self.base, line=line, token=self.access, headers=headers)

    def _repeated(self, once: Callable[[], T], *, passing: frozenset[int], lost: str = "") -> T:
        for attempt in range(_ATTEMPTS):
            token = self.access.token()
            try:
                return once()
            except FailedError as failed:
                if failed.status == requests.codes.unauthorized:
                    again = attempt == 0 and self.access.renewed(token)
                else:
                    is_passing = failed.status in passing or (lost and failed.why == lost)
                    again = bool(is_passing) and attempt + 1 < _ATTEMPTS and self._paused(failed, attempt)
                if not again:
                    raise
        raise AssertionError("the last attempt returns or raises")

    def _paused(self, failed: FailedError, attempt: int) -> bool:
        """Whether there is time to ask again, after the pause that the server wants."""
        pause = _pause(failed.retry_after, attempt)
        if pause >= self.left:
            return False
        time.sleep(pause)
        return True

    def _answered(self, ask: Callable[[], Response]) -> Response:
        """A success; FailedError tells what came instead."""
        try:
            return ask()
        except RefusedError as refused:
            raise self._refusal(refused.response) from refused
        except OutsideError as error:
            raise FailedError(Gap.INCOMPLETE, why=refusals.ELSEWHERE) from error
        except (OutOfTimeError, requests.Timeout) as error:
            raise FailedError(Gap.FAILED, why=refusals.TOO_SLOW) from error
        except (requests.RequestException, urllib3.exceptions.HTTPError) as error:
            raise FailedError(Gap.FAILED, why=refusals.NOT_THERE) from error

    def _refusal(self, response: Response) -> FailedError:
        """What a status and its OperationOutcome say."""
        with response:
            status = response.status_code
            outcome = self._json(response)
        gap, why = refusals.of_status(status, outcome)
        retry_after = response.headers.get("Retry-After", "")
        code = refusals.code_of(outcome)
        return FailedError(gap, status=status, why=why, retry_after=retry_after, code=code)

    def _sent(self, send: Callable[[], Response]) -> Sent:
        with self._answered(send) as response:
            headers = response.headers
            location = headers.get("Location") or headers.get("Content-Location")
            text = self._whole(response)
            body = _parsed(text)
            is_fhir = not text.strip() or (isinstance(body, dict) and "resourceType" in body)
            return Sent(status=response.status_code, location=location, body=body, is_fhir=is_fhir)

    def _whole(self, response: Response) -> bytes:
        """The body; what broke off is as good as half an answer."""
        try:
            return self._body(response)
        except (requests.RequestException, FailedError):
            return b"{"

    def _json(self, response: Response) -> Any:
        return _parsed(self._whole(response))

    def _resource(self, response: Response) -> Resource:
        try:
            body = parse(self._body(response), limit=_MOST_BYTES)
        except requests.RequestException as error:
            raise FailedError(Gap.FAILED, why=refusals.BROKEN_OFF) from error
        except BadInput as error:
            raise FailedError(Gap.FAILED, why=refusals.NO_FHIR) from error
        if not isinstance(body, dict) or not isinstance(body.get("resourceType"), str):
            raise FailedError(Gap.FAILED, why=refusals.NO_FHIR)
        if body["resourceType"] == "OperationOutcome":
            raise FailedError(Gap.FAILED, why=refusals.NO_FHIR)
        return body

    def _body(self, response: Response) -> bytes:
        body = bytearray()
        for chunk in arriving(response):
            body += chunk
            if self.left <= 0:
                raise FailedError(Gap.FAILED, why=refusals.TOO_SLOW)
            if len(body) > _MOST_BYTES:
                raise FailedError(Gap.FAILED, why=refusals.TOO_LARGE)
        return bytes(body)


def _parsed(body: bytes) -> Any:
    try:
        return parse(body, limit=_MOST_BYTES)
    except BadInput:
        return None


def _pause(named: str, attempt: int) -> float:
    """The seconds to wait before asking again: as many as the server names, within reason."""
    try:
        return max(0.0, min(float(named), _PATIENCE))
    except ValueError:  # absent, or a date
        return float(_PAUSE * 2**attempt)
