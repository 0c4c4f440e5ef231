"""The system action that puts coverage information on an order, and nothing else; none when nothing is new."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import orjson

from smartapp.facts import Resource
from smartapp.outputs.coverage.annotated import Extension, annotations, coverage_of, listed, values
from smartapp.outputs.coverage.assertion import Assertion
from smartapp.outputs.coverage.extension import render
from smartapp.outputs.dialect import Dialect

_DESCRIPTION = "Add coverage information to the order"
_PASSING = ("date", "expiry-date")
"""What changes from day to day without anything being new."""
_SETTLED = ("satisfied", "no-auth")


def update(order: Resource, assertion: Assertion, dialect: Dialect) -> dict[str, Any] | None:
    """The action, or None when the order says all of it already, and it still holds (CRD 2.2.1 resp-35).

    What the payer settled on this Coverage is never overwritten; what it said about another one stays. The
    order is as it came but for the extension (resp-37).
    """
    known = _known(order, assertion)
    if any(code in _SETTLED for e in known for code in values(e, "pa-needed", "valueCode")):
        return None
    said = _restated(known, assertion, dialect)
    if _is_same(known, said, assertion):
        return None
    others = [e for e in listed(order) if not any(e is one for one in known)]
    return {
        "type": "update",
        "description": _DESCRIPTION,
        "resource": {**order, "extension": [*others, said]},
    }


def is_said(order: Resource, assertion: Assertion, dialect: Dialect) -> bool:
    """Whether the order carries just this about its Coverage."""
    known = _known(order, assertion)
    return _is_same(known, _restated(known, assertion, dialect), assertion)


def given(action: Mapping[str, Any]) -> Extension:
    """What an action puts on its order."""
    extension: Extension = action["resource"]["extension"][-1]
    return extension


def _known(order: Resource, assertion: Assertion) -> list[Extension]:
    return [e for e in annotations(order) if coverage_of(e) == assertion.coverage]


def _restated(known: Sequence[Extension], assertion: Assertion, dialect: Dialect) -> Extension:
    """The assertion as an extension, under the id that the payer knows."""
    id_ = _known_id(known)
    return render(replace(assertion, id=id_) if id_ else assertion, dialect)


def _is_same(known: Sequence[Extension], said: Extension, assertion: Assertion) -> bool:
    return len(known) == 1 and _essence(known[0]) == _essence(said) and not _is_over(known[0], assertion)


def _is_over(known: Extension, assertion: Assertion) -> bool:
    """Whether what was said was good until a day that has passed."""
    today = assertion.on.isoformat()
    return any(isinstance(day, str) and day < today for day in values(known, "expiry-date", "valueDate"))


def _known_id(known: Sequence[Extension]) -> str | None:
    """The id under which the payer knows what was said before."""
    found = (text for e in known for text in values(e, "coverage-assertion-id", "valueString"))
    return next((text for text in found if isinstance(text, str)), None)


def _essence(extension: Extension) -> list[bytes]:
    """Everything but what passes, whatever the order of parts and of keys: an EHR may have stored it between."""
    telling = (part for part in listed(extension) if part.get("url") not in _PASSING)
    return sorted(orjson.dumps(part, option=orjson.OPT_SORT_KEYS) for part in telling)
