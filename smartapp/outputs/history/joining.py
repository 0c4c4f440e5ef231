"""Pieces of treatment as therapies: doses that follow each other are one row, and each source is kept."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from itertools import groupby
from typing import Any

from smartapp.outputs.history.days import first_day, last_day
from smartapp.outputs.history.parts import Part
from smartapp.outputs.history.therapy import Therapy

_PAUSE = timedelta(days=120)
"""Doses further apart are told as two rows: one bar over a long gap would claim a treatment that is not on record."""


def joined(parts: Iterable[Part]) -> Iterator[Therapy]:
    """The parts as therapies: of one drug, of one kind of source, without a long pause."""
    for _, group in groupby(sorted(parts, key=_by_group), key=lambda part: part.group):
        for run in _runs(list(group)):
            yield _therapy(run)


def fold_corrected(parts: Iterable[Part]) -> list[Part]:
    """A line of the form tells the resources that had filled it in: they are no rows beside it."""
    whole = list(parts)
    covered = {reference for part in whole for reference in part.stands_for}
    return [_with_corrected(part, whole) for part in whole if part.answered or part.reference not in covered]


def _with_corrected(part: Part, whole: Sequence[Part]) -> Part:
    behind = [other for other in whole if not other.answered and other.reference in part.stands_for]
    return replace(part, corrects=tuple(row.in_short for row in joined(behind))) if behind else part


def fold_orders(therapies: Iterable[Therapy]) -> list[Therapy]:
    """An order of a drug that was received, from before its last day, is told with it and not as a row."""
    rows = list(therapies)
    is_known = (row for row in rows if not row.answered or row.corrects)
    received = [row for row in is_known if not row.ordered_only and row.stop]
    owner = {order: _received(order, received) for order in rows if order.ordered_only}
    return [
        replace(row, also_ordered=tuple(ref for o, r in owner.items() if r is row for ref in o.references))
        for row in rows
        if not owner.get(row)
    ]


def _received(order: Therapy, received: Sequence[Therapy]) -> Therapy | None:
    """The therapy that the order was for, as far as the dates can tell."""
    if order.stop is None:
        return None
    same = (row for row in received if row.agent == order.agent and row.doubt is None)
    return next((row for row in same if first_day(order.stop) <= last_day(row.stop or "")), None)


def _by_group(part: Part) -> tuple[Any, ...]:
    first = _first(part)
    return (*part.group, not first, first, part.reference)


def _runs(parts: list[Part]) -> Iterator[list[Part]]:
    """The dated parts in runs without a long pause; those without a date are a run of their own."""
    dated = sorted((p for p in parts if p.start or p.end), key=_first)
    run: list[Part] = []
    for part in dated:
        if run and first_day(_first(part)) - max(last_day(_last(p)) for p in run) > _PAUSE:
            yield run
            run = []
        run.append(part)
    yield from (found for found in (run, [p for p in parts if not (p.start or p.end)]) if found)


def _first(part: Part) -> str:
    return part.start or part.end or ""


def _last(part: Part) -> str:
    """The last day that is known; a Period that ends before it starts counts from its start."""
    return part.end if part.end and part.end >= (part.start or "") else _first(part)


def _therapy(parts: list[Part]) -> Therapy:
    first, dated = parts[0], [p for p in parts if p.start or p.end]
    last = max(dated, key=lambda p: last_day(_last(p)), default=None)
    return Therapy(
        agent=first.agent,
        kind=first.kind,
        start=first.start,
        stop=_last(last) if last else None,
        ended=last is not None and last.end is not None,
        ongoing=any(part.ongoing for part in parts),
        status="; ".join(_each(part.status for part in parts)),
        ordered_only=first.ordered,
        adjuvant=first.adjuvant,
        reason="; ".join(_each(part.reason for part in parts)),
        doubt=first.doubt,
        recorded=tuple(_each(part.recorded for part in parts)),
        days=tuple(_each(part.start or "" for part in parts if part.is_dose)),
        references=tuple(_each(name for part in parts for name in (part.reference, *part.stands_for))),
        by_name=all(part.by_name for part in parts),
        answered=first.answered,
        corrects=tuple(_each(text for part in parts for text in part.corrects)),
    )


def _each(texts: Iterable[str]) -> Iterable[str]:
    return (text for text in dict.fromkeys(texts) if text)
