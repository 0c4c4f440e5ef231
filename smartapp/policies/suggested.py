"""Orders that a policy suggests: a test whose result settles a criterion about which nothing is on record."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

_KEYS = {"criterion", "ask", "system", "codes", "words", "text", "label", "why"}


@dataclass(frozen=True, slots=True, kw_only=True)
class SuggestedOrder:
    """One test to order."""

    criterion: str
    ask: str
    """The form item that would be asked: suggested while it is."""
    system: str
    codes: tuple[str, ...]
    """The first is ordered; an open order for any of them, or for what `words` match, is enough."""
    words: re.Pattern[str]
    text: str
    label: str
    why: str


def read_suggested(rows: Iterable[Mapping[str, Any]]) -> tuple[SuggestedOrder, ...]:
    """The orders that a policy's [[suggest]] tables hold; KeyError names an unknown key."""
    return tuple(_read(row) for row in rows)


def _read(row: Mapping[str, Any]) -> SuggestedOrder:
    if unknown := sorted(set(row) ^ _KEYS):
        raise KeyError(f"suggest.{unknown[0]}")
    words = re.compile(row["words"], re.IGNORECASE)
    return SuggestedOrder(**{**row, "codes": tuple(row["codes"]), "words": words})
