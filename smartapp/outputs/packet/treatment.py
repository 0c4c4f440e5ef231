"""The therapy history as rows to print."""

from collections.abc import Sequence
from typing import Any

from smartapp.outputs import telling
from smartapp.outputs.history import Event, History, Therapy, shortened
from smartapp.outputs.packet.sources import FORM, Sources
from smartapp.outputs.timeline import described
from smartapp.outputs.wording import brief

_MOST = 40
"""Results and findings: those that tell most."""
_LETTERS = 300
"""Characters of what the record says in its own words."""


def fitting(history: History) -> tuple[History, tuple[Event, ...]]:
    """The part of a history that has room in the packet, and the events that have none."""
    return shortened(history, _MOST)


def told(history: History, left_out: Sequence[Event], sources: Sources) -> dict[str, Any]:
    """Therapies, events, what is not shown and what may be missing; `alt` is the picture in words."""
    sources.leave_out(event.reference for event in left_out)
    return {
        "offered": history.offered,
        "alt": described(history) if history.has_dates else "",
        "therapies": [_therapy(therapy, sources) for therapy in history.therapies],
        "events": [_event(event, sources) for event in history.events],
        "left": telling.left_out(len(left_out)),
        "note": history.note,
        "gaps": list(history.gaps),
    }


def _therapy(therapy: Therapy, sources: Sources) -> dict[str, str]:
    setting = ", adjuvant or neoadjuvant" if therapy.adjuvant else ""
    worded = f"recorded as {therapy.worded}" if therapy.worded else ""
    return {
        "agent": therapy.agent,
        "worded": brief(worded, _LETTERS),
        "kind": f"{therapy.kind}{setting}",
        "first": therapy.start or "no date",
        "last": therapy.last_said,
        "said": brief("; ".join(part for part in (therapy.said, therapy.caution) if part), _LETTERS),
        "source": FORM if therapy.answered else sources.cite((*therapy.references, *therapy.also_ordered)),
    }


def _event(event: Event, sources: Sources) -> dict[str, str]:
    return {
        "date": event.on or "no date",
        "text": event.text,
        "kind": event.label,
        "recorded": brief(event.recorded, _LETTERS) or "-",
        "doubt": f"In doubt: {event.doubt}" if event.doubt else "",
        "source": FORM if event.answered else sources.cite([event.reference]),
    }
