"""A resource as evidence: in its own words, with its day, and by what it was recognised."""

import pytest

from smartapp.evidence import concept_text, date_of, origin_of, text_of
from smartapp.normalize.coding import ALIAS, NAME_MATCH, added
from smartapp.normalize.terms import DRUG_NAME

RXNORM = "http://www.nlm.nih.gov/research/umls/rxnorm"
NIVOLUMAB = {"system": RXNORM, "code": "1597876", "display": "nivolumab"}
ANTI_PD1 = frozenset({(RXNORM, "1597876"), (DRUG_NAME, "nivolumab")})
EHRS_OWN = {"extension": [{"url": "https://ehr.example/favourite", "valueBoolean": True}]}


def given(*codings, **elements):
    concept = {"coding": list(codings)}
    return {"resourceType": "MedicationAdministration", "medicationCodeableConcept": concept, **elements}


@pytest.mark.parametrize(
    ("resource", "expected"),
    [
        (given(NIVOLUMAB, dosage={"dose": {"value": 480, "unit": "mg"}}), "nivolumab 480 mg"),
        (
            given(NIVOLUMAB, dosageInstruction=[{"doseAndRate": [{"doseQuantity": {"value": 3}}]}]),
            "nivolumab 3",
        ),
        (
            {"resourceType": "Condition", "code": {"text": "Melanoma", "coding": [{"code": "C43.9"}]}},
            "Melanoma (C43.9)",
        ),
        ({"resourceType": "Condition", "code": {"coding": [{"code": "C43.9"}]}}, "C43.9"),
        (
            {
                "resourceType": "Condition",
                "code": {"text": "Melanoma"},
                "stage": [{"summary": {"text": "Stage IV"}}, {"summary": {"text": "M1c"}}, {"type": {}}],
            },
            "Melanoma, Stage IV, stage M1c",
        ),
        (
            {"resourceType": "Procedure", "code": {"text": "Infusion"}, "usedCode": [{"text": "Keytruda"}]},
            "Infusion: Keytruda",
        ),
        (
            {
                "resourceType": "Observation",
                "code": {"text": "BRAF"},
                "valueCodeableConcept": {"text": "wild type"},
            },
            "BRAF: wild type",
        ),
        ({"resourceType": "Observation", "code": {"text": "ECOG"}, "valueInteger": 1}, "ECOG: 1"),
        (
            {"resourceType": "DiagnosticReport", "conclusion": "Liver metastases."},
            "Liver metastases.",
        ),
        ({"resourceType": "Patient", "birthDate": "1960-05"}, "born 1960-05"),
        ({"resourceType": "Patient"}, "no birth date"),
        ({"resourceType": "Immunization"}, "Immunization"),
        ({"resourceType": "Condition", "code": "x"}, "Condition"),
    ],
)
def test_a_resource_is_told_in_its_own_words(resource, expected):
    assert text_of(resource) == expected


def test_what_was_sent_is_told_before_what_was_added():
    concept = {"coding": [added(RXNORM, "1597876", ALIAS, "ours"), {"code": "x", "display": "theirs"}]}

    assert concept_text(concept) == "theirs"


def test_a_coding_with_an_extension_of_the_ehrs_own_was_sent():
    # Every extension was taken for the mark of an added coding: the words of another coding were shown.
    concept = {"coding": [NIVOLUMAB | EHRS_OWN, {"code": "9", "display": "INFUSION 7"}]}

    assert concept_text(concept) == "nivolumab"


@pytest.mark.parametrize(
    ("elements", "expected"),
    [
        ({"effectiveDateTime": "2025-02-03T10:00:00Z", "issued": "2026-01-01"}, "2025-02-03"),
        ({"effectivePeriod": {"end": "2025"}}, "2025"),
        ({"recordedDate": "2024-05"}, "2024-05"),
        ({"effectivePeriod": {}, "issued": "2026-01-01"}, "2026-01-01"),
        ({"birthDate": "1960-05-06"}, None),
    ],
)
def test_the_day_is_that_of_which_the_resource_speaks(elements, expected):
    assert date_of(elements) == expected


@pytest.mark.parametrize(
    ("resource", "expected"),
    [
        (given(NIVOLUMAB), "record"),
        (given(NIVOLUMAB, added(DRUG_NAME, "nivolumab", NAME_MATCH)), "record"),
        (given({"code": "9"}, added(DRUG_NAME, "nivolumab", NAME_MATCH)), "name-match"),
        ({"resourceType": "Observation", "code": {"text": "BRAF"}}, "record"),
        ({"resourceType": "QuestionnaireResponse"}, "attested"),
    ],
)
def test_a_name_is_what_recognised_it_only_where_no_code_did(resource, expected):
    assert origin_of(resource, ANTI_PD1) == expected
