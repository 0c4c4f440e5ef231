"""The public keys of those who call, from the one address that each registered."""

import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from threading import Lock
from typing import Any, Protocol

from joserfc.jwk import KeySet

from smartapp.ehrs import keys
from smartapp.ehrs.clients import Client
from smartapp.errors import EhrFault

log = logging.getLogger(__name__)

SECONDS = 3.0
"""In which keys must come: the call that waits for them has to be answered within five."""
_FRESH_SECONDS = 600
_LEAST_SECONDS = 60
"""Between two readings for an unknown kid: anybody can make one up."""
_AFTER_FAILURE_SECONDS = 10
_WHAT = "address of the caller's keys"


class Reads(Protocol):
    """What reads a JSON object without following redirects, in time; `smart.network.Network` does."""

    def read(self, url: str, *, what: str) -> Mapping[str, Any]:
        """The object; EhrFault when there is none."""


@dataclass(frozen=True, slots=True)
class _Known:
    keys: KeySet
    read_at: float
    tried_at: float
    failed: bool = False


class CallerKeys:
    """The keys of every caller, remembered for ten minutes; read again for an unknown kid once a minute at most."""

    def __init__(self, network: Reads, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._network, self._clock = network, clock
        self._known: dict[str, _Known] = {}
        self._lock = Lock()
        self._reading: dict[str, Lock] = {}

    def of(self, client: Client, kid: str) -> KeySet:
        """The keys to check a token with that was signed with `kid`; none where they cannot be had."""
        if client.keys is not None:
            return client.keys
        with self._lock:
            reading = self._reading.setdefault(client.jku, Lock())
        with reading:
            known = self._known.get(client.jku)
            if known is None or self._is_due(known, kid):
                known = self._known[client.jku] = self._read(client, known)
        return known.keys

    def _is_due(self, known: _Known, kid: str) -> bool:
        now = self._clock()
        if now - known.tried_at < (_AFTER_FAILURE_SECONDS if known.failed else _LEAST_SECONDS):
            return False
        return now - known.read_at > _FRESH_SECONDS or all(key.kid != kid for key in known.keys.keys)

    def _read(self, client: Client, known: _Known | None) -> _Known:
        now = self._clock()
        try:
            found = keys.public(self._network.read(client.jku, what=_WHAT))
        except EhrFault:
            log.warning("keys not read client=%s", client.name)
            old = known or _Known(KeySet([]), read_at=float("-inf"), tried_at=now)
            return _Known(old.keys, read_at=old.read_at, tried_at=now, failed=True)
        return _Known(found, read_at=now, tried_at=now)
