"""Claim/$submit and Claim/$inquire: a Bundle is sent and the JSON of the answer comes back, or NotWritten says why not.

NotWritten with UNCERTAIN means that the payer may have got the request: ask before it is sent again.
"""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson
import requests
from requests import Response, Session

from smartapp.ehrs.payers import Payer
from smartapp.errors import NotWritten, Obstacle
from smartapp.sources.payer import answer
from smartapp.sources.payer.access import PayerAccess
from smartapp.sources.smart.network import Network

log = logging.getLogger(__name__)

SECONDS = 30.0
"""PAS: an answer SHOULD come within 15 s; those who need a little longer are waited for."""
_FHIR = "application/fhir+json"
_UNAUTHORIZED = 401
_LATER = frozenset({408, 429, 503})
"""Statuses by which a server says that it did not take the request."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PayerExchange:
    """The operations of payers."""

    access: PayerAccess
    network: Network

    def submit(self, payer: Payer, bundle: Mapping[str, Any]) -> Any:
        """What the payer answers to a request."""
        return self._post(payer, "Claim/$submit", bundle)

    def inquire(self, payer: Payer, bundle: Mapping[str, Any]) -> Any:
        """What the payer answers to the question what became of one."""
        return self._post(payer, "Claim/$inquire", bundle)

    def _post(self, payer: Payer, operation: str, bundle: Mapping[str, Any]) -> Any:
        token = self.access.token(payer)
        response = self._sent(payer, operation, bundle, token)
        if response.status_code == _UNAUTHORIZED:
            token = self.access.token(payer, refused=token)
            response = self._sent(payer, operation, bundle, token)
        log.info("payer answered operation=%s status=%d", operation, response.status_code)
        return _body(response)

    def _sent(self, payer: Payer, operation: str, bundle: Mapping[str, Any], token: str) -> Response:
        headers = {"Authorization": f"Bearer {token}", "Content-Type": _FHIR, "Accept": _FHIR}
        try:
            with self.network.equip(Session()) as session:
                return session.post(f"{payer.base}/{operation}", data=orjson.dumps(bundle), headers=headers)
        except requests.ConnectTimeout:
            raise _unreachable() from None
        except requests.TooManyRedirects:
            text = (
                "The payer's address sends elsewhere, which this service does not follow; nothing was sent."
            )
            raise NotWritten(text, obstacle=Obstacle.FAILED) from None
        except requests.ConnectionError as error:
            # only what failed before the connection stood surely did not arrive
            if _is_before(error):
                raise _unreachable() from None
            raise _uncertain() from None
        except requests.RequestException:
            raise _uncertain() from None


def _body(response: Response) -> Any:
    try:
        body = orjson.loads(response.content)
    except orjson.JSONDecodeError:
        body = None
    if response.ok:
        if isinstance(body, dict):
            return body
        text = "The payer answered with something that cannot be read. It may have taken the request."
        raise NotWritten(text, obstacle=Obstacle.UNCERTAIN)
    raise _refused(response.status_code, answer.outcome_texts(body))


def _refused(status: int, texts: tuple[str, ...]) -> NotWritten:
    told = f" It says: {' '.join(texts)}" if texts else ""
    if status in _LATER:
        text = f"The payer takes no requests at the moment (status {status}). It can be tried again.{told}"
        return NotWritten(text, obstacle=Obstacle.FAILED)
    if status >= requests.codes.server_error:
        text = f"Something failed at the payer (status {status}). It may have taken the request.{told}"
        return NotWritten(text, obstacle=Obstacle.UNCERTAIN)
    if status in {401, 403}:
        text = f"The payer does not let this service in (status {status}).{told}"
        return NotWritten(text, obstacle=Obstacle.NOT_GRANTED)
    return NotWritten(f"The payer refused the request (status {status}).{told}", obstacle=Obstacle.REFUSED)


def _is_before(error: requests.ConnectionError) -> bool:
    from urllib3.exceptions import MaxRetryError, NewConnectionError  # noqa: PLC0415

    cause = error.args[0] if error.args else None
    return isinstance(cause, MaxRetryError) and isinstance(cause.reason, NewConnectionError)


def _unreachable() -> NotWritten:
    return NotWritten(
        "The payer cannot be reached; nothing was sent. It can be tried again.", obstacle=Obstacle.FAILED
    )


def _uncertain() -> NotWritten:
    text = "The payer's answer did not arrive. It may have taken the request: the next try asks first."
    return NotWritten(text, obstacle=Obstacle.UNCERTAIN)
