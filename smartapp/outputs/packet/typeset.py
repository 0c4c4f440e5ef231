"""Data in, PDF out: the typst template is fixed, and what it sets comes as JSON, so that no text can be markup.

PDF/UA-1 with the fonts that come inside the typst wheel: the same bytes on every machine. A character that they lack
joins in from the fonts of the machine; one that no font has is printed as its code point, [U+1F642].
"""

import re
from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from importlib import resources
from typing import Any

import orjson

FONT = "Libertinus Serif"

_STANDARD = "ua-1"
_PLAIN = re.compile(r"[\t\n\r\x20-\x7e\xa0-\u024f\u2010-\u2027]*")
"""Characters that the fonts have for sure."""
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
_TEMPLATE = "packet.typ"


def typeset(content: Mapping[str, Any], *, picture: str, now: datetime) -> bytes:
    """The PDF of the packet's content; `picture` is an SVG or ""."""
    text = _CONTROL.sub(" ", orjson.dumps(content).decode())
    lacking = _lacking(text + picture)
    inputs = {"packet": _spelled(text, lacking), "picture": _spelled(picture, lacking)}
    return _compiled(inputs, now=now, own_fonts=lacking is _NONE)


_NONE: frozenset[str] = frozenset()


def _compiled(inputs: Mapping[str, str], *, now: datetime, own_fonts: bool) -> bytes:
    import typst  # noqa: PLC0415 - 80 MB that only a packet needs

    template = resources.files(__package__).joinpath(_TEMPLATE).read_bytes()
    made = typst.compile(
        template,
        format="pdf",
        sys_inputs=dict(inputs),
        ignore_system_fonts=own_fonts,
        pdf_standards=_STANDARD,
        timestamp=int(now.timestamp()),
    )
    assert made is not None, "typst gives the bytes when no output file is named"
    return made


def _lacking(text: str) -> frozenset[str]:
    """The characters that the fonts of the wheel lack."""
    unusual = {character for character in text if not _PLAIN.fullmatch(character)}
    return frozenset(c for c in unusual if not _has_glyph(c, own_fonts=True)) or _NONE


def _spelled(text: str, lacking: frozenset[str]) -> str:
    """The text with each character that no font here has as its code point."""
    for character in sorted(lacking):
        if not _has_glyph(character, own_fonts=False):
            text = text.replace(character, f"[U+{ord(character):04X}]")
    return text


@lru_cache(maxsize=4096)
def _has_glyph(character: str, *, own_fonts: bool) -> bool:
    """Whether the character can be set: PDF/UA refuses a text that no font can show."""
    import typst  # noqa: PLC0415

    probe = b'#set document(title: "x")\n#set text(font: "%s")\n#sys.inputs.text' % FONT.encode()
    try:
        typst.compile(
            probe,
            format="pdf",
            sys_inputs={"text": f"a{character}"},
            ignore_system_fonts=own_fonts,
            pdf_standards=_STANDARD,
        )
    except typst.TypstError:
        return False
    return True
