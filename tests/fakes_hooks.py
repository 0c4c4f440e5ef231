"""Stand-ins for the ways in: a judge that knows one product, and the smallest resources and calls."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from smartapp.facts import Facts, Resource, reference_of
from smartapp.web.crd import Wish
from smartapp.web.hooks import Answer

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
INSTANCE = "d1577c69-dfbe-44ad-ba6d-3e05e953b2ea"


@dataclass
class FakeJudge:
    """Covers orders that name lifileucel, and remembers the facts it was shown."""

    titles: Sequence[str] = ("TIL therapy",)
    silent: bool = False
    seen: list[Facts] = field(default_factory=list)

    def match(self, order: Resource) -> str | None:
        return "TIL" if "lifileucel" in str(order).lower() else None

    def answer(
        self,
        match: str,
        facts: Facts,
        *,
        order: Resource,
        wish: Wish,  # noqa: ARG002
        now: datetime,
    ) -> Answer | None:
        self.seen.append(facts)
        if self.silent:
            return None
        card = {
            "uuid": str(UUID(int=len(self.seen))),
            "summary": f"{match}: {reference_of(order)} on {now.date()}",
            "indicator": "info",
            "source": {"label": "Test"},
        }
        return Answer(cards=(card,), order=reference_of(order), policy=match, outcome="met")


class BrokenJudge(FakeJudge):
    """Fails while it decides, quoting the patient as a careless library would."""

    def answer(self, _match: str, facts: Facts, **_: Any) -> Answer | None:
        raise RuntimeError(f"cannot decide on {facts.resources}")


def order(name: str = "o1", *, text: str = "lifileucel", patient: str = "p1", **more: Any) -> dict[str, Any]:
    return {
        "resourceType": "MedicationRequest",
        "id": name,
        "status": "draft",
        "intent": "order",
        "subject": {"reference": f"Patient/{patient}"},
        "medicationCodeableConcept": {"text": text},
        **more,
    }


def patient(name: str = "p1", **more: Any) -> dict[str, Any]:
    return {"resourceType": "Patient", "id": name, "birthDate": "1970-02-03", **more}


def bundle(*resources: Mapping[str, Any], kind: str = "collection", **more: Any) -> dict[str, Any]:
    entries = [{"resource": resource} for resource in resources]
    return {"resourceType": "Bundle", "type": kind, **({"entry": entries} if entries else {}), **more}


def searchset(*resources: Mapping[str, Any], following: str | None = None, **more: Any) -> dict[str, Any]:
    links = {"link": [{"relation": "next", "url": following}]} if following else {}
    return bundle(*resources, kind="searchset", **links, **more)


def prefetch(**more: Any) -> dict[str, Any]:
    return {"patient": patient(), "coverage": searchset(), **more}


def call(*orders: Mapping[str, Any], hook: str = "order-sign", **more: Any) -> dict[str, Any]:
    """An order-sign call for patient p1, with Patient and Coverage sent unless `prefetch` says otherwise."""
    context = {
        "userId": "Practitioner/dr1",
        "patientId": "p1",
        "draftOrders": bundle(*(orders or (order(),))),
    }
    return {"hook": hook, "hookInstance": INSTANCE, "context": context, "prefetch": prefetch(), **more}


def without(given: Mapping[str, Any], name: str) -> dict[str, Any]:
    return {key: value for key, value in given.items() if key != name}
