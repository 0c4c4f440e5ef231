"""Wiring of who may call, and of what a call may have read."""

import logging
import time
from collections.abc import Callable
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING

from smartapp.config import Config, is_loopback
from smartapp.ehrs import callers as callers_file
from smartapp.ehrs.clients import Clients
from smartapp.sources.access import Fixed, Once
from smartapp.sources.addresses import is_allowed
from smartapp.store import Store
from smartapp.web import callers
from smartapp.web.callers import noting
from smartapp.web.callers.reading import NotedReader

if TYPE_CHECKING:
    from requests import Session

    from smartapp.web.callers.tokens import Verifier

log = logging.getLogger(__name__)


def gate_of(config: Config, store: Store, clock: Callable[[], datetime]) -> callers.Gate:
    """Who may call; said in the log, for it must not be forgotten that anybody may."""
    clients = callers_file.load(config.ehrs) if config.ehrs else Clients()
    if not config.callers_known:
        level = logging.INFO if is_loopback(config.url) else logging.WARNING
        log.log(level, "callers=anyone: CDS Hooks and FHIR calls need not prove who calls")
    elif not clients:
        log.warning("callers=known: no client is registered, so nobody can call")

    @cache
    def verifier() -> "Verifier":
        from smartapp.sources.callers import SECONDS, CallerKeys  # noqa: PLC0415 - joserfc takes long to load
        from smartapp.sources.smart.network import Network  # noqa: PLC0415
        from smartapp.web.callers.tokens import Verifier  # noqa: PLC0415

        keys = CallerKeys(Network(ca_bundle=config.ca_bundle, seconds=SECONDS))
        return Verifier(keys=keys, guard=store.guard, clock=clock)

    return callers.Gate(
        required=config.callers_known,
        clients=clients,
        verifier=verifier,
        bearers=callers.Bearers(store.vault, clients),
        store=store,
        url=config.url,
    )


def readers(config: Config, gate: callers.Gate) -> Callable[[str | None, str | None], NotedReader | None]:
    """For a fhirServer and a token the reader, with the time that its call has left; None: it may not be read."""

    @cache
    def session() -> "Session":
        from smartapp.sources import http  # noqa: PLC0415 - requests takes long to load

        return http.session(ca_bundle=config.ca_bundle)

    def reader(server: str | None, token: str | None) -> NotedReader | None:
        gate.check_server(server)
        if server is None or not is_allowed(server, gate.servers(config.readable_servers)):
            return None
        deadline = time.monotonic() + config.fetch_seconds - noting.spent()
        return NotedReader(session=session, base=server, access=Once(Fixed(token)), deadline=deadline)

    return reader
