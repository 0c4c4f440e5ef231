"""Our checks against files of others whose faults are known: each finds exactly these (davinci README, "M")."""

import json
from pathlib import Path

import pytest
from davinci import bindings, cards, invariants, origins, pas, profiles
from davinci.packages import guide

from smartapp.outputs.coverage.extension import URL
from smartapp.outputs.dialect import Dialect

FOLDER = Path(__file__).parents[2] / ".." / "shared" / "foreign" / "davinci"
_DTR = "http://hl7.org/fhir/us/davinci-dtr/StructureDefinition/"


def _file(name):
    if not FOLDER.is_dir():
        pytest.skip("the files of others are not here")
    return json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))


def _extensions(node):
    if isinstance(node, dict):
        if node.get("url") == URL:
            yield node
        for value in node.values():
            yield from _extensions(value)
    elif isinstance(node, list):
        for value in node:
            yield from _extensions(value)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("crdkit_coverage_info_system_action_conditional", {"2.0": ["crd-ci-q2"], "2.2": ["crd-ci-q8"]}),
        ("crdkit_coverage_info_system_action_covered", {"2.0": [], "2.2": []}),
        ("crdkit_authorization_hook_response", {"2.0": [], "2.2": []}),
        ("crd221_response_1", {"2.0": [], "2.2": []}),
        ("crd201_MedicationRequest-annotated-example", {"2.0": [], "2.2": []}),
    ],
)
def test_the_invariants_find_the_faults_of_others_and_nothing_else(name, expected):
    found = {
        str(dialect): [rule for e in _extensions(_file(name)) for rule in invariants.broken(e, dialect)]
        for dialect in Dialect
    }

    assert found == expected


def test_the_card_rules_find_the_faults_of_others_and_nothing_else():
    first, second = _file("crd221_response_1"), _file("crd221_response_2")
    valid = {"cards": _file("crdkit_valid_cards")}

    found = [
        cards.problems(first, with_uuids=False),
        cards.problems(second, with_uuids=False, primary=True),
        cards.problems(valid, with_uuids=False),
        cards.problems(first),
    ]

    assert found == [
        ["systemActions[0] lacks description"],
        ["systemActions missing"],
        [],
        ["cards[2] suggestion has no uuid", "systemActions[0] lacks description"],
    ]


def test_templates_of_cards_are_no_cards():
    found = {
        name: cards.problems({"cards": [_file(f"crdkit_card_{name}")]}, with_uuids=False)
        for name in ("launch_smart_app", "propose_alternate_request", "instructions")
    }

    assert found == {
        "launch_smart_app": ["cards[0] link url is not absolute"],
        "propose_alternate_request": [
            "answer.cards.0.suggestions.0.actions is empty",
            "cards[0] actions are empty",
        ],
        "instructions": [],
    }


def test_the_origin_check_tells_the_response_with_one_wrong_origin_and_the_one_with_an_answer_missing():
    package = _file("dtrkit_questionnaire_package_output_params_conformant")["parameter"][0]["resource"]
    form = package["entry"][0]["resource"]
    good, wrong, short = (
        _file(f"dtrkit_questionnaire_response_{name}")
        for name in ("conformant", "incorrect_origin", "cql_answer_missing")
    )
    known = origins.wrong(good, form)  # answers that the form has no expression for, or without an origin

    found = [name for name in origins.wrong(wrong, form) if name not in known]

    assert (found, origins.missing(wrong, good)) == (["PBD.1"], [])
    assert origins.missing(short, good) == ["PBD.2"]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("ReferralAuthorizationBundleExample", []),
        ("ReferralAuthorizationResponseBundleExample", ["PractitionerRole/ReferralPractitionerRoleExample"]),
        (
            "ReferralPendingAuthorizationResponseBundleExample",
            ["PractitionerRole/ReferralPractitionerRoleExample"],
        ),
    ],
)
@pytest.mark.requirement("pas-kit#P1")
def test_the_closure_check_names_what_the_examples_of_pas_leave_out(name, expected):
    assert pas.missing(_file(f"pas_ig_Bundle-{name}")) == expected


@pytest.mark.parametrize(
    ("name", "profile", "expected"),
    [
        ("dtrkit_questionnaire_package_input_params_conformant", "dtr-qpackage-input-parameters", []),
        (
            "dtrkit_questionnaire_package_input_params_non_conformant",
            "dtr-qpackage-input-parameters",
            ["Parameters.parameter: 0 of 1..*", "Parameters.parameter:coverage: 0 of 1..*"],
        ),
        ("dtrkit_questionnaire_package_output_params_conformant", "dtr-qpackage-output-parameters", []),
        (  # one answer of the "conformant" response says nothing of its origin
            "dtrkit_questionnaire_response_conformant",
            "dtr-questionnaireresponse",
            [
                "QuestionnaireResponse.item.item.answer.extension: 0 of 1..*",
                "QuestionnaireResponse.item.item.answer.extension:origin: 0 of 1..1",
            ],
        ),
    ],
)
def test_the_profile_check_reads_the_files_of_others(name, profile, expected):
    found = profiles.problems(_file(name), f"{_DTR}{profile}", guide("dtr-2.0", "crd-2.0"))

    assert found == expected


def test_what_the_profile_check_leaves_out_is_said():
    left = bindings.unchecked(guide("crd-2.0"))

    assert len(profiles.NOT_COVERED) == 9
    assert "http://hl7.org/fhir/us/davinci-crd/ValueSet/coverageInfo" not in left
    assert "http://hl7.org/fhir/uv/sdc/ValueSet/task-code" in left
