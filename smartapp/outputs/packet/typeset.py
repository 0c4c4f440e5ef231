"""Data in, PDF out: the typst template is fixed, and what it sets comes as JSON, so that no text can be markup.

PDF/UA-1 with the fonts that come inside the typst wheel: the same bytes on every machine. For a character that they
lack the fonts of the machine join in; one that no font has is printed as its code point, [U+1F642].
"""

import logging
import re
from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from importlib import resources
from typing import Any, Final

import orjson

FONT = "Libertinus Serif"

_log = logging.getLogger(__name__)
_STANDARD: Final = "ua-1"
_TEMPLATE = "packet.typ"
_COMMON = re.compile(r"[\t\n\r\x20-\x7e\xa0-\u017f\u2013\u2014\u2018\u2019\u201c\u201d\u2026]")
"""Characters that the fonts have for sure."""
_UNPRINTABLE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]"
)
"""Control characters, what turns the direction of writing around, and what is no character."""


def typeset(content: Mapping[str, Any], *, picture: str, now: datetime) -> bytes:
    """The PDF of the packet's content; `picture` is an SVG or ""."""
    printable = _printable(content)
    unusual = {c for c in orjson.dumps(printable).decode() + picture if not _COMMON.match(c)}
    lacking = frozenset(c for c in unusual if not _has(c, own_fonts=True))
    nowhere = frozenset(c for c in lacking if not _has(c, own_fonts=False))
    text = orjson.dumps({**printable, "spelled": bool(nowhere)}).decode()
    inputs = {"packet": _spelled(text, nowhere), "picture": _spelled(picture, nowhere)}
    return _compiled(inputs, now=now, own_fonts=not lacking)


def _printable(node: Any) -> Any:
    if isinstance(node, str):
        return _UNPRINTABLE.sub(" ", node)
    if isinstance(node, Mapping):
        return {key: _printable(value) for key, value in node.items()}
    return [_printable(value) for value in node] if isinstance(node, list | tuple) else node


def _spelled(text: str, nowhere: frozenset[str]) -> str:
    """The text with each character that no font has as its code point."""
    return text.translate({ord(c): f"[U+{ord(c):04X}]" for c in nowhere})


@lru_cache(maxsize=4096)
def _has(character: str, *, own_fonts: bool) -> bool:
    """Whether a font has the character: PDF/UA refuses a text that none can show."""
    import typst  # noqa: PLC0415 - 80 MB that only a packet needs

    probe = f'#set document(title: "x")\n#set text(font: "{FONT}")\n#sys.inputs.text'
    try:
        typst.compile(
            probe.encode(),
            format="pdf",
            sys_inputs={"text": f"a{character}"},
            ignore_system_fonts=own_fonts,
            pdf_standards=_STANDARD,
        )
    except typst.TypstError:
        return False
    return True


def _compiled(inputs: Mapping[str, str], *, now: datetime, own_fonts: bool) -> bytes:
    """The PDF; one that cannot pass PDF/UA-1 is tagged all the same, and the log says so."""
    import typst  # noqa: PLC0415

    template = resources.files(__package__).joinpath(_TEMPLATE).read_bytes()
    compiler = typst.Compiler(ignore_system_fonts=own_fonts, sys_inputs=dict(inputs))
    stamp = int(now.timestamp())
    try:
        made = compiler.compile(template, format="pdf", pdf_standards=_STANDARD, timestamp=stamp)
    except typst.TypstError:
        _log.warning("a packet does not pass PDF/UA-1")
        made = compiler.compile(template, format="pdf", timestamp=stamp)
    assert isinstance(made, bytes), "without an output file typst gives the bytes"
    return made
