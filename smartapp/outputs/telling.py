"""Of a long list the rows that tell most: one of everything that is said, then the newest; the others are counted."""

import re
from collections.abc import Callable, Hashable, Sequence
from typing import TypeVar

T = TypeVar("T")
_DIGITS = re.compile(r"\d+")


def most_telling(
    rows: Sequence[T],
    most: int,
    *,
    says: Sequence[Callable[[T], Hashable]],
    day: Callable[[T], str | None],
) -> tuple[T, ...]:
    """At most so many of the rows, in their order.

    `says` tells what a row says, coarsest first: of each thing said the newest row has a place before any second one,
    so that no result is crowded out by a thousand others that say the opposite.
    """
    if len(rows) <= most:
        return tuple(rows)
    newest = sorted(range(len(rows)), key=lambda place: day(rows[place]) or "", reverse=True)
    kept: dict[int, None] = {}
    for what in says:
        said = {what(rows[place]) for place in kept}
        for place in newest:
            if len(kept) < most and what(rows[place]) not in said:
                said.add(what(rows[place]))
                kept[place] = None
    others = [place for place in newest if place not in kept]
    return tuple(rows[place] for place in sorted((*kept, *others[: most - len(kept)])))


def left_out(number: int) -> str:
    """That there were more, for a person; "" for none."""
    return f"{number:,} more of the like were found and are left out." if number else ""


def alike(text: str) -> str:
    """A text with its numbers taken out: "assay 7" and "assay 8" say the same kind of thing."""
    return _DIGITS.sub("#", text)
