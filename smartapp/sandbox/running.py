"""The practice EHR behind a port, for tests and for the demonstration."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from threading import Thread
from urllib.parse import urlencode

from werkzeug.serving import make_server

from smartapp.sandbox.auth.clients import Client
from smartapp.sandbox.ehr import create_ehr
from smartapp.sandbox.practice import Practice, Settings, opened

_HOST = "127.0.0.1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """A practice EHR that answers."""

    practice: Practice

    @property
    def url(self) -> str:
        """The address of the screen."""
        return self.practice.settings.url

    @property
    def iss(self) -> str:
        """The address of the FHIR server."""
        return self.practice.iss

    def register(self, client: Client) -> None:
        """Let an app in."""
        self.practice.register(client)

    def launch(
        self,
        client_id: str,
        *,
        patient: str,
        user: str = "hale",
        order: str | None = None,
        app_context: str | None = None,
    ) -> str:
        """The address that starts an app for a patient, as the EHR opens it."""
        context = self.practice.context(user=user, patient=patient, order=order)
        context = replace(context, app_context=app_context)
        asked = {"iss": self.iss, "launch": self.practice.memory.launch(context)}
        return f"{self.practice.memory.clients[client_id].launch_url}?{urlencode(asked)}"


@contextmanager
def running(
    *,
    port: int = 0,
    open_server: bool = False,
    asks_consent: bool = False,
    fhir: str | None = None,
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> Iterator[Running]:
    """A practice EHR on this machine as long as the block lasts; port 0 takes a free one.

    `fhir` is the address of a FHIR test server to keep the records in, instead of in memory.
    """
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = make_server(_HOST, port, lambda _environ, _start: [], threaded=True)
    settings = Settings(
        url=f"http://{_HOST}:{server.port}", open=open_server, asks_consent=asks_consent, clock=clock
    )
    thread = Thread(target=server.serve_forever, daemon=True)
    try:
        practice = _practice(settings, fhir)
        server.app = create_ehr(practice)
        thread.start()
        yield Running(practice=practice)
    finally:
        if thread.is_alive():
            server.shutdown()
            thread.join()
        server.server_close()


def _practice(settings: Settings, fhir: str | None) -> Practice:
    if fhir is None:
        return opened(settings)
    # the FHIR client takes a while to load, and few need it
    from smartapp.sandbox import behind  # noqa: PLC0415

    return behind.opened(settings, base=fhir)
