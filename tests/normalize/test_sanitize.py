"""Malformed input is remarked and the rest is read. decisions.md 6."""

import pytest
from normalize.build import concept, condition, normalized, observation, one, resource

ACTIVE = {
    "coding": [{"system": "http://terminology.hl7.org/CodeSystem/condition-clinical", "code": "active"}]
}
UNREADABLE = {"coding": [{"code": "unreadable"}]}


@pytest.mark.parametrize(
    ("written", "settled"),
    [
        (ACTIVE, ACTIVE),
        ("active", ACTIVE),
        ("Active", ACTIVE),
        ({"text": "Active"}, ACTIVE),
        ({"coding": [{"code": "active"}]}, ACTIVE),
        ({"coding": [{"system": "http://hl7.org/fhir/condition-clinical", "code": "active"}]}, ACTIVE),
        ({"coding": [{"system": "http://snomed.info/sct", "code": "55561003", "display": "Active"}]}, ACTIVE),
        ({"coding": [{"code": "active"}, {"code": "resolved"}]}, UNREADABLE),
        ({"coding": [{"code": "flourishing"}]}, UNREADABLE),
        ({"coding": "active"}, UNREADABLE),
        ({}, UNREADABLE),
        ([], UNREADABLE),
        (7, UNREADABLE),
        ("", UNREADABLE),
    ],
)
def test_a_clinical_status_is_canonical_or_unreadable_and_never_gone(written, settled):
    assert one(condition("x", clinicalStatus=written))["clinicalStatus"] == settled


def test_a_verification_status_is_settled_the_same_way():
    settled = one(condition("x", verificationStatus="Provisional"))["verificationStatus"]

    assert [coding["code"] for coding in settled["coding"]] == ["provisional"]


def test_no_status_stays_no_status():
    assert "clinicalStatus" not in one(condition("x"))


@pytest.mark.parametrize(
    ("elements", "read"),
    [
        ({"code": "melanoma"}, {}),
        ({"code": []}, {}),
        (
            {"code": {"coding": {"system": "s", "code": "c"}}},
            {"code": {"coding": [{"system": "s", "code": "c"}]}},
        ),
        ({"code": {"coding": [None, 7, {"code": 43}], "text": 8}}, {"code": {"coding": [{"code": "43"}]}}),
        ({"onsetDateTime": "last spring"}, {}),
        ({"onsetDateTime": "2025-02-30"}, {}),
        ({"onsetDateTime": 2025}, {}),
        ({"onsetDateTime": "2025-02-03T99:00:00Z"}, {"onsetDateTime": "2025-02-03"}),
        ({"onsetDateTime": "2025-02-03 10:00"}, {"onsetDateTime": "2025-02-03"}),
        ({"onsetPeriod": {"start": "x", "end": "2025"}}, {"onsetPeriod": {"end": "2025"}}),
        ({"stage": {"summary": {"text": "x"}}}, {"stage": [{"summary": {"text": "x"}}]}),
        ({"note": [{"text": {}}, "x", {"text": "y"}]}, {"note": [{}, {"text": "y"}]}),
    ],
)
def test_a_malformed_element_is_read_as_far_as_possible_and_remarked(elements, read):
    result = normalized(resource("Condition", id="c1", **elements))

    assert result.resources == ({"resourceType": "Condition", "id": "c1"} | read,)
    assert [(r.code, r.reference) for r in result.remarks] == [("malformed", "Condition/c1")]


@pytest.mark.parametrize(
    "value",
    [
        "2025",
        "2025-03",
        "2025-03-04",
        "2025-03-04T10:00:00Z",
        "2025-03-04T10:00:00.123+02:00",
        "2025-03-04T10:00",
    ],
)
def test_a_date_of_any_precision_stays_as_it_is(value):
    result = normalized(observation("x", effectiveDateTime=value))

    assert (result.resources[0]["effectiveDateTime"], result.remarks) == (value, ())


@pytest.mark.parametrize("entry", [None, 7, "x", [], {}, {"resourceType": 7}])
def test_what_is_no_resource_is_remarked_and_left_out(entry):
    result = normalized(entry)

    assert (result.resources, [r.code for r in result.remarks]) == ((), ["malformed"])


def test_a_status_is_read_in_lower_case_with_hyphens():
    assert one(observation("x") | {"status": "In_Progress "})["status"] == "in-progress"


def test_a_number_as_id_is_its_digits():
    assert normalized({"resourceType": "Condition", "id": 7}).resources[0]["id"] == "7"


def test_an_interpretation_of_stu3_is_a_list_of_one():
    stu3 = observation("loinc|97025-1", interpretation=concept("interpretation|POS"))

    assert one(stu3)["interpretation"][0] == concept("interpretation|POS")


@pytest.mark.parametrize(
    ("kind", "elements"),
    [
        ("MedicationAdministration", {"effectivePeriod": {"start": "2025-02", "end": "2025-01-31"}}),
        ("Procedure", {"performedPeriod": {"start": "2025-02-02T10:00:00Z", "end": "2025-02-02T09:00:00Z"}}),
        ("Condition", {"onsetPeriod": {"start": "2025", "end": "2024"}}),
        (
            "MedicationRequest",
            {
                "dosageInstruction": [
                    {"timing": {"repeat": {"boundsPeriod": {"start": "2025", "end": "2024"}}}}
                ]
            },
        ),
    ],
)
def test_a_period_that_ends_before_it_starts_is_remarked_and_left(kind, elements):
    odd = resource(kind, id="x", **elements)

    result = normalized(odd)

    assert result.resources == (odd,)
    assert [(r.code, r.reference) for r in result.remarks] == [("reversed-period", f"{kind}/x")]


def test_a_period_within_one_day_or_with_an_open_end_is_in_order():
    fine = resource("Procedure", performedPeriod={"start": "2025-02-02", "end": "2025-02-02T09:00:00Z"})
    open_end = resource("Condition", onsetPeriod={"start": "2025-02-02"})

    assert normalized(fine, open_end).remarks == ()


def test_nesting_without_end_is_no_resource():
    deep = {"resourceType": "QuestionnaireResponse", "id": "q"}
    item = deep
    for _ in range(5000):
        item["item"] = [{"linkId": "1"}]
        item = item["item"][0]

    result = normalized(deep)

    assert (result.resources, [r.code for r in result.remarks]) == ((), ["malformed"])
