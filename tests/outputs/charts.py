"""Invented charts for the outputs: a review of them and their therapy history."""

from spec import fhir
from spec.ask import catalog, noon

from smartapp.facts import Facts
from smartapp.flow import review
from smartapp.outputs.history import history

ORDER = fhir.request("rxnorm:2675868|lifileucel", id="order")
NIVOLUMAB = "rxnorm:1597876|nivolumab"
PERSON = {
    "identifier": [{"type": {"coding": [{"code": "MR"}]}, "value": "MRN-4471"}],
    "name": [{"text": "Jane Q. Invented"}],
}


def numbered(resources):
    """Each with an id of its own."""
    return [r if r["id"] == "order" else {**r, "id": f"r{n}"} for n, r in enumerate(resources)]


def reviewed(*resources, person=PERSON, unread=(), as_of="2026-06-01", order=ORDER):
    """The review of a chart in which the order is the last resource."""
    patient = {**fhir.patient(born="1961-03-14"), **person, "id": "patient"}
    facts = Facts(patient_id="patient", resources=(patient, *numbered(resources), order), unread=unread)
    return review(catalog().policy("TILMelanoma"), facts, order=order, now=noon(as_of))


def told(*resources, **more):
    """The therapy history of a chart."""
    seen = reviewed(*resources, **more)
    return history(seen.policy, seen.facts, seen.run)


def whole():
    """A chart with a long story: the review of it, all criteria met."""
    return reviewed(
        fhir.condition("icd10cm:C43.59|Malignant melanoma of other part of trunk", on="2023-05-04"),
        fhir.condition("icd10cm:C78.01|Secondary malignant neoplasm of right lung", on="2025-01-15"),
        fhir.observation("loinc:21907-1|Distant metastases", value="snomed:1229910003|cM1c", on="2025-01-15"),
        fhir.observation("loinc:53844-7|BRAF gene mutations", value="snomed:260415000|Not detected"),
        fhir.administration("rxnorm:1547545|pembrolizumab", on="2023-07", note="adjuvant"),
        *[fhir.administration(NIVOLUMAB, on=f"2025-{month:02}-03") for month in range(2, 9)],
        fhir.request("rxnorm:1094833|ipilimumab", status="active", on="2025-10-01"),
        fhir.observation(
            "loinc:97509-4|Cancer Disease Progression", value="snomed:271299001|Worsened", on="2025-09"
        ),
        fhir.coverage(["v3act:EHCPOL|extended healthcare", "Commercial PPO"]),
    )
