"""gunicorn around the application: started from the command line, without a configuration file."""

import logging
from typing import Any

from gunicorn.app.base import BaseApplication

from smartapp.app import create_app
from smartapp.config import Config


def serve(config: Config) -> None:
    """Serve until stopped; bound to the configured address only."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    _Server(config).run()


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
        return create_app(self._settings)
