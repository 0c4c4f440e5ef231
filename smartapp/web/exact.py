"""Orders sent back to the last digit: FHIR decimals keep their precision, and a float knows no 0.50.

CRD 2.2.1 resp-37: a system action changes nothing in an order but its coverage information.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from smartapp.facts import Resource, reference_of

_LOSSY = re.compile(rb"[:,\[\s]-?(\d{20}|\d+(\.\d+0[\s,}\]]|\.\d{15}|(\.\d+)?[eE][+-]?\d))")
"""What looks like a number that comes back in other digits; inside a text it costs a moment and nothing else."""

_SAFE_DIGITS = 19


@dataclass(frozen=True, slots=True)
class _Number:
    """A number as it was written."""

    text: str


def restored(answer: Mapping[str, Any], call: bytes) -> Mapping[str, Any]:
    """The answer with the orders of its system actions in the digits of the call that brought them."""
    actions = answer.get("systemActions")
    if (
        not actions
        or not any(_holds_fraction(action["resource"]) for action in actions)
        or not _is_lossy(call)
    ):
        return answer
    context = json.loads(call, parse_float=_Number, parse_int=_whole)["context"]
    sent = {reference_of(entry["resource"]): entry["resource"] for entry in context["draftOrders"]["entry"]}
    return {**answer, "systemActions": [_exact(action, sent) for action in actions]}


def _holds_fraction(value: Any) -> bool:
    """Whether an order holds a number that may have been written in other digits; most hold none."""
    if type(value) is dict:
        return any(map(_holds_fraction, value.values()))
    return any(map(_holds_fraction, value)) if type(value) is list else type(value) is float


def _is_lossy(call: bytes) -> bool:
    """Whether the orders hold such a number; the prefetch, which is long, mostly comes after them."""
    start = call.find(b'"draftOrders"')
    end = call.rfind(b'"prefetch"')
    return _LOSSY.search(call, start, end if end > start else len(call)) is not None


def _exact(action: Mapping[str, Any], sent: Mapping[str, Resource]) -> dict[str, Any]:
    order = sent[reference_of(action["resource"])]
    *others, ours = action["resource"]["extension"]
    listed = order.get("extension")
    kept = [e for e in (listed if isinstance(listed, list) else ()) if orjson.loads(_written(e)) in others]
    return {**action, "resource": orjson.Fragment(_written({**order, "extension": [*kept, ours]}))}


def _whole(text: str) -> int | _Number:
    """A whole number; one that may not fit into 64 bits as it was written."""
    return int(text) if len(text) < _SAFE_DIGITS else _Number(text)


def _written(value: Any) -> bytes:
    return orjson.dumps(value, default=_digits, option=orjson.OPT_PASSTHROUGH_DATACLASS)


def _digits(value: Any) -> orjson.Fragment:
    if isinstance(value, _Number):
        return orjson.Fragment(value.text)
    raise TypeError
