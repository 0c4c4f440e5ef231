"""Access to a payer by SMART Backend Services: a token for a signed assertion, renewed when it is refused."""

from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock

import requests
from authlib.integrations.base_client import OAuthError

from smartapp.ehrs.payers import Payer
from smartapp.errors import EhrFault, NotWritten, Obstacle
from smartapp.sources.smart import clients
from smartapp.sources.smart.network import Network, check_host

_WHAT = "payer's token endpoint"
_SPARE_SECONDS = 30
_DEFAULT_SECONDS = 60


@dataclass(frozen=True, slots=True)
class _Held:
    token: str
    until: float


class PayerAccess:
    """The access tokens of all payers."""

    def __init__(self, network: Network, *, clock: Callable[[], float]) -> None:
        self._network, self._clock = network, clock
        self._held: dict[str, _Held] = {}
        self._lock = Lock()

    def token(self, payer: Payer, *, refused: str | None = None) -> str:
        """A token that is good for a while, another one than was `refused`; NotWritten says why there is none."""
        with self._lock:
            held = self._held.get(payer.name)
            if held is None or held.token == refused or held.until <= self._clock():
                held = self._held[payer.name] = self._ask(payer)
        return held.token

    def _ask(self, payer: Payer) -> _Held:
        try:
            return self._asked(payer)
        except OAuthError:
            text = "The payer does not let this service in: its registration there has to be looked at."
            raise NotWritten(text, obstacle=Obstacle.NOT_GRANTED) from None  # the cause quotes the answer
        except (EhrFault, requests.RequestException, ValueError, KeyError, TypeError):
            text = "The payer could not be asked for access; nothing was sent. It can be tried again."
            raise NotWritten(text, obstacle=Obstacle.FAILED) from None

    def _asked(self, payer: Payer) -> _Held:
        endpoint = payer.token_endpoint or self._endpoint(payer)
        check_host(payer.server, endpoint, what=_WHAT)
        with clients.session(payer.server, self._network, clock=self._clock) as oauth:
            given = oauth.fetch_token(endpoint, grant_type="client_credentials", scope=" ".join(payer.scopes))
        seconds = float(given.get("expires_in") or _DEFAULT_SECONDS)
        return _Held(str(given["access_token"]), until=self._clock() + seconds - _SPARE_SECONDS)

    def _endpoint(self, payer: Payer) -> str:
        url = f"{payer.base}/.well-known/smart-configuration"
        return str(self._network.get(payer.server, url, what="payer's SMART configuration")["token_endpoint"])
