"""Which insurance the record shows, in a few words."""

from collections.abc import Iterator
from typing import Any

from smartapp.evidence import concept_text
from smartapp.facts import Facts, Resource

_NONE = "none active on record"
_UNREAD = "could not be read"


def coverage(facts: Facts) -> str:
    """The active coverages with their payers: "Commercial PPO, Example Health Plan"."""
    told = dict.fromkeys(filter(None, (_told(c) for c in facts.of_type("Coverage") if _is_active(c))))
    if told:
        return "; ".join(told)
    return _UNREAD if {u.type for u in facts.unread} & {"Coverage", "*"} else _NONE


def _is_active(coverage: Resource) -> bool:
    return coverage.get("status") == "active"


def _told(coverage: Resource) -> str:
    return ", ".join(dict.fromkeys(filter(None, (concept_text(coverage.get("type")), *_payers(coverage)))))


def _payers(coverage: Resource) -> Iterator[str]:
    payors: Any = coverage.get("payor")
    for payor in payors if isinstance(payors, list) else ():
        if isinstance(payor, dict) and isinstance(payor.get("display"), str):
            yield payor["display"]
