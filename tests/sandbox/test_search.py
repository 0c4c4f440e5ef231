"""Searching the practice EHR: every parameter that its CapabilityStatement names, and no other."""

import pytest
from sandbox.app import Fhir


@pytest.mark.parametrize(
    ("search", "found"),
    [
        ("Condition?patient=quillmere&_sort=onset-date", ["quillmere-melanoma", "quillmere-lung-metastasis"]),
        (
            "Condition?patient=quillmere&_sort=-onset-date",
            ["quillmere-lung-metastasis", "quillmere-melanoma"],
        ),
        ("Condition?subject=Patient/quillmere&code=C43.59", ["quillmere-melanoma"]),
        ("Condition?patient=quillmere&category=problem-list-item&code=C78.01", ["quillmere-lung-metastasis"]),
        ("Condition?patient=quillmere&category=encounter-diagnosis", []),
        ("Condition?patient=quillmere&clinical-status=active&onset-date=lt2024", ["quillmere-melanoma"]),
        ("Observation?patient=quillmere&category=laboratory", ["quillmere-braf"]),
        ("Observation?patient=quillmere&code=http://loinc.org|58415-1", ["quillmere-braf"]),
        ("Observation?patient=quillmere&code=http://snomed.info/sct|58415-1", []),
        (
            "Observation?patient=quillmere&code=58415-1,21907-1&_sort=date",
            ["quillmere-m-category", "quillmere-braf"],
        ),
        ("Observation?patient=quillmere&status=final&date=2024-03", ["quillmere-braf"]),
        ("MedicationStatement?patient=quillmere&status=completed&code=1424911", ["quillmere-dabrafenib"]),
        (
            "MedicationRequest?patient=tamberline&intent=order,plan&status=active",
            ["tamberline-pembrolizumab-order"],
        ),
        ("MedicationRequest?patient=tamberline&intent=plan", []),
        ("Patient?family=quill&birthdate=1968-04-02", ["quillmere"]),
        ("Patient?_id=quillmere,marrowby", ["marrowby", "quillmere"]),
        ("Coverage?patient=copperleaf&status=active", ["copperleaf-coverage"]),
        ("DocumentReference?patient=wrenfallow&category=clinical-note", ["wrenfallow-outside-letter"]),
    ],
)
def test_a_search_finds_what_all_its_parameters_choose(open_fhir: Fhir, search, found):
    assert open_fhir.ids(search) == found


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("ge2024-04-02", 3),
        ("gt2024-04-02", 2),
        ("le2024-04-02", 2),
        ("lt2024-04-02", 1),
        ("eq2024-04-02", 1),
        ("2024-04", 2),
        ("ne2024-04", 2),
        ("sa2024-04", 1),
        ("eb2024-04", 1),
        ("ge2024-04-02T00:00:00Z", 3),
    ],
)
@pytest.mark.requirement("FHIR R4 search.html#prefix")
def test_a_date_is_the_range_that_it_may_mean(open_fhir: Fhir, asked, found):
    answer = open_fhir.get(f"MedicationAdministration?patient=quillmere&effective-time={asked}").json()

    assert answer["total"] == found


def test_partial_dates_and_periods_are_ranges_too(open_fhir: Fhir):
    assert open_fhir.ids("Condition?patient=zephyrine&onset-date=2022") == ["zephyrine-melanoma"]
    assert open_fhir.ids("Condition?patient=zephyrine&onset-date=2022-06-01") == []
    assert open_fhir.ids("MedicationStatement?patient=zephyrine&effective=ge2025-07-15") == [
        "zephyrine-nivolumab"
    ]
    assert open_fhir.ids("MedicationStatement?patient=zephyrine&effective=ge2025-08") == []


def test_pages_follow_each_other_until_all_is_seen(open_fhir: Fhir):
    address, seen, sizes = "Observation?patient=bramblewick", [], []

    while address:
        page = open_fhir.get(address).json()
        sizes.append(len(page["entry"]))
        seen += [entry["resource"]["id"] for entry in page["entry"]]
        address = next((link["url"] for link in page["link"] if link["relation"] == "next"), "")

    assert sizes == [20, page["total"] - 20]
    assert len(set(seen)) == page["total"]


def test_count_makes_pages_smaller_and_zero_only_counts(open_fhir: Fhir):
    two = open_fhir.get("Observation?patient=quillmere&_count=2").json()
    none = open_fhir.get("Observation?patient=quillmere&_count=0").json()

    assert (len(two["entry"]), two["total"]) == (2, 6)
    assert ("entry" in none, none["total"], len(none["link"])) == (False, 6, 1)


def test_include_brings_the_medication_beside_what_was_found(open_fhir: Fhir):
    answer = open_fhir.get(
        "MedicationStatement?patient=bramblewick&medication=Medication/bramblewick-encorafenib-product"
        "&_include=MedicationStatement:medication"
    ).json()

    assert [(entry["search"]["mode"], entry["resource"]["id"]) for entry in answer["entry"]] == [
        ("match", "bramblewick-encorafenib"),
        ("include", "bramblewick-encorafenib-product"),
    ]
    assert answer["total"] == 1


def test_last_updated_finds_what_was_loaded(open_fhir: Fhir):
    assert len(open_fhir.ids("Condition?patient=quillmere&_lastUpdated=gt2000-01-01")) == 2
    assert open_fhir.ids("Condition?patient=quillmere&_lastUpdated=lt2000-01-01") == []


@pytest.mark.parametrize(
    ("search", "status", "code"),
    [
        ("Condition?patient=quillmere&stage=IV", 400, "not-supported"),
        ("Condition?code:text=melanoma", 400, "not-supported"),
        ("Condition?patient=quillmere&onset-date=yesterday", 400, "invalid"),
        ("Condition?patient=quillmere&_count=many", 400, "invalid"),
        ("Condition?patient=quillmere&_sort=severity", 400, "invalid"),
        ("Condition?patient=quillmere&_include=Condition:subject", 400, "not-supported"),
        ("Basic?patient=quillmere", 404, "not-found"),
        ("Condition/nobody", 404, "not-found"),
        ("Condition/quillmere-melanoma/_history/7", 404, "not-found"),
        ("Condition/quillmere-melanoma/$everything", 404, "not-found"),
    ],
)
def test_what_cannot_be_searched_is_refused_with_an_outcome(open_fhir: Fhir, search, status, code):
    answer = open_fhir.get(search)

    assert answer.status_code == status
    assert answer.json()["resourceType"] == "OperationOutcome"
    assert answer.json()["issue"][0]["code"] == code


def test_the_capability_statement_names_exactly_what_can_be_asked(open_fhir: Fhir):
    resources = open_fhir.get("metadata").json()["rest"][0]["resource"]

    refused = [
        (resource["type"], parameter["name"])
        for resource in resources
        for parameter in resource["searchParam"]
        if open_fhir.get(f"{resource['type']}?{parameter['name']}={_value(parameter)}").status_code != 200
    ]

    assert refused == []
    assert {r["type"] for r in resources if {"code": "create"} in r["interaction"]} == {
        "DocumentReference",
        "MedicationRequest",
        "QuestionnaireResponse",
        "ServiceRequest",
        "Task",
    }


def _value(parameter):
    return "2024" if parameter["type"] == "date" else "x"
