"""Organ function in the form: the last measurement by LOINC code; infection and steroids are the clinician's."""

from datetime import UTC, datetime
from functools import cache

from smartapp.facts import Facts
from smartapp.flow import review
from smartapp.policies import load_catalog

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)


@cache
def policy():
    return load_catalog().policy("TILMelanoma")


def measured(ident, code, name, value, day, status="final"):
    return {
        "resourceType": "Observation",
        "id": ident,
        "status": status,
        "subject": {"reference": "Patient/p"},
        "code": {"coding": [{"system": "http://loinc.org", "code": code, "display": name}]},
        "valueQuantity": value,
        "effectiveDateTime": day,
    }


def organs(*resources):
    facts = Facts(patient_id="p", resources=({"resourceType": "Patient", "id": "p"}, *resources))
    response = review(policy(), facts, order=None, now=NOW).response()
    below = [group for part in response.get("item", ()) for group in part.get("item", ())]
    found = [item for group in below if group["linkId"] == "organ" for item in group["item"]]
    return {
        item["linkId"]: next(v for k, v in item["answer"][0].items() if k.startswith("value"))
        for item in found
    }


def test_the_last_ejection_fraction_in_percent_is_taken():
    percent = {"unit": "%"}

    found = organs(
        measured("a", "10230-1", "LVEF", {"value": 38, **percent}, "2025-01-01"),
        measured("b", "10230-1", "LVEF", {"value": 61.5, **percent}, "2026-04-01"),
        measured("c", "10230-1", "LVEF", {"value": 40, **percent}, "2026-05-01", status="preliminary"),
        measured("d", "10230-1", "LVEF", {"value": 0.6}, "2026-05-02"),
    )

    assert found == {"organ.lvef": 62}


def test_results_of_the_last_day_are_told_together_with_unit_and_date():
    found = organs(
        measured("a", "2160-0", "Creatinine", {"value": 1.4, "unit": "mg/dL"}, "2026-01-02"),
        measured("b", "2160-0", "Creatinine", {"value": 0.9, "unit": "mg/dL"}, "2026-05-02"),
        measured(
            "c",
            "98979-8",
            "eGFR",
            {"value": 90, "comparator": ">", "unit": "mL/min/1.73 m2"},
            "2026-05-02T08:00:00Z",
        ),
        measured("d", "20150-9", "FEV1", {"value": 2.81, "code": "L"}, "2026-03-03"),
    )

    assert found == {
        "organ.pft": "FEV1: 2.81 L (2026-03-03)",
        "organ.renal": "Creatinine: 0.9 mg/dL (2026-05-02); eGFR: > 90 mL/min/1.73 m2 (2026-05-02)",
    }


def test_infection_and_steroids_are_never_filled_in():
    found = organs(measured("a", "10230-1", "LVEF", {"value": 60, "unit": "%"}, "2026-04-01"))

    assert not {"organ.infection", "organ.steroids"} & set(found)
