"""A therapy history drawn: events above, a row for each therapy, the time axis and the legend below.

Presentation attributes only, so that a strict CSP lets it be and CSS classes may theme it; shape and outline say
everything that colour says, so that it reads in greyscale. What has no date is not drawn: the table tells it.

    .tl-text .tl-quiet                       words
    .tl-grid .tl-axis .tl-guide              ticks, the time axis, the line from an event through the bars
    .tl-bar .tl-pale .tl-doubt .tl-dose      a therapy, its uncertain ends, one in doubt, a dose
    .tl-ongoing                              from the last day on record to the day of asking
    .tl-mark .tl-mark-doubt .tl-span         an event, one in doubt, the days that a partial date can mean
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeVar
from xml.etree.ElementTree import Element, SubElement, tostring

from smartapp.outputs.history import Event, History, Therapy
from smartapp.outputs.history.days import first_day, last_day
from smartapp.outputs.timeline import shapes
from smartapp.outputs.timeline.axis import Axis
from smartapp.outputs.timeline.places import Placed, both_ends, placed_events
from smartapp.outputs.wording import cut

WIDTH = 760
_Dated = TypeVar("_Dated", Therapy, Event)
_LEFT, _RIGHT = 216, WIDTH - 24
_TOP, _LANE, _ROW, _BAR = 12, 18, 36, 14
_MOST_ROWS, _MOST_EVENTS, _MOST_DOSES = 14, 12, 60
_OUTLINE = {"braf": "circle", "metastasis": "diamond", "stage": "diamond", "status": "triangle"}
_LEGEND = (
    "Filled: on record. Outlined: ordered only, or in doubt. Pale: the date is known to the month or year only.",
    "Circle: BRAF. Diamond: metastasis or stage. Triangle: course of disease. Dashed arrow: recorded as ongoing.",
)


def svg(history: History, *, family: str | None = None) -> str:
    """The picture as an SVG element, or "" where nothing has a date; `family` names a font where no CSS does."""
    if not history.has_dates:
        return ""
    return tostring(_Drawing.of(history).drawn(family), encoding="unicode")


def described(history: History) -> str:
    """The picture in words, for who cannot see it; the table beside it says more."""
    rows = [f"{t.agent}, {t.kind}: {t.status}, {_span(t)}" for t in history.therapies if t.start or t.stop]
    events = [f"{event.text}: {event.on}" for event in history.events if event.on]
    return ". ".join([*rows, *events]) + "."


@dataclass(frozen=True, slots=True, kw_only=True)
class _Drawing:
    """One picture: events above, a row for each therapy, the axis and the legend below."""

    history: History
    axis: Axis
    events: Sequence[Placed]
    therapies: Sequence[Therapy]
    legend: Sequence[str]

    @classmethod
    def of(cls, history: History) -> "_Drawing":
        """What is drawn of a history, with its places."""
        therapies = [t for t in history.therapies if t.start or t.stop]
        events = [e for e in history.events if e.on]
        left_out = max(len(therapies) - _MOST_ROWS, 0) + max(len(events) - _MOST_EVENTS, 0)
        rows, marks = _most(therapies, _MOST_ROWS), _most(events, _MOST_EVENTS)
        axis = Axis.of(_days(rows, marks), today=first_day(history.as_of), left=_LEFT, right=_RIGHT)
        more = (f"{left_out} more are in the table only.",) if left_out else ()
        return cls(
            history=history,
            axis=axis,
            events=placed_events(marks, axis, width=WIDTH),
            therapies=rows,
            legend=(*_LEGEND, *more),
        )

    @property
    def bars(self) -> int:
        """Where the therapies begin, from the top."""
        return _TOP + _LANE * (1 + max((p.lane for p in self.events), default=-1)) + 10

    @property
    def floor(self) -> int:
        """Where the time axis is."""
        return self.bars + _ROW * len(self.therapies)

    def drawn(self, family: str | None) -> Element:
        """The whole picture."""
        root = self._root(family)
        self._grid(root)
        for row, therapy in enumerate(self.therapies):
            self._therapy(root, therapy, self.bars + row * _ROW)
        for placed in self.events:
            self._event(root, placed)
        for number, said in enumerate(self.legend):
            shapes.text(root, "tl-quiet", (0, self.floor + 40 + 16 * number), said, size=10)
        return root

    def _root(self, family: str | None) -> Element:
        height = self.floor + 30 + 16 * len(self.legend)
        root = Element(
            "svg",
            {
                "xmlns": "http://www.w3.org/2000/svg",
                "class": "timeline",
                "viewBox": f"0 0 {WIDTH} {height}",
                "width": str(WIDTH),
                "height": str(height),
                "role": "img",
                "aria-labelledby": "timeline-title timeline-desc",
                "fill": "currentColor",
                **({"font-family": family} if family else {}),
            },
        )
        SubElement(root, "title", id="timeline-title").text = "Therapy history"
        SubElement(root, "desc", id="timeline-desc").text = shapes.clean(described(self.history))
        return root

    def _grid(self, root: Element) -> None:
        for x, label in self.axis.ticks():
            shapes.line(root, "tl-grid", (x, self.bars - 4), (x, self.floor))
            shapes.text(root, "tl-quiet", (x, self.floor + 16), label, size=11, anchor="middle")
        shapes.line(root, "tl-axis", (_LEFT, self.floor), (_RIGHT, self.floor))

    def _therapy(self, root: Element, therapy: Therapy, y: float) -> None:
        kind = f"{therapy.kind}, adjuvant" if therapy.adjuvant else therapy.kind
        shapes.text(root, "tl-text", (0, y + 13), cut(therapy.agent, 34), size=12)
        shapes.text(root, "tl-quiet", (0, y + 27), cut(kind, 40), size=10)
        first, last = therapy.start or therapy.stop or "", therapy.stop or therapy.start or ""
        if therapy.doubt is not None:
            self._bar(root, "tl-doubt", first_day(first), last_day(last), y)
        else:
            self._received(root, therapy, (first, last), y)
        if therapy.ongoing:
            self._arrow(root, last, y)

    def _received(self, root: Element, therapy: Therapy, days: tuple[str, str], y: float) -> None:
        """Pale over every day that the dates can mean, solid over those that they must mean; a stroke a dose."""
        first, last = days
        sure = last_day(first) <= first_day(last)
        if not sure or (first_day(first), last_day(last)) != (last_day(first), first_day(last)):
            self._bar(root, "tl-pale", first_day(first), last_day(last), y)
        if sure:
            self._bar(root, "tl-bar", last_day(first), first_day(last), y)
        for day in therapy.days[1:-1] if len(therapy.days) <= _MOST_DOSES else ():
            x = self.axis.x(first_day(day))
            shapes.line(root, "tl-dose", (x, y + 5), (x, y + 5 + _BAR))

    def _bar(self, root: Element, look: str, first: date, last: date, y: float) -> None:
        start = self.axis.x(first)
        width = max(self.axis.x(last) - start, 8.0 if look == "tl-doubt" else 4.0)
        shapes.bar(root, look, (start, y + 5), width=width, height=_BAR)

    def _arrow(self, root: Element, last: str, y: float) -> None:
        middle = y + 5 + _BAR / 2
        end = self.axis.x(first_day(self.history.as_of))
        shapes.line(root, "tl-ongoing", (self.axis.x(last_day(last)), middle), (end, middle))
        shapes.mark(root, "tl-bar", (end, middle), outline="arrow")

    def _event(self, root: Element, placed: Placed) -> None:
        event, x, y = placed.event, placed.x, _TOP + placed.lane * _LANE
        group = SubElement(root, "g", {"class": "tl-event"})
        for start, end in self._guide(placed):
            shapes.line(group, "tl-guide", (x, start), (x, end))
        first, last = both_ends(event.on or "")
        if first != last:
            shapes.line(group, "tl-span", (self.axis.x(first), y), (self.axis.x(last), y))
        look = "tl-mark-doubt" if event.doubt else "tl-mark"
        shapes.mark(group, look, (x, y), outline=_OUTLINE.get(event.kind, "circle"))
        gap, anchor = (-9, "end") if placed.left else (9, "start")
        shapes.text(group, "tl-text", (x + gap, y + 4), placed.label, size=11, anchor=anchor)

    def _guide(self, placed: Placed) -> Iterator[tuple[float, float]]:
        """From an event down to the axis, but not through the label of another."""
        y: float = _TOP + placed.lane * _LANE
        crossed = {other.lane for other in self.events if other.covers(placed.x)}
        for lane in sorted(lane for lane in crossed if lane > placed.lane):
            middle = _TOP + lane * _LANE
            yield y, middle - _LANE / 2
            y = middle + _LANE / 2
        yield y, self.floor


def _most(found: Sequence[_Dated], most: int) -> list[_Dated]:
    """At most so many, those that are not in doubt first, in their order."""
    kept = sorted(found, key=lambda one: one.doubt is not None)[:most]
    return [one for one in found if one in kept]


def _span(therapy: Therapy) -> str:
    first, last = therapy.start or therapy.stop, therapy.stop or therapy.start
    days = f"{first}" if first == last else f"{first} to {last}"
    return f"{days}, ongoing" if therapy.ongoing else days


def _days(therapies: Iterable[Therapy], events: Iterable[Event]) -> list[date]:
    """Every day that must be on the axis."""
    texts = [day for t in therapies for day in (t.start, t.stop) if day]
    texts += [event.on for event in events if event.on]
    return [day for text in texts for day in both_ends(text)]
