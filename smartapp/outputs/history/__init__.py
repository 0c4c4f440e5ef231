"""The therapy history of a record as rows: what was given and when, and the results that the policy asks about."""

from smartapp.outputs.history.shortened import shortened
from smartapp.outputs.history.therapy import Therapy
from smartapp.outputs.history.told import Event, History, history

__all__ = ["Event", "History", "Therapy", "history", "shortened"]
