"""The day for which an order plans its therapy, as written in the order."""

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from smartapp.facts import Resource

_DAY = re.compile(r"\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?")


def planned_date(order: Resource | None, now: datetime) -> str:
    """YYYY, YYYY-MM or YYYY-MM-DD: the order's occurrence, else its authoredOn, else the day of asking.

    Days are taken as written, in the record's own offset. A MedicationRequest's occurrence is its dosage timing.
    """
    days = sorted(_occurrences(order or {})) or list(_texts((order or {}).get("authoredOn")))
    return days[0] if days else now.date().isoformat()


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
    """The day as written; what is no FHIR date gives none."""
    day = value.partition("T")[0] if isinstance(value, str) else ""
    if _DAY.fullmatch(day):
        yield day
