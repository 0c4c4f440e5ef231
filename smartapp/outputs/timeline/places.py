"""Where the events of a timeline stand: in lanes from the top, so that no label meets another."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from smartapp.outputs.history import Event
from smartapp.outputs.history.days import first_day, last_day
from smartapp.outputs.timeline.axis import Axis
from smartapp.outputs.wording import cut

_CHARACTER = 6.0
"""Width of a letter of 11 units, generously: labels must not meet."""
_MARK = 8.0
_LETTERS = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """An event with its place: its lane from the top, and whether its label stands left of it."""

    event: Event
    label: str
    x: float
    lane: int
    left: bool
    span: tuple[float, float]
    """What mark and label cover, from left to right."""

    def covers(self, x: float) -> bool:
        """Whether a line down at this place would cross it."""
        return self.span[0] < x < self.span[1]


def placed_events(events: Sequence[Event], axis: Axis, *, width: float) -> list[Placed]:
    """Each event in the first lane in which its label meets no other; `width` is that of the picture."""
    lanes: list[list[tuple[float, float]]] = []
    found = []
    for event in events:
        x, label = axis.x(_middle(event.on or "")), _label(event)
        room = 12 + _CHARACTER * len(label)
        left = x + room > width
        span = (x - room, x + _MARK) if left else (x - _MARK, x + room)
        lane = next((number for number, taken in enumerate(lanes) if not _meets(span, taken)), len(lanes))
        lanes += [[]] if lane == len(lanes) else []
        lanes[lane].append(span)
        found.append(Placed(event=event, label=label, x=x, lane=lane, left=left, span=span))
    return found


def both_ends(text: str) -> tuple[date, date]:
    """The first and the last day that a date as written can mean."""
    return first_day(text), last_day(text)


def _middle(text: str) -> date:
    first, last = both_ends(text)
    return first + timedelta(days=(last - first).days // 2)


def _meets(span: tuple[float, float], taken: Iterable[tuple[float, float]]) -> bool:
    return any(span[0] < end and start < span[1] for start, end in taken)


def _label(event: Event) -> str:
    doubt = " (in doubt)" if event.doubt else ""
    return cut(f"{event.text}{doubt} · {event.on}", _LETTERS)
