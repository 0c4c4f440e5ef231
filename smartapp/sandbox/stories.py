"""The patients of the practice: their records, their stories, and what the policy should say about each."""

import json
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from smartapp.facts import Resource
from smartapp.sandbox.faults import Fault
from smartapp.sandbox.fhir.records import moved

PATIENTS = Path(__file__).parent / "patients"
_PRACTICE = PATIENTS.parent / "practice.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """One patient in a sentence, with the answers that a lifileucel order should get."""

    id: str
    story: str
    outcome: str
    answers: Mapping[str, str] = field(default_factory=dict)
    """The criteria that are not met, with their answer; the others are met."""
    faults: tuple[Fault, ...] = ()
    """What always goes wrong with this patient's record."""


@cache
def told() -> tuple[Story, ...]:
    """Every story, in the order of the list on the screen."""
    written = tomllib.loads((PATIENTS / "stories.toml").read_text(encoding="utf-8"))
    return tuple(_story(entry) for entry in written["patient"])


def records(today: date) -> Iterator[Resource]:
    """Every resource of the patients and of the practice, its dates moved to the year of today."""
    years = _years_until(today)
    for path in (_PRACTICE, *sorted(PATIENTS.glob("*.json"))):
        bundle = moved(json.loads(path.read_bytes()), years=years)
        assert isinstance(bundle, dict)
        yield from (entry["resource"] for entry in bundle["entry"])


def _story(entry: Mapping[str, Any]) -> Story:
    faults = tuple(Fault(**fault, patient=entry["id"]) for fault in entry.get("faults", ()))
    return Story(**{**entry, "faults": faults})


def _years_until(today: date) -> int:
    """The full years since the day on which the records are told."""
    day: date = tomllib.loads((PATIENTS / "stories.toml").read_text(encoding="utf-8"))["told-on"]
    return today.year - day.year - ((today.month, today.day) < (day.month, day.day))
