"""What a clinician did with a card, checked; free text is never kept, for it may name the patient."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from smartapp.errors import BadHook
from smartapp.store import Feedback

_TIMESTAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_CODE = re.compile(r"\S{1,200}")
_OUTCOMES = ("accepted", "overridden")


def read(body: Any, *, service: str, at: datetime) -> tuple[Feedback, ...]:
    """The feedback in the body of a call; BadHook says what is wrong with it."""
    items = body.get("feedback") if isinstance(body, dict) else None
    if not isinstance(items, list) or not items or not all(isinstance(item, dict) for item in items):
        raise BadHook("A feedback request is an object with 'feedback', a list of objects.")
    return tuple(_feedback(item, service, at) for item in items)


def _feedback(item: Mapping[str, Any], service: str, at: datetime) -> Feedback:
    outcome = item.get("outcome")
    if outcome not in _OUTCOMES:
        raise BadHook("outcome must be 'accepted' or 'overridden'.")
    reason = _object(item, "overrideReason")
    coding = _object(reason, "reason")
    return Feedback(
        card=_matching(item.get("card"), _UUID, "card must be the uuid of a card"),
        service=service,
        outcome=str(outcome),
        suggestions=_suggestions(item, accepted=outcome == "accepted"),
        reason_code=_optional(coding, "code"),
        reason_system=_optional(coding, "system"),
        commented=bool(reason.get("userComment")),
        timestamp=_matching(item.get("outcomeTimestamp"), _TIMESTAMP, "outcomeTimestamp must be a UTC time"),
        at=at,
    )


def _suggestions(item: Mapping[str, Any], *, accepted: bool) -> tuple[str, ...]:
    # CDS Hooks 2.0.1 "Feedback": acceptedSuggestions is required when the outcome is accepted
    given = item.get("acceptedSuggestions")
    if given is None and not accepted:
        return ()
    if not isinstance(given, list) or not all(isinstance(entry, dict) for entry in given):
        raise BadHook("acceptedSuggestions must be a list of objects with the id of a suggestion.")
    return tuple(_matching(entry.get("id"), _UUID, "a suggestion's id must be a uuid") for entry in given)


def _object(given: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    value = given.get(name, {})
    if not isinstance(value, dict):
        raise BadHook(f"{name} must be an object.")
    return value


def _optional(coding: Mapping[str, Any], name: str) -> str | None:
    value = coding.get(name)
    return None if value is None else _matching(value, _CODE, f"{name} must have no spaces")


def _matching(value: Any, pattern: re.Pattern[str], rule: str) -> str:
    if not isinstance(value, str) or not pattern.fullmatch(value):
        raise BadHook(f"Feedback: {rule}.")
    return value
