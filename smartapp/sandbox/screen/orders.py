"""The orders that can be written: by brand name, by code, without a product, or something else entirely."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any

from smartapp.facts import Resource

_RXNORM = "http://www.nlm.nih.gov/research/umls/rxnorm"
_HCPCS = "http://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets"


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One line of the order form."""

    label: str
    type: str
    concept: Mapping[str, Any]


def _coded(system: str, code: str, text: str) -> dict[str, Any]:
    return {"coding": [{"system": system, "code": code, "display": text}], "text": text}


CHOICES: Mapping[str, Choice] = MappingProxyType(
    {
        "brand": Choice(
            label="Amtagvi, by its brand name", type="MedicationRequest", concept={"text": "Amtagvi"}
        ),
        "code": Choice(
            label="lifileucel, by its RxNorm code",
            type="MedicationRequest",
            concept=_coded(_RXNORM, "2675868", "lifileucel"),
        ),
        "til": Choice(
            label="TIL therapy, no product named",
            type="ServiceRequest",
            concept=_coded(_HCPCS, "S2107", "TIL therapy"),
        ),
        "other": Choice(
            label="pembrolizumab",
            type="MedicationRequest",
            concept=_coded(_RXNORM, "1547545", "pembrolizumab"),
        ),
    }
)
_CODE = {"MedicationRequest": "medicationCodeableConcept", "ServiceRequest": "code"}
TYPES = tuple(_CODE)


def written(
    choice: Choice, *, patient: str, user: str, encounter: str | None, reason: Resource | None, at: datetime
) -> dict[str, Any]:
    """The draft order, without an id yet."""
    order: dict[str, Any] = {
        "resourceType": choice.type,
        "status": "draft",
        "intent": "order",
        _CODE[choice.type]: dict(choice.concept),
        "subject": {"reference": f"Patient/{patient}"},
        "authoredOn": at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "requester": {"reference": f"Practitioner/{user}"},
    }
    if encounter:
        order["encounter"] = {"reference": f"Encounter/{encounter}"}
    if reason:
        order["reasonCode"] = [reason["code"]]
        order["reasonReference"] = [{"reference": f"Condition/{reason['id']}"}]
    return order
