"""The cards that were given and what became of them. Never patient data."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """A card that was given."""

    uuid: str
    service: str
    policy: str
    outcome: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Feedback:
    """What a clinician did with a card; of a comment only that there was one, for it may name the patient."""

    card: str
    service: str
    outcome: str
    suggestions: tuple[str, ...]
    reason_code: str | None
    reason_system: str | None
    commented: bool
    timestamp: str
    at: datetime
