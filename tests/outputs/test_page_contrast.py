"""The colours of the page, computed: text at 4.5 to 1 and edges of inputs at 3 to 1, in both themes.

WCAG 2.2, 1.4.3 "Contrast (Minimum)" and 1.4.11 "Non-text Contrast".
"""

import re
from pathlib import Path

import pytest

import smartapp

CSS = (Path(smartapp.__file__).parent / "web" / "static" / "review.css").read_text(encoding="utf-8")
_TOKEN = re.compile(r"--([\w-]+): (#[0-9a-f]{3,6})\b")
_TONES = ("met", "open", "unmet", "other")
TEXT = [
    *((ink, ground) for ink in ("ink", "muted", "accent") for ground in ("bg", "surface", "sunk")),
    *((tone, ground) for tone in _TONES for ground in (f"{tone}-bg", "surface")),
    *(("ink", f"{tone}-bg") for tone in _TONES),
    ("on-accent", "accent"),
]
EDGES = [(edge, ground) for edge in ("edge", "focus") for ground in ("bg", "surface", "sunk")]


def tokens(theme):
    light, dark = CSS.split(":root {")[1:3]
    found = dict(_TOKEN.findall(light.partition("}")[0]))
    return {**found, **dict(_TOKEN.findall(dark.partition("}")[0]))} if theme == "dark" else found


def luminance(colour):
    digits = colour[1:] if len(colour) == 7 else "".join(d * 2 for d in colour[1:])
    parts = [int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one, other):
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def test_black_on_white_is_twenty_one_to_one():
    assert contrast("#000", "#ffffff") == pytest.approx(21)


@pytest.mark.requirement("wcag-2.2#1.4.3")
@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(("ink", "ground"), TEXT)
def test_text_can_be_read(theme, ink, ground):
    found = tokens(theme)

    assert contrast(found[ink], found[ground]) >= 4.5


@pytest.mark.requirement("wcag-2.2#1.4.11")
@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(("edge", "ground"), EDGES)
def test_the_edge_of_an_input_and_of_the_focus_can_be_seen(theme, edge, ground):
    found = tokens(theme)

    assert contrast(found[edge], found[ground]) >= 3


def test_a_colour_stands_in_a_token_and_nowhere_else():
    rules = re.sub(r"(?s):root \{.*?\}", "", CSS)

    assert re.findall(r"#[0-9a-f]{3,6}\b", rules) == []
