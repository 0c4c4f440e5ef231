"""Which Coverage an order is asked about: the one it names, else the one that is active, else the primary one.

CRD 2.2.1 dev-28 has the client send the primary Coverage only; many send all that are active.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from smartapp.facts import Facts, Resource, reference_of

_READING = "https://smartapp.example/fhir/CodeSystem/chart-reading"
_SELF_PAY = "self-pay"


class Trouble(StrEnum):
    """Why nothing can be asserted for a Coverage, or only that it is not active."""

    NONE = "none"
    SEVERAL = "several"
    INACTIVE = "inactive"
    FOREIGN = "foreign"
    """Its payer is not one that this service answers for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """The Coverage of an order, and what stands in the way of asserting something about it."""

    coverage: Resource | None
    trouble: Trouble | None = None

    @property
    def reference(self) -> str | None:
        """The Coverage as "Coverage/id"."""
        return reference_of(self.coverage) if self.coverage else None


def choose(facts: Facts, order: Resource, *, day: str, payers: Collection[str] = ()) -> Chosen:
    """The Coverage of this order on this day (YYYY-MM-DD); `payers` are those answered for, none: all.

    A payer is named by its identifier ("system|value" or the value) or its name, in lower case.
    """
    known = [c for c in facts.of_type("Coverage") if _is_of_patient(c, facts) and not _is_self_pay(c)]
    active = [c for c in known if _is_active(c, day)]
    if not active:
        return Chosen(coverage=known[0], trouble=Trouble.INACTIVE) if len(known) == 1 else _nothing(known)
    left = _named(active, order, facts)
    handled = [c for c in left if not payers or not _names(c, facts).isdisjoint(payers)]
    if not handled:
        return Chosen(coverage=left[0], trouble=Trouble.FOREIGN)
    first = _first(handled)
    return Chosen(coverage=first) if first else Chosen(coverage=None, trouble=Trouble.SEVERAL)


def payer_of(chosen: Chosen) -> Mapping[str, Any] | None:
    """A Reference to who pays, as the Coverage has it, where others can follow it too."""
    payors = (chosen.coverage or {}).get("payor")
    first = payors[0] if isinstance(payors, list) and payors and isinstance(payors[0], dict) else {}
    if str(first.get("reference", "")).startswith("#"):
        return {"display": first["display"]} if "display" in first else None
    return first or None


def _nothing(known: Sequence[Resource]) -> Chosen:
    return Chosen(coverage=None, trouble=Trouble.SEVERAL if known else Trouble.NONE)


def _is_of_patient(coverage: Resource, facts: Facts) -> bool:
    """Whether it can be named, and is not somebody else's."""
    beneficiary = coverage.get("beneficiary")
    text = beneficiary.get("reference") if isinstance(beneficiary, dict) else None
    who = _relative(text, facts) if isinstance(text, str) else ""
    is_another = who.startswith("Patient/") and who != f"Patient/{facts.patient_id}"
    return isinstance(coverage.get("id"), str) and not is_another


def _relative(reference: str, facts: Facts) -> str:
    """A reference as "Type/id"."""
    return facts.full_urls.get(reference, "/".join(reference.split("/")[-2:]))


def _is_active(coverage: Resource, day: str) -> bool:
    period = coverage.get("period")
    end = period.get("end") if isinstance(period, dict) else None
    ended = isinstance(end, str) and end[:10] < day[: len(end[:10])]
    return coverage.get("status") in (None, "active") and not ended


def _is_self_pay(coverage: Resource) -> bool:
    """Self-pay is no coverage; the normaliser marks it."""
    kind = coverage.get("type")
    codings = kind.get("coding") if isinstance(kind, dict) else None
    marks = (c for c in (codings if isinstance(codings, list) else ()) if isinstance(c, dict))
    return any(c.get("system") == _READING and c.get("code") == _SELF_PAY for c in marks)


def _named(active: Sequence[Resource], order: Resource, facts: Facts) -> Sequence[Resource]:
    """Those that the order's own insurance names; all of them when it names none that is known."""
    listed = order.get("insurance")
    items = (item for item in (listed if isinstance(listed, list) else ()) if isinstance(item, dict))
    wanted = {_relative(str(item.get("reference", "")), facts) for item in items}
    return [c for c in active if reference_of(c) in wanted] or active


def _first(coverages: Sequence[Resource]) -> Resource | None:
    """The only one, or the one that comes first by Coverage.order."""
    if len(coverages) == 1:
        return coverages[0]
    ranked = [c for c in coverages if isinstance(c.get("order"), int)]
    lowest = min((c["order"] for c in ranked), default=None)
    first = [c for c in ranked if c["order"] == lowest]
    return first[0] if len(first) == 1 and len(ranked) == len(coverages) else None


def _names(coverage: Resource, facts: Facts) -> set[str]:
    """What the payers of a Coverage are called, in lower case."""
    payors = coverage.get("payor")
    return {
        name.strip().lower()
        for payor in (payors if isinstance(payors, list) else ())
        if isinstance(payor, dict)
        for name in _texts(payor, _organization(payor, coverage, facts))
        if isinstance(name, str)
    }


def _organization(payor: Mapping[str, Any], coverage: Resource, facts: Facts) -> Resource:
    reference = str(payor.get("reference", ""))
    if reference.startswith("#"):
        contained = coverage.get("contained")
        inside = contained if isinstance(contained, list) else ()
        return next((r for r in inside if isinstance(r, dict) and r.get("id") == reference[1:]), {})
    return facts.find(_relative(reference, facts)) or {}


def _texts(payor: Mapping[str, Any], organization: Resource) -> Iterator[Any]:
    yield payor.get("display")
    yield organization.get("name")
    listed = organization.get("identifier")
    for identifier in (payor.get("identifier"), *(listed if isinstance(listed, list) else ())):
        if isinstance(identifier, dict) and isinstance(identifier.get("value"), str):
            yield identifier["value"]
            yield f"{identifier.get('system', '')}|{identifier['value']}"
