"""The main job to try: the app beside a practice EHR, or three orders of invented patients in a terminal."""

from smartapp.demo.calls import run
from smartapp.demo.stand import Stand, standing, welcome

__all__ = ["Stand", "run", "standing", "welcome"]
