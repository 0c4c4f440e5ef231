"""The main job in a terminal: three orders of invented patients, as CDS Hooks calls to a running service."""

from smartapp.demo.calls import run

__all__ = ["run"]
