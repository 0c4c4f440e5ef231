"""Whose resources, which version. decisions.md 6, PLAN of the record: one patient, each resource once."""

import pytest
from normalize.build import concept, condition, normalized, observation, resource

OURS = {"reference": "Patient/p1"}


def kept(*resources, **options):
    return [r["id"] for r in normalized(*resources, **options).resources]


@pytest.mark.parametrize(
    "subject",
    [
        {"reference": "Patient/p1"},
        {"reference": "https://ehr.example/r4/Patient/p1"},
        {"reference": "Patient/p1/_history/2"},
        {"reference": "urn:uuid:p1"},
        {"reference": "p1"},
        {"display": "the patient"},
        {"identifier": {"system": "urn:mrn", "value": "42"}},
        {"identifier": {"system": "urn:other", "value": "7"}},
        None,
    ],
)
def test_a_resource_of_this_patient_or_without_a_subject_is_kept(subject):
    patient = resource("Patient", id="p1", identifier=[{"system": "urn:mrn", "value": "42"}])

    assert "c1" in kept(patient, condition("melanoma", id="c1", **({"subject": subject} if subject else {})))


@pytest.mark.parametrize(
    "subject",
    [
        {"reference": "Patient/p2"},
        {"reference": "https://ehr.example/r4/Patient/p2"},
        {"reference": "urn:uuid:0-2"},
        {"reference": "Group/g1"},
        {"reference": "p2"},
        {"identifier": {"system": "urn:mrn", "value": "43"}},
    ],
)
def test_a_resource_of_another_patient_is_dropped_and_counted_once(subject):
    patient = resource("Patient", id="p1", identifier=[{"system": "urn:mrn", "value": "42"}])
    other = resource("Patient", id="p2")

    result = normalized(
        patient, other, condition("x", id="c1", subject=subject), full_urls={"urn:uuid:0-2": "Patient/p2"}
    )

    assert [r["id"] for r in result.resources] == ["p1"]
    assert [(r.code, r.text) for r in result.remarks] == [
        ("other-patient", "2 resources of another patient ignored.")
    ]


def test_a_merged_record_of_the_same_person_is_the_same_patient():
    patient = resource("Patient", id="p1", link=[{"other": {"reference": "Patient/old"}, "type": "replaces"}])

    assert kept(patient, condition("x", id="c1", subject={"reference": "Patient/old"})) == ["p1", "c1"]


def test_the_beneficiary_of_a_coverage_is_its_patient():
    coverage = resource("Coverage", status="active", beneficiary={"reference": "Patient/p2"})

    assert kept(coverage) == []


@pytest.mark.parametrize(
    "wrong",
    [
        observation("x", id="w", valueString="y") | {"status": "entered-in-error"},
        observation("x", id="w", valueString="y") | {"status": "Entered In Error"},
        condition("x", id="w", verificationStatus=concept("x|entered-in-error")),
        condition("x", id="w", verificationStatus="entered-in-error"),
    ],
)
def test_what_was_entered_in_error_is_as_if_absent(wrong):
    result = normalized(wrong)

    assert result.resources == ()
    assert not [r for r in result.remarks if r.code != "malformed"]


def version(stamp, text):
    return condition(text, id="c1", meta={"lastUpdated": stamp} if stamp else {})


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        (version("2025-01-01T00:00:00Z", "old"), version("2025-02-01T00:00:00Z", "new"), ["new"]),
        (version("2025-02-01T00:00:00Z", "new"), version("2025-01-01T00:00:00Z", "old"), ["new"]),
        (version("2025-01-01T00:00:00+02:00", "old"), version("2025-01-01T00:00:00Z", "new"), ["new"]),
        (version(None, "one"), version(None, "two"), ["one", "two"]),
        (version("2025-01-01T00:00:00Z", "one"), version(None, "two"), ["one", "two"]),
        (version("2025-01-01T00:00:00Z", "same"), version("2025-01-01T00:00:00Z", "same"), ["same"]),
        (version(None, "same"), version(None, "same"), ["same"]),
    ],
)
def test_the_latest_version_counts_and_equal_ones_count_once(first, second, expected):
    assert [r["code"]["text"] for r in normalized(first, second).resources] == expected


def test_a_deleted_version_that_is_later_removes_the_resource():
    wrong = version("2025-02-01T00:00:00Z", "x") | {"verificationStatus": "entered-in-error"}

    assert normalized(version("2025-01-01T00:00:00Z", "x"), wrong).resources == ()


def test_the_same_content_under_two_ids_stays_twice():
    assert kept(condition("x", id="c1"), condition("x", id="c2")) == ["c1", "c2"]


def test_what_has_no_id_gets_one_that_does_not_depend_on_the_order():
    first, second = ({"resourceType": "Condition", "code": {"text": text}} for text in ("a", "b"))

    forth = {r["id"]: r["code"]["text"] for r in normalized(first, second).resources}
    back = {r["id"]: r["code"]["text"] for r in normalized(second, first).resources}

    assert forth == back == {"unnamed-1": "a", "unnamed-2": "b"}
