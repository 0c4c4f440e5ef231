"""The day for which an order plans its therapy, as written in the order."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from smartapp.facts import Resource


def planned_date(order: Resource | None, now: datetime) -> str:
    """YYYY, YYYY-MM or YYYY-MM-DD: the order's occurrence, else its authoredOn, else the day of asking.

    Days are taken as written, in the record's own offset. A MedicationRequest's occurrence is its dosage timing.
    """
    days = sorted(_occurrences(order or {}))
    written = days[0] if days else (order or {}).get("authoredOn")
    return written[:10] if isinstance(written, str) and written else now.date().isoformat()


def _occurrences(order: Resource) -> Iterator[str]:
    yield from _texts(order.get("occurrenceDateTime"))
    yield from _start(order.get("occurrencePeriod"))
    yield from _timing(order.get("occurrenceTiming"))
    dosages = order.get("dosageInstruction")
    for dosage in dosages if isinstance(dosages, list) else ():
        if isinstance(dosage, dict):
            yield from _timing(dosage.get("timing"))


def _timing(timing: Any) -> Iterator[str]:
    if not isinstance(timing, Mapping):
        return
    events = timing.get("event")
    for event in events if isinstance(events, list) else ():
        yield from _texts(event)
    repeat = timing.get("repeat")
    if isinstance(repeat, Mapping):
        yield from _start(repeat.get("boundsPeriod"))


def _start(period: Any) -> Iterator[str]:
    if isinstance(period, Mapping):
        yield from _texts(period.get("start"))


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str) and value:
        yield value[:10]
