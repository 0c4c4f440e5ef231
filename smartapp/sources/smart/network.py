"""Requests to authorization servers: no redirects, no cookies, little time, few bytes, JSON objects only."""

import io
import logging
import time
from collections.abc import Mapping
from dataclasses import dataclass
from http.cookiejar import DefaultCookiePolicy
from typing import Any

import requests
from requests import PreparedRequest, Response, Session
from requests.adapters import HTTPAdapter

from smartapp.ehrs import Ehr, is_of
from smartapp.errors import EhrFault
from smartapp.sources.http import arriving

CONNECT_SECONDS = 3.05
ANSWER_SECONDS = 10.0
_MOST_BYTES = 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Network:
    """How authorization servers are reached."""

    ca_bundle: str = ""
    seconds: float = ANSWER_SECONDS

    def equip(self, session: Session) -> Session:
        """The same session, held to the rules of this module."""
        for name in ("urllib3", "authlib"):  # below that they log codes, verifiers and addresses
            logging.getLogger(name).setLevel(logging.WARNING)
        session.trust_env = False
        session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        session.verify = self.ca_bundle or True
        for scheme in ("https://", "http://"):
            session.mount(scheme, _Careful(seconds=self.seconds))
        return session

    def get(self, ehr: Ehr, url: str, *, what: str) -> Mapping[str, Any]:
        """The JSON object at an address of this EHR; EhrFault says what is wrong with `what`."""
        check_host(ehr, url, what=what)
        return self.read(url, what=what)

    def read(self, url: str, *, what: str) -> Mapping[str, Any]:
        """The same for an address that was registered as it stands."""
        try:
            with self.equip(Session()) as session:
                response = session.get(url, headers={"Accept": "application/json"})
        except requests.RequestException as error:
            raise fault(error, what=what) from None  # the cause quotes the address
        if response.status_code != requests.codes.ok:
            raise EhrFault(f"The {what} answered with status {response.status_code}.")
        try:
            body = response.json()
        except ValueError as error:
            raise EhrFault(f"The {what} did not answer in JSON.") from error
        if not isinstance(body, dict):
            raise EhrFault(f"The {what} did not answer with a JSON object.")
        return body


def check_host(ehr: Ehr, url: str, *, what: str) -> None:
    """EhrFault unless the address is on one of the EHR's hosts: no other ever gets a request or a browser."""
    if not is_of(ehr, url):
        raise EhrFault(f"The {what} is on a host that is not registered for {ehr.name}.")


def fault(error: requests.RequestException, *, what: str) -> EhrFault:
    """Why nothing usable came, in words."""
    if isinstance(error, requests.Timeout):
        return EhrFault(f"The {what} did not answer in time.")
    if isinstance(error, requests.TooManyRedirects):
        return EhrFault(f"The {what} sends elsewhere, which the assistant does not follow.")
    if isinstance(error, requests.exceptions.SSLError):
        return EhrFault(f"The certificate of the {what} cannot be verified.")
    if isinstance(error, requests.HTTPError) and error.response is not None:
        return EhrFault(f"The {what} answered with status {error.response.status_code}.")
    return EhrFault(f"The {what} cannot be reached.")


class _Careful(HTTPAdapter):
    """Reads an answer whole, within its time and size, and refuses one that redirects."""

    def __init__(self, *, seconds: float) -> None:
        super().__init__(pool_connections=1, pool_maxsize=1)
        self._seconds = seconds

    def send(self, request: PreparedRequest, *_: Any, **options: Any) -> Response:
        """The answer, already read."""
        until = time.monotonic() + self._seconds
        limits = {"timeout": (CONNECT_SECONDS, self._seconds), "stream": True}
        response = super().send(request, **{**options, **limits})
        if response.is_redirect:
            response.close()
            raise requests.TooManyRedirects(response=response)
        response.raw = io.BytesIO(_body(response, until))
        return response


def _body(response: Response, until: float) -> bytes:
    body = bytearray()
    try:
        for chunk in arriving(response):
            body += chunk
            if time.monotonic() > until:
                raise requests.Timeout
            if len(body) > _MOST_BYTES:
                raise requests.exceptions.ContentDecodingError
    finally:
        response.raw.release_conn()
        response.close()
    return bytes(body)
