"""The form: filled only by its declared expressions; silence fills in nothing."""

import json
import warnings
from datetime import UTC, datetime
from functools import cache

import pytest

from smartapp.errors import BadPolicy
from smartapp.facts import Facts
from smartapp.flow import review
from smartapp.outputs.form.answers import ORIGIN, SOURCE
from smartapp.outputs.form.enabled import is_enabled
from smartapp.policies import load_catalog
from smartapp.policies.catalog import DEFAULT_FOLDER
from smartapp.policies.form import CONTEXT, INITIAL, read_form

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
PATIENT = {
    "resourceType": "Patient",
    "id": "p",
    "birthDate": "1960-05-04",
    "gender": "female",
    "name": [{"given": ["Ann"], "family": "Example"}],
}
ICD10CM = "http://hl7.org/fhir/sid/icd-10-cm"
RXNORM = "http://www.nlm.nih.gov/research/umls/rxnorm"
NEVER_FILLED = {
    "unresectable",
    "unresectable.why",
    "pd1.outcome",
    "brafi.notgiven",
    "braf.conflict",
    "regimen",
    "attest.statement",
    "attest.name",
    "attest.date",
}


@cache
def policy():
    return load_catalog().policy("TILMelanoma")


def given(drug, code, day, ident):
    return {
        "resourceType": "MedicationAdministration",
        "id": ident,
        "status": "completed",
        "subject": {"reference": "Patient/p"},
        "medicationCodeableConcept": {"coding": [{"system": RXNORM, "code": code, "display": drug}]},
        "effectiveDateTime": day,
    }


def filled(*resources):
    facts = Facts(patient_id="p", resources=(PATIENT, *resources))
    return review(policy(), facts, order=None, now=NOW).response()


def items(node):
    for item in node.get("item", ()):
        yield item
        yield from items(item)


def answers(response):
    found = {}
    for item in items(response):
        for answer in item.get("answer", ()):
            value = next(v for k, v in answer.items() if k.startswith("value"))
            found.setdefault(item["linkId"], []).append(value)
    return found


def test_silence_fills_in_nothing_and_never_no():
    found = answers(filled())

    assert set(found) == {"patient.name", "patient.birthDate", "patient.sex", "patient.age"}
    assert False not in [value for values in found.values() for value in values]


@pytest.mark.parametrize(
    ("code", "answer"),
    [
        ("C43.59", {"system": ICD10CM, "code": "C43.59", "display": "As charted"}),
        ("C34.90", "C34.90 As charted"),
    ],
)
def test_a_diagnosis_is_one_of_the_codes_offered_or_words(code, answer):
    codings = [(ICD10CM, code), ("http://snomed.info/sct", "93655004")]
    melanoma = {
        "resourceType": "Condition",
        "id": "c",
        "subject": {"reference": "Patient/p"},
        "code": {"coding": [{"system": s, "code": c, "display": "As charted"} for s, c in codings]},
    }

    assert answers(filled(melanoma))["dx.code"] == [answer]


def test_a_code_is_given_as_its_system_spells_it():
    melanoma = {
        "resourceType": "Condition",
        "id": "c",
        "subject": {"reference": "Patient/p"},
        "code": {"coding": [{"system": ICD10CM, "code": " c4359 "}]},
    }

    assert answers(filled(melanoma))["dx.code"] == [{"system": ICD10CM, "code": "C43.59"}]


def test_a_coding_without_a_code_is_passed_over():
    melanoma = {
        "resourceType": "Condition",
        "id": "c",
        "subject": {"reference": "Patient/p"},
        "code": {"coding": [{"system": ICD10CM}, {"system": ICD10CM, "code": "C43.59"}], "text": "Melanoma"},
    }

    assert answers(filled(melanoma))["dx.code"] == [{"system": ICD10CM, "code": "C43.59"}]


def test_an_age_that_may_be_one_of_two_is_no_answer():
    born = {**PATIENT, "birthDate": "1960"}
    facts = Facts(patient_id="p", resources=(born,))

    found = answers(review(policy(), facts, order=None, now=NOW).response())

    assert "patient.age" not in found
    assert found["patient.birthDate"] == ["1960"]


def test_an_answer_that_is_not_asked_for_has_nothing_below_it_asked():
    negative = {
        "resourceType": "Observation",
        "id": "braf",
        "status": "final",
        "subject": {"reference": "Patient/p"},
        "code": {"text": "BRAF V600"},
        "valueString": "BRAF V600E not detected",
    }

    found = answers(filled(negative, given("dabrafenib", "1424911", "2024-03-01", "a1")))

    assert found["braf.status"][0]["code"] == "v600-not-detected"
    assert not {"brafi.received", "brafi.drug"} & set(found)


def test_a_form_whose_codes_to_choose_from_are_missing_is_refused():
    node = {"linkId": "i", "type": "choice", "answerValueSet": "https://elsewhere.example/v"}

    with pytest.raises(BadPolicy, match=r"Item i: https://elsewhere\.example/v"):
        read_form({"item": [node]})


def test_lines_of_therapy_are_one_row_a_drug_with_their_sources():
    response = filled(
        given("nivolumab", "1597876", "2024-03-01", "a1"),
        given("nivolumab", "1597876", "2024-05-01", "a2"),
        given("pembrolizumab", "1547545", "2025-01-01", "a3"),
    )

    found = answers(response)
    assert found["pd1.received"] == [True]
    assert found["pd1.drug"] == ["nivolumab", "pembrolizumab"]
    assert found["pd1.first"] == ["2024-03-01", "2025-01-01"]
    assert found["pd1.last"] == ["2024-05-01", "2025-01-01"]
    assert found["pd1.doses"] == [2, 1]
    row = next(item for item in items(response) if item["linkId"] == "pd1.drug")
    sources = [e["valueReference"]["reference"] for e in row["answer"][0]["extension"] if e["url"] == SOURCE]
    assert sources == ["MedicationAdministration/a1", "MedicationAdministration/a2"]


def test_every_answer_says_that_it_was_filled_automatically():
    response = filled(given("nivolumab", "1597876", "2024-03-01", "a1"))

    origins = [
        extension["extension"]
        for item in items(response)
        for answer in item.get("answer", ())
        for extension in answer["extension"]
        if extension["url"] == ORIGIN
    ]
    assert len(origins) == sum(len(values) for values in answers(response).values())
    assert all(origin == [{"url": "source", "valueCode": "auto"}] for origin in origins)


def test_items_that_only_a_clinician_can_answer_have_no_expression():
    questionnaire = json.loads((DEFAULT_FOLDER / "questionnaires" / "TILMelanoma.json").read_text("utf-8"))

    declared = {
        item["linkId"]
        for item in items(questionnaire)
        if any(e["url"] in (INITIAL, CONTEXT) for e in item.get("extension", ()))
    }

    assert declared & NEVER_FILLED == set()
    assert set(answers(filled(given("nivolumab", "1597876", "2024-03-01", "a1")))) <= set(declared)


def test_every_expression_names_a_define_of_the_forms_library():
    defines = policy().program.defines("TILMelanomaForm")
    named = [
        e["valueExpression"]["expression"].split('"')[3]
        for item in items(policy().questionnaire)
        for e in item.get("extension", ())
        if e["url"] in (INITIAL, CONTEXT) and e["valueExpression"]["language"] == "text/cql"
    ]

    assert set(named) <= set(defines)
    assert len(named) > 25


@pytest.mark.requirement("fhir-r4#questionnaireresponse")
def test_the_form_and_its_answers_are_valid_resources():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from fhir.resources.R4B.questionnaire import Questionnaire  # noqa: PLC0415 - slow to import
        from fhir.resources.R4B.questionnaireresponse import QuestionnaireResponse  # noqa: PLC0415

        Questionnaire.model_validate(policy().questionnaire)
        QuestionnaireResponse.model_validate(filled(given("nivolumab", "1597876", "2024-03-01", "a1")))


@pytest.mark.parametrize(
    ("condition", "given_answers", "enabled"),
    [
        ({"operator": "exists", "answerBoolean": True}, [], False),
        ({"operator": "exists", "answerBoolean": False}, [], True),
        ({"operator": "=", "answerBoolean": True}, [{"valueBoolean": True}], True),
        ({"operator": "=", "answerBoolean": True}, [{"valueBoolean": False}], False),
        ({"operator": "=", "answerCoding": {"code": "IV"}}, [{"valueCoding": {"code": "IV"}}], True),
    ],
)
def test_enable_when(condition, given_answers, enabled):
    node = {"linkId": "i", "type": "string", "enableWhen": [{"question": "q", **condition}]}
    (item,) = read_form({"item": [node]})

    assert is_enabled(item, {"q": given_answers}) is enabled
