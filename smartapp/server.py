"""The application behind a port: gunicorn to serve for good, a thread to serve while something else runs."""

import gc
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from threading import Thread
from typing import Any

from gunicorn.app.base import BaseApplication
from werkzeug.serving import make_server

from smartapp.app import create_app
from smartapp.config import Config, with_keys

_ALLOCATIONS = 10_000
"""Containers that one generation gains before the collector looks; a call makes some hundred."""


def serve(config: Config) -> None:
    """Serve until stopped; bound to the configured address only."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    _Server(with_keys(config)).run()  # before there are workers: all need the same keys


@contextmanager
def running(config: Config) -> Iterator[str]:
    """The address of a service that answers as long as the block lasts; port 0 takes a free one."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = make_server(config.host, config.port, lambda _environ, _start: [], threaded=True)
    settings = replace(config, port=server.port)
    thread = Thread(target=server.serve_forever, daemon=True)
    try:
        server.app = create_app(settings)
        thread.start()
        yield settings.url
    finally:
        if thread.is_alive():
            server.shutdown()
            thread.join()
        server.server_close()


def settle() -> None:
    """Let the garbage collector leave alone what was made at start, and look less often: calls hardly make cycles."""
    gc.freeze()
    gc.set_threshold(_ALLOCATIONS)


class _Server(BaseApplication):  # type: ignore[misc]  # gunicorn publishes no types
    def __init__(self, config: Config) -> None:
        self._settings = config
        super().__init__()

    def load_config(self) -> None:
        host = f"[{self._settings.host}]" if ":" in self._settings.host else self._settings.host
        options = {
            "bind": f"{host}:{self._settings.port}",
            "workers": self._settings.workers,
            "threads": self._settings.threads,
            "worker_class": "gthread",
            "accesslog": None,  # addresses may name a patient; the application logs events itself
            "loglevel": "warning",
            "control_socket_disable": True,
        }
        for name, value in options.items():
            self.cfg.set(name, value)

    def load(self) -> Any:
        app = create_app(self._settings)
        settle()
        return app
