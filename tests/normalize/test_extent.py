"""Metastatic and unresectable in free text. clinical.md 5: negations, plans and "now resected" understood."""

import pytest
from normalize.build import additions, condition, one, resource

from smartapp.normalize.extent import says_metastatic, says_unresectable


@pytest.mark.parametrize(
    "text",
    [
        "unresectable in-transit disease",
        "Unresectable stage IIIC",
        "The tumor is not resectable",
        "non-resectable nodal disease",
        "Disease is inoperable.",
        "Patient is not a surgical candidate",
        "not a candidate for surgery",
        "Not amenable to surgical resection",
        "cannot be completely resected",
        "Tumor board: unresectable, recommend systemic therapy",
        "nicht resektabel",
        "Inoperables Rezidiv",
        "No fever. Unresectable disease.",
    ],
)
def test_a_text_says_unresectable(text):
    assert says_unresectable(text)


@pytest.mark.parametrize(
    "text",
    [
        "resectable disease",
        "completely resected",
        "was unresectable, now NED",
        "initially unresectable, now resected after therapy",
        "Unresectable at baseline; subsequently resected",
        "not unresectable",
        "no unresectable disease",
        "possibly unresectable",
        "borderline unresectable",
        "if unresectable, start systemic therapy",
        "previously unresectable",
        "",
    ],
)
def test_a_text_does_not_say_unresectable(text):
    assert not says_unresectable(text)


@pytest.mark.parametrize(
    "text",
    [
        "metastatic disease",
        "New liver metastases on CT",
        "Widely metastatic",
        "Stage IV disease",
        "brain mets",
        "CT: multiple pulmonary metastases. No brain metastases.",
        "Lebermetastasen, Metastasen in der Lunge",
        "cT3b cN1 cM1b",
    ],
)
def test_a_text_says_metastatic(text):
    assert says_metastatic(text)


@pytest.mark.parametrize(
    "text",
    [
        "no metastases",
        "No evidence of metastatic disease",
        "non-metastatic",
        "without distant metastasis",
        "negative for metastases",
        "metastases not seen",
        "Metastatic workup negative",
        "possible liver metastasis",
        "suspicious for metastasis",
        "rule out metastases",
        "risk of metastasis",
        "history of metastases, resected",
        "CKD stage IV",
        "pressure ulcer stage 4",
        "keine Metastasen",
        "M0",
        "",
    ],
)
def test_a_text_does_not_say_metastatic(text):
    assert not says_metastatic(text)


def test_notes_stage_and_site_of_a_condition_speak_in_its_code():
    said = condition(
        "icd10cm|C43.59",
        note=[{"text": "Tumor board: unresectable."}],
        stage=[{"summary": {"text": "metastatic"}}],
    )

    assert additions(one(said)["code"]) == ["unresectable-text", "metastatic-text"]


def test_a_condition_that_is_only_a_note_gets_a_code_to_carry_what_it_says():
    assert additions(one(resource("Condition", note=[{"text": "Unresectable."}]))["code"]) == [
        "unresectable-text"
    ]


def test_the_conclusion_of_a_report_speaks_in_its_conclusion_codes():
    report = resource("DiagnosticReport", status="final", conclusion="Multiple lung metastases.")

    assert additions(one(report)["conclusionCode"]) == ["metastatic-text"]


def test_the_text_of_an_observation_speaks_in_its_interpretation():
    seen = resource("Observation", status="final", valueString="unresectable", code={"text": "Tumor board"})

    assert additions(one(seen)["interpretation"]) == ["unresectable-text"]
