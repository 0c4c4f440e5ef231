"""What has been read of a chart and what is awaited, while a person waits for the page."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from smartapp.outputs.page import words
from smartapp.outputs.page.view import Mark


class Line(Protocol):
    """How far the records of a type have come: sources.progress.Line is one."""

    @property
    def type(self) -> str: ...  # noqa: D102
    @property
    def state(self) -> str: ...  # noqa: D102
    @property
    def count(self) -> int: ...  # noqa: D102


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgressLine:
    """One kind of records, while the chart is read."""

    name: str
    said: str
    """"12 read", "awaited"."""
    mark: Mark


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgressView:
    """How far the reading has come."""

    lines: tuple[ProgressLine, ...]
    counted: str
    """"5 of 12 kinds of records read, 312 records so far", or "" before it has begun."""
    is_read: bool
    """Whether nothing is awaited any more, as far as is known."""


_MARKS: Mapping[str, Mark] = {"read": Mark.MET, "missing": Mark.UNMET}
_ENDED = ("read", "missing")


def progress(lines: Sequence[Line]) -> ProgressView:
    """The lines of the page; without any, nothing is known yet."""
    ended = sum(1 for line in lines if line.state in _ENDED)
    records = sum(line.count for line in lines)
    came = words.records(records)
    return ProgressView(
        lines=tuple(_line(line) for line in lines),
        counted=f"{ended} of {len(lines)} kinds of records read, {came} so far" if lines else "",
        is_read=bool(lines) and ended == len(lines),
    )


def _line(line: Line) -> ProgressLine:
    said = {
        "awaited": "awaited",
        "coming": f"{line.count:,} so far, more awaited",
        "read": f"{line.count:,} read" if line.count else "none found",
        "missing": f"{line.count:,} read, others could not be" if line.count else "could not be read",
    }[line.state]
    return ProgressLine(
        name=words.sentence(words.many(line.type)), said=said, mark=_MARKS.get(line.state, Mark.OPEN)
    )
