"""Shapes of inline SVG: presentation attributes only, each with a class that CSS may theme."""

import re
from collections.abc import Mapping, Sequence
from xml.etree.ElementTree import Element, SubElement

ACCENT = "#0b57a4"
_UNPRINTABLE = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_LOOKS: Mapping[str, Mapping[str, str]] = {
    "tl-bar": {"fill": ACCENT},
    "tl-pale": {"fill": ACCENT, "fill-opacity": "0.35"},
    "tl-doubt": {"fill": "none", "stroke": ACCENT, "stroke-width": "1.5", "stroke-dasharray": "4 2"},
    "tl-mark": {"fill": ACCENT, "stroke": ACCENT, "stroke-width": "1.5"},
    "tl-mark-doubt": {"fill": "none", "stroke": ACCENT, "stroke-width": "1.5"},
    "tl-dose": {"stroke": "#ffffff"},
    "tl-grid": {"stroke": "#c9ced6"},
    "tl-axis": {"stroke": "#8b94a3"},
    "tl-guide": {"stroke": "#8b94a3", "stroke-dasharray": "2 3"},
    "tl-span": {"stroke": "currentColor", "stroke-width": "5", "stroke-opacity": "0.35"},
    "tl-ongoing": {"stroke": "currentColor", "stroke-width": "2", "stroke-dasharray": "5 3"},
    "tl-text": {},
    "tl-quiet": {"fill-opacity": "0.75"},
}
"""How a class looks without CSS, as in the packet."""
_OUTLINES: Mapping[str, Sequence[tuple[float, float]]] = {
    "triangle": ((0, -5), (5, 4), (-5, 4)),
    "diamond": ((0, -5), (5, 0), (0, 5), (-5, 0)),
    "arrow": ((7, 0), (0, -5), (0, 5)),
}
Point = tuple[float, float]


def bar(parent: Element, look: str, at: Point, *, width: float, height: float) -> None:
    """A rounded box from its top left corner."""
    size = {"x": _n(at[0]), "y": _n(at[1]), "width": _n(width), "height": _n(height), "rx": "2"}
    SubElement(parent, "rect", {"class": look, **size, **_LOOKS[look]})


def mark(parent: Element, look: str, at: Point, *, outline: str) -> None:
    """A triangle, a diamond, an arrow head, or else a circle, around a point."""
    x, y = at
    if outline not in _OUTLINES:
        SubElement(parent, "circle", {"class": look, "cx": _n(x), "cy": _n(y), "r": "4", **_LOOKS[look]})
        return
    points = " ".join(f"{_n(x + right)},{_n(y + down)}" for right, down in _OUTLINES[outline])
    SubElement(parent, "polygon", {"class": look, "points": points, **_LOOKS[look]})


def line(parent: Element, look: str, start: Point, end: Point) -> None:
    """A straight line."""
    ends = {"x1": _n(start[0]), "y1": _n(start[1]), "x2": _n(end[0]), "y2": _n(end[1])}
    SubElement(parent, "line", {"class": look, **ends, **_LOOKS[look]})


def text(parent: Element, look: str, at: Point, said: str, *, size: int, anchor: str = "start") -> None:
    """Words; `anchor` start, middle or end."""
    place = {"x": _n(at[0]), "y": _n(at[1]), "font-size": str(size), "text-anchor": anchor}
    SubElement(parent, "text", {"class": look, **place, **_LOOKS[look]}).text = clean(said)


def clean(said: str) -> str:
    """Without the characters that XML cannot hold."""
    return _UNPRINTABLE.sub(" ", said)


def _n(number: float) -> str:
    return f"{number:.1f}".removesuffix(".0")
