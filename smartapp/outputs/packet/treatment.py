"""The therapy history as rows to print."""

from typing import Any

from smartapp.outputs.history import Event, History, Therapy, shortened
from smartapp.outputs.packet.sources import FORM, Sources
from smartapp.outputs.timeline import described
from smartapp.outputs.wording import brief

_MOST = 40
"""Results and findings: those that tell most."""
_LETTERS = 300
"""Characters of what the record says in its own words."""


def shown(history: History) -> History:
    """The part of a history that has room in the packet."""
    return shortened(history, _MOST)[0]


def told(history: History, sources: Sources) -> dict[str, Any]:
    """Therapies, events, what is not shown and what may be missing; `alt` is the picture in words."""
    short, left_out = shortened(history, _MOST)
    sources.leave_out(event.reference for event in left_out)
    return {
        "offered": history.offered,
        "alt": described(short) if history.has_dates else "",
        "therapies": [_therapy(therapy, sources) for therapy in history.therapies],
        "events": [_event(event, sources) for event in short.events],
        "left": f"{len(left_out):,} more of the like were found and are left out." if left_out else "",
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
