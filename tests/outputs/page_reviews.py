"""Reviews for the tests of the page: one patient whom everything is known about, with changes; and a sitting."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from typing import Any

from spec import fhir

from smartapp.facts import Facts
from smartapp.flow import Review, review
from smartapp.outputs.page import Page, page
from smartapp.policies import Policy, load_catalog

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
ORDER = fhir.request("Amtagvi", id="order")
PATIENT = fhir.patient(born="1961-03-14")
MELANOMA = fhir.condition("icd10cm:C43.59|Malignant melanoma of trunk", id="melanoma")
LUNG = fhir.condition("icd10cm:C78.01|Secondary malignant neoplasm of right lung", id="lung", on="2025-01-15")
NIVOLUMAB = fhir.administration("rxnorm:1597876|nivolumab", id="nivolumab")
WILD_TYPE = fhir.observation(
    ["loinc:53844-7", "BRAF V600"], value="snomed:260415000|Not detected", id="braf", on="2025-01-20"
)
COVERAGE = fhir.coverage("Commercial PPO")
WHOLE = (PATIENT, MELANOMA, LUNG, NIVOLUMAB, WILD_TYPE, COVERAGE)


@dataclass(frozen=True, kw_only=True)
class Line:
    """A line of an audit trail."""

    what: str
    who: str | None = None
    at: datetime = NOW
    detail: Mapping[str, Any] | None = None


@dataclass(frozen=True, kw_only=True)
class Seat:
    """Who looks at a review, and how."""

    response: Mapping[str, Any] = field(default_factory=dict)
    read_at: datetime = NOW
    records: int = 7
    audit: tuple[Line, ...] = ()
    ehr_name: str = "Practice EHR"
    user: str | None = "Practitioner/1"
    user_name: str | None = "Ada Example"
    banner: bool = True
    open: bool = False


@cache
def policy() -> Policy:
    return load_catalog().policy("TILMelanoma")


def reviewed(*resources: Any, order: Any = ORDER, unread: Any = (), remarks: Any = ()) -> Review:
    facts = Facts(patient_id=PATIENT["id"], resources=resources, unread=tuple(unread), remarks=tuple(remarks))
    return review(policy(), facts, order=order, now=NOW)


def drawn(seen: Review, **seat: Any) -> Page:
    response = seen.response()
    sitting = Seat(**{"response": response, **seat})
    return page(seen.policy, seen.determination, seen.facts, seen.run, sitting=sitting)


def without(*left_out: Any) -> tuple[Any, ...]:
    return tuple(resource for resource in WHOLE if resource not in left_out)
