"""fhirclient's server, held to one FHIR base: bearer, time and bytes go nowhere else.

fhirclient 4.4 sends its bearer to any address that a next link names, follows redirects and waits for ever.
Here every verb of its server passes `within` and `Line`. Nothing else of fhirclient is used: neither its
authorization, which knows no SMART 2, nor its models, which lose a whole Bundle over one odd entry.
"""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from fhirclient.auth import FHIRAuth
from fhirclient.server import FHIRServer
from requests import Response, Session

from smartapp.sources.addresses import within

_READING = {
    "Accept": "application/fhir+json, application/json;q=0.9",
    # HAPI gives the result of the same search for a minute: a form that was just written would not be there
    "Cache-Control": "no-cache",
}
_CONNECT_SECONDS = 3.05
_READ_SECONDS = 10.0
"""The longest silence of a server that is waited for."""
_SUCCESSES = frozenset({200, 201})
_SHORTEST = 11
"""fhirclient takes nothing shorter for an address."""


class OutOfTimeError(Exception):
    """No time is left to ask; never leaves sources/."""


class RefusedError(Exception):
    """An answer that is no success; never leaves sources/."""

    def __init__(self, response: Response) -> None:
        super().__init__(response.status_code)
        self.response = response


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """The session as fhirclient sees it: each request within its time, without redirects, as a stream."""

    http: Session
    deadline: float
    """On the monotonic clock."""

    def get(self, url: str, headers: Mapping[str, str]) -> Response:
        """Ask."""
        return self._send("GET", url, headers)

    def post(self, url: str, headers: Mapping[str, str], data: str) -> Response:
        """Create."""
        return self._send("POST", url, headers, data)

    def put(self, url: str, headers: Mapping[str, str], data: str) -> Response:
        """Update."""
        return self._send("PUT", url, headers, data)

    def _send(self, verb: str, url: str, headers: Mapping[str, str], data: str | None = None) -> Response:
        left = self.deadline - time.monotonic()
        if left <= 0:
            raise OutOfTimeError
        return self.http.request(
            verb,
            url,
            headers=dict(headers),
            data=None if data is None else data.encode(),
            timeout=(min(_CONNECT_SECONDS, left), min(_READ_SECONDS, left)),
            allow_redirects=False,  # a redirect could carry the request to a server that is not allowed
            stream=True,
        )


class GuardedFHIRServer(FHIRServer):  # type: ignore[misc] # fhirclient publishes no types
    """One FHIR server with an injected session and token; every address is checked before it is asked."""

    def __init__(
        self, base: str, *, line: Line, token: "Token", headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(None, base_uri=base.ljust(_SHORTEST, "/"))
        self.base_uri = f"{base.rstrip('/')}/"
        self.session = line
        self.auth = _Injected(token, headers or {})

    def ask(self, path: str) -> Response:
        """The answer to a GET, as a stream to be closed; RefusedError unless it is a success."""
        return self._get(path, headers=_READING)

    def raise_for_status(self, response: Response) -> None:
        """RefusedError for all but success, a redirect too."""
        if response.status_code not in _SUCCESSES:
            raise RefusedError(response)

    def _get(self, path: str, headers: Any = None, nosign: bool = False) -> Response:  # noqa: FBT001, FBT002
        response: Response = super()._get(within(self.base_uri, path), headers=headers, nosign=nosign)
        return response

    def post_json(self, path: str, resource_json: Any, nosign: bool = False) -> Response:  # noqa: FBT001, FBT002
        """The answer to a create, as a stream to be closed."""
        response: Response = super().post_json(within(self.base_uri, path), resource_json, nosign=nosign)
        return response

    def put_json(self, path: str, resource_json: Any, nosign: bool = False) -> Response:  # noqa: FBT001, FBT002
        """The answer to an update, as a stream to be closed."""
        response: Response = super().put_json(within(self.base_uri, path), resource_json, nosign=nosign)
        return response


class Token(Protocol):
    """Whatever knows the token of the moment."""

    def token(self) -> str | None:
        """The access token; None: the server is open."""


class _Injected(FHIRAuth):  # type: ignore[misc] # fhirclient publishes no types
    """fhirclient's way to sign a request, with a token that others got and renew."""

    auth_type = "injected"

    def __init__(self, token: Token, headers: Mapping[str, str]) -> None:
        super().__init__()
        self._token, self._headers = token, headers

    def can_sign_headers(self) -> bool:
        return True

    def signed_headers(self, headers: Mapping[str, str]) -> dict[str, str]:
        token = self._token.token()
        return {**headers, **self._headers, **({"Authorization": f"Bearer {token}"} if token else {})}
