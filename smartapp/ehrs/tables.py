"""What the readers of the EHR file share: the file as parsed, the keys of an entry, lists of texts."""

import tomllib
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any

from smartapp.errors import BadInput


def read(path: Path) -> Mapping[str, Any]:
    """The tables of a TOML file; BadInput names the file that cannot be read."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise BadInput(f"{path.name} cannot be read as TOML.") from error


def check_keys(entry: Mapping[str, Any], *, allowed: Collection[str], needed: Sequence[str]) -> None:
    """ValueError names the first key that there is not, or that is missing."""
    if unknown := sorted(entry.keys() - set(allowed)):
        raise ValueError(f"there is no setting '{unknown[0]}'")
    if missing := [key for key in needed if not entry.get(key)]:
        raise ValueError(f"'{missing[0]}' is missing")


def texts(value: Any, key: str) -> tuple[str, ...]:
    """The texts of a list; ValueError when it is none."""
    if not isinstance(value, list | tuple) or not all(isinstance(item, str) for item in value):
        raise ValueError(f"'{key}' must be a list of texts")
    return tuple(value)
