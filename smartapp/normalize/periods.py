"""Periods that end before they start: remarked here, null in the engine."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from smartapp.facts import Remark, reference_of
from smartapp.normalize.coding import Json

_DOSAGES = {
    "MedicationAdministration": "dosage",
    "MedicationStatement": "dosage",
    "MedicationRequest": "dosageInstruction",
    "MedicationDispense": "dosageInstruction",
}
_PERIODS = ("effectivePeriod", "performedPeriod", "onsetPeriod", "occurrencePeriod", "abatementPeriod")
ELEMENTS = frozenset((*_PERIODS, *_DOSAGES.values()))
"""Where a Period may be that the criteria read."""


def reversed_in(resources: Iterable[Json]) -> Iterator[Remark]:
    """A remark for each Period that the criteria read and that ends before it starts."""
    for resource in resources:
        for name in _PERIODS:
            if name in resource and _is_reversed(resource[name]):
                yield _remark(resource, name)
        name = _DOSAGES.get(resource["resourceType"], "")
        if name in resource and any(_is_reversed(period) for period in _bounds(resource[name])):
            yield _remark(resource, name)


def _remark(resource: Json, name: str) -> Remark:
    text = f"{resource['resourceType']}.{name} ends before it starts; it was not used."
    return Remark(code="reversed-period", text=text, reference=reference_of(resource))


def _bounds(dosage: Any) -> Iterator[Json]:
    for dose in dosage if type(dosage) is list else [dosage]:
        period = dose.get("timing", {}).get("repeat", {}).get("boundsPeriod")
        if period:
            yield period


def _is_reversed(period: Json) -> bool:
    start, end = period.get("start"), period.get("end")
    if not start or not end:
        return False
    length = min(len(start), len(end), len("2026-01-01"))
    if start[:length] != end[:length]:
        return bool(start[:length] > end[:length])
    return _same_day_reversed(start, end)


def _same_day_reversed(start: str, end: str) -> bool:
    if "T" not in start or "T" not in end:
        return False
    first, last = datetime.fromisoformat(start), datetime.fromisoformat(end)
    return (first.tzinfo is None) == (last.tzinfo is None) and first > last
