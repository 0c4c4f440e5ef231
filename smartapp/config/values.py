"""What the value of a setting may be: readers of a text from the environ, or of what TOML holds.

What cannot be used raises a TypeError or ValueError that goes on "the setting ...": "must be text".
"""

from base64 import urlsafe_b64decode
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit


def text(value: Any) -> str:
    """A text without the space around it."""
    if not isinstance(value, str):
        raise TypeError("must be text")
    return value.strip()


def one_of(*allowed: str) -> Callable[[Any], str]:
    """One of these texts."""

    def one(value: Any) -> str:
        if (given := text(value)) not in allowed:
            raise ValueError(f"must be one of {', '.join(allowed)}")
        return given

    return one


def number(kind: Callable[[Any], float], low: float, high: float) -> Callable[[Any], float]:
    """A number of this kind (int, float) within these bounds."""

    def number(value: Any) -> float:
        try:
            found = kind(value)
        except (TypeError, ValueError):
            found = None
        if found is None or isinstance(value, bool) or not low <= found <= high:
            raise ValueError(f"must be a number from {low} to {high}")
        return found

    return number


def words(value: Any) -> tuple[str, ...]:
    """Texts without spaces: a list, or one text with spaces or "," between them."""
    return tuple(map(text, _listed(value)))


def lines(value: Any) -> tuple[str, ...]:
    """Texts that may hold spaces: a list, or one text with ";" between them."""
    given = value.split(";") if isinstance(value, str) else value
    return tuple(filter(None, map(text, given)))


def address(value: Any) -> str:
    """An http(s) address without a final slash."""
    given = text(value).rstrip("/")
    parts = urlsplit(given)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ValueError("must be an http(s) address")
    return given


def addresses(*besides: str) -> Callable[[Any], tuple[str, ...]]:
    """Such addresses, or the words that stand for some."""

    def read(value: Any) -> tuple[str, ...]:
        return tuple(each if each in besides else address(each) for each in _listed(value))

    return read


def folder(value: Any) -> Path:
    """A folder that exists."""
    path = Path(text(value))
    if not path.is_dir():
        raise ValueError("must be a folder that exists")
    return path


def file(value: Any) -> Path:
    """A file that exists."""
    path = Path(text(value))
    if not path.is_file():
        raise ValueError("must be a file that exists")
    return path


def keys(value: Any) -> tuple[str, ...]:
    """Fernet keys."""
    given = tuple(_listed(value))
    if not all(isinstance(key, str) and _is_key(key) for key in given):
        raise ValueError("must be keys of 32 random bytes in URL-safe Base64")
    return given


def _listed(value: Any) -> Any:
    return value.replace(",", " ").split() if isinstance(value, str) else value


def _is_key(given: str) -> bool:
    try:
        return len(urlsafe_b64decode(given)) == 32  # noqa: PLR2004 - said in the message above
    except ValueError:
        return False
