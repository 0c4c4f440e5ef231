"""Strings. Null in, null out; positions count from 0."""

import re
from functools import lru_cache
from typing import Any


def combine(texts: list[str | None] | None, separator: str | None = None) -> str | None:
    """The texts that are not null, with the separator between them."""
    known = [text for text in texts or () if text is not None]
    return (separator or "").join(known) if known else None


def split(text: str | None, separator: str | None) -> list[str] | None:
    """The parts between separators."""
    if text is None:
        return None
    return text.split(separator) if separator else [text]


def split_on_matches(text: str | None, pattern: str | None) -> list[str] | None:
    """The parts between matches of the pattern."""
    if text is None or pattern is None:
        return None
    return _compiled(pattern).split(text)


def length(text: Any) -> int | None:
    """The number of characters, or of items of a list (0 for a null list; see `size`)."""
    return None if text is None else len(text)


def upper(text: str | None) -> str | None:
    """In upper case."""
    return None if text is None else text.upper()


def lower(text: str | None) -> str | None:
    """In lower case."""
    return None if text is None else text.lower()


def starts_with(text: str | None, prefix: str | None) -> bool | None:
    """Whether the text starts so."""
    return None if text is None or prefix is None else text.startswith(prefix)


def ends_with(text: str | None, suffix: str | None) -> bool | None:
    """Whether the text ends so."""
    return None if text is None or suffix is None else text.endswith(suffix)


def matches(text: str | None, pattern: str | None) -> bool | None:
    """Whether the whole text matches the regular expression."""
    if text is None or pattern is None:
        return None
    return _compiled(pattern).fullmatch(text) is not None


def replace_matches(text: str | None, pattern: str | None, replacement: str | None) -> str | None:
    r"""The text with each match replaced; `$1` is a group and `\$` a dollar."""
    if text is None or pattern is None or replacement is None:
        return None
    return _compiled(pattern).sub(_template(replacement), text)


@lru_cache(maxsize=256)
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)


def _template(replacement: str) -> str:
    """Python's spelling of a replacement in the style of Java and JavaScript."""
    marked = replacement.replace("\\$", "\0").replace("\\", "\\\\")
    return re.sub(r"\$(\d+)", r"\\g<\1>", marked).replace("\0", "$")


def position_of(pattern: str | None, text: str | None) -> int | None:
    """Where the pattern first begins, or -1."""
    return None if pattern is None or text is None else text.find(pattern)


def last_position_of(pattern: str | None, text: str | None) -> int | None:
    """Where the pattern last begins, or -1."""
    return None if pattern is None or text is None else text.rfind(pattern)


def substring(text: str | None, start: int | None, size: int | None = None) -> str | None:
    """The part from a position, of a length at most; null outside the text."""
    if text is None or start is None or start < 0 or (start >= len(text) and start > 0):
        return None
    return text[start:] if size is None else text[start : start + size]
