"""The parts of a questionnaire package: every policy's form, and a response whose clinician's answers stay."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from davinci import origins

from smartapp.errors import BadPolicy
from smartapp.outputs.dialect import Dialect
from smartapp.outputs.form.answers import ORIGIN
from smartapp.outputs.package import Issue, in_context, package, parameters
from smartapp.outputs.package.response import AUTO_CLIENT
from smartapp.policies.artifacts import load_artifacts
from smartapp.policies.catalog import DEFAULT_FOLDER

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
SECOND = Path(__file__).parents[1] / "policies" / "second"


def _answer(link, source, *, author=False):
    who = {
        "url": "author",
        "extension": [{"url": "practitioner", "valueReference": {"reference": "Practitioner/d"}}],
    }
    parts = [{"url": "source", "valueCode": source}, *([who] if author else [])]
    return {
        "linkId": link,
        "answer": [{"valueBoolean": True, "extension": [{"url": ORIGIN, "extension": parts}]}],
    }


RESPONSE = {
    "resourceType": "QuestionnaireResponse",
    "status": "in-progress",
    "extension": [{"url": "https://ehr.example/own", "valueString": "x"}],
    "item": [
        {
            "linkId": "group",
            "item": [
                _answer("filled", "auto"),
                _answer("changed", "override", author=True),
                _answer("typed", "manual", author=True),
            ],
        }
    ],
}


def _sources(response):
    return {
        item["linkId"]: item["answer"][0]["extension"][0]["extension"]
        for item in origins.items(response)
        if "answer" in item
    }


@pytest.mark.requirement("dtr-2.2.0#spec-65", "dtr-2.2.0#dtrx-1")
def test_only_what_was_filled_is_told_apart_and_a_clinicians_answers_stay():
    moved = in_context(
        RESPONSE, Dialect.V2_2, coverages=["Coverage/c"], requests=["MedicationRequest/o"], filled=AUTO_CLIENT
    )

    before, after = _sources(RESPONSE), _sources(moved)
    assert after["filled"] == [{"url": "source", "valueCode": "auto-client"}]
    assert {name: after[name] for name in ("changed", "typed")} == {
        name: before[name] for name in ("changed", "typed")
    }
    assert origins.without_author(moved) == []


def test_a_response_moved_twice_has_one_context_and_keeps_what_others_said():
    once = in_context(RESPONSE, Dialect.V2_0, coverages=["Coverage/c"], requests=["MedicationRequest/o"])
    twice = in_context(once, Dialect.V2_2, coverages=["Coverage/d"], requests=["MedicationRequest/o"])

    assert [e["url"].rpartition("/")[2] for e in twice["extension"]] == [
        "qr-coverage",
        "qr-context",
        "intendedUse",
        "own",
    ]


@pytest.mark.parametrize("dialect", Dialect)
@pytest.mark.requirement("dtr-2.2.0#oper-12")
def test_every_policy_has_a_package_with_all_that_it_needs(dialect):
    artifacts = load_artifacts(DEFAULT_FOLDER, SECOND)

    for form in artifacts.of_type("Questionnaire"):
        whole = package(form, artifacts, RESPONSE, dialect=dialect, base="https://app.example/fhir", now=NOW)

        kinds = [entry["resource"]["resourceType"] for entry in whole["entry"]]
        assert kinds[:3] == ["Questionnaire", "QuestionnaireResponse", "Library"]
        assert len({entry["fullUrl"] for entry in whole["entry"]}) == len(whole["entry"])


def test_what_a_form_needs_and_the_folder_lacks_is_named():
    artifacts = load_artifacts(SECOND)
    form = {
        "extension": [
            {
                "url": "http://hl7.org/fhir/StructureDefinition/cqf-library",
                "valueCanonical": "https://smartapp.example/fhir/Library/Nothing|1",
            }
        ]
    }

    with pytest.raises(BadPolicy, match="Library/Nothing"):
        artifacts.needed(form)


@pytest.mark.parametrize(
    ("dialect", "names"),
    [(Dialect.V2_0, ["PackageBundle", "operationOutcome"]), (Dialect.V2_2, ["packagebundle", "outcome"])],
)
def test_parameters_are_named_as_the_profile_of_the_dialect_names_them(dialect, names):
    issue = Issue(severity="warning", code="not-found", text="There is no such form.")

    given = parameters([{"resourceType": "Bundle"}], [issue], dialect)

    assert [part["name"] for part in given["parameter"]] == names
