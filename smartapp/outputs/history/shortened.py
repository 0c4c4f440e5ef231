"""A history where there is no room for a thousand results: those that tell most are shown, the others counted."""

from dataclasses import replace

from smartapp.outputs.history.told import Event, History
from smartapp.outputs.telling import alike, most_telling


def shortened(history: History, most: int) -> tuple[History, tuple[Event, ...]]:
    """The history with at most so many events, and the events that were left out."""
    shown = most_telling(history.events, most, says=(_kind, _says), day=lambda event: event.on)
    kept = {id(event) for event in shown}
    return replace(history, events=shown), tuple(e for e in history.events if id(e) not in kept)


def _kind(event: Event) -> tuple[str, bool]:
    return event.kind, event.doubt is None


def _says(event: Event) -> tuple[str, str, str]:
    return event.kind, alike(event.text), event.doubt or ""
