"""The server checks of the Inferno CRD and DTR test kits (2.0.1), row by row as davinci.md 7 numbers them.

Each in the sharper version where there is one. Not here: C1 (TLS is the proxy's), C14 and C15 (no card of ours only
links to SMART apps, and none proposes another therapy), C18 (Coverage is not ours to change), D6 (no adaptive forms),
D10 to D12 and J1 (clients, and who may call).
"""

import re
import time
from collections import defaultdict

import pytest
from davinci import cards, invariants, origins, profiles
from davinci.asked import (
    ALL_ON,
    COVERAGE,
    ORDER,
    PATIENT,
    SELECT,
    SERVICE,
    SIGN,
    call,
    client,
    order_part,
    package_request,
    wanting,
)
from davinci.packages import guide

from smartapp.outputs.coverage.extension import URL
from smartapp.outputs.dialect import Dialect

_DTR = "http://hl7.org/fhir/us/davinci-dtr/StructureDefinition/"
_TOKEN = re.compile(r"\{\{context\.(patientId|userId|encounterId)\}\}")
_OTHER = {**COVERAGE, "id": "other"}
_CALLS = {
    "two orders": (SIGN, call(ORDER, SERVICE, extension=wanting("2.0", **ALL_ON))),
    "a child": (SIGN, call(patient={**PATIENT, "birthDate": "2015-01-01"}, extension=wanting("2.0"))),
    "while ordering": (SELECT, call(hook="order-select", extension=wanting("2.0", **ALL_ON))),
    "another coverage": (SIGN, call(coverages=(_OTHER,), extension=wanting("2.0"))),
    "without a word about CRD": (SIGN, call()),
}


def _answers():
    return {name: client().post(to, json=given) for name, (to, given) in _CALLS.items()}


def _extensions():
    for answer in _answers().values():
        for action in answer.json["systemActions"]:
            yield action, [e for e in action["resource"]["extension"] if e["url"] == URL]


def _package():
    return client().post("/fhir/2.0/Questionnaire/$questionnaire-package", json=package_request(order_part()))


def _bundled(kind):
    bundle = _package().json["parameter"][0]["resource"]
    return [e["resource"] for e in bundle["entry"] if e["resource"]["resourceType"] == kind]


@pytest.mark.requirement("inferno-crd#C2", "inferno-crd#C3")
def test_c3_discovery_names_services_with_legal_prefetch_and_versions():
    services = client().get("/cds-services").json["services"]

    assert len({(s["id"], s["hook"]) for s in services}) == len(services)
    assert {s["hook"] for s in services} == {"order-sign", "order-select"}
    for service in services:
        assert re.fullmatch(r"[a-z0-9-]+", service["id"])
        assert all(isinstance(service[name], str) for name in ("hook", "description", "title"))
        assert all("{{" not in _TOKEN.sub("", template) for template in service["prefetch"].values())
        assert all(re.fullmatch(r"\d+\.\d+", v) for v in service["extension"]["davinci-crd.version"])


@pytest.mark.requirement("inferno-crd#C4", "inferno-crd#C8", "inferno-crd#C9")
def test_c4_c8_c9_every_call_is_answered_in_time_with_valid_cards_and_actions():
    started = time.monotonic()
    answers = _answers()
    spent = time.monotonic() - started

    assert {name: answer.status_code for name, answer in answers.items()} == dict.fromkeys(_CALLS, 200)
    assert {n: p for n, a in answers.items() if (p := cards.problems(a.json, primary=True))} == {}
    assert spent < 5


@pytest.mark.requirement("inferno-crd#C6")
@pytest.mark.parametrize(
    "change",
    [
        {"patientId": "Patient/p"},
        {"userId": "dr"},
        {"userId": "Organization/x"},
        {"draftOrders": {"resourceType": "Bundle", "type": "collection"}},
        {
            "draftOrders": {
                "resourceType": "Bundle",
                "entry": [{"resource": {"resourceType": "MedicationRequest"}}],
            }
        },
        {"draftOrders": {"resourceType": "Bundle", "entry": [{"resource": ORDER}, {"resource": ORDER}]}},
        {
            "draftOrders": {
                "resourceType": "Bundle",
                "entry": [{"resource": ORDER | {"subject": {"reference": "Patient/q"}}}],
            }
        },
    ],
)
def test_c6_a_context_that_breaks_the_rules_is_refused(change):
    given = call(extension=wanting("2.0"))
    given["context"] |= change

    answer = client().post(SIGN, json=given)

    assert (answer.status_code, answer.json["resourceType"]) == (400, "OperationOutcome")


@pytest.mark.requirement("inferno-crd#C10", "inferno-crd#C11")
@pytest.mark.requirement("crd-2.2.1#hook-16", "crd-2.2.1#hook-39", "crd-2.2.1#resp-14", "crd-2.2.1#resp-48")
def test_c10_c11_each_action_updates_its_order_with_one_valid_assertion_and_ids_follow_coverages():
    ids = defaultdict(set)
    for action, found in _extensions():
        assert (action["type"], len(found)) == ("update", 1)
        assert action["resource"]["resourceType"] in {"MedicationRequest", "ServiceRequest"}
        assert invariants.broken(found[0], Dialect.V2_0) == []
        assert profiles.problems(found[0], URL, guide("crd-2.0")) == []
        assert invariants.values(found[0], "date") == ["2026-06-01"]
        coverage = invariants.values(found[0], "coverage")[0]["reference"]
        ids[coverage] |= set(invariants.values(found[0], "coverage-assertion-id"))

    assert {coverage: len(known) for coverage, known in ids.items()} == {
        "Coverage/cov": 1,
        "Coverage/other": 1,
    }
    assert len(set.union(*ids.values())) == 2


@pytest.mark.requirement(
    "inferno-crd#C12", "inferno-crd#C13", "inferno-crd#C16", "inferno-crd#C17", "inferno-crd#C19"
)
@pytest.mark.requirement("crd-2.2.1#resp-18", "crd-2.2.1#resp-19")
def test_c12_to_c19_the_response_types_are_as_their_checks_want_them():
    shown = {cards.kind_of(card): card for card in _answers()["two orders"].json["cards"]}

    task = shown["form-completion"]["suggestions"][0]["actions"][0]["resource"]
    test = shown["additional-orders"]["suggestions"][0]["actions"][0]
    assert {link["type"] for link in shown["external-reference"]["links"]} == {"absolute"}
    assert {"links", "suggestions"} & set(shown["instructions"]) == set()
    assert task["code"]["coding"][0]["code"] == "complete-questionnaire"
    assert [i["valueCanonical"] for i in task["input"] if i["type"].get("text") == "questionnaire"] == [
        "https://smartapp.example/fhir/Questionnaire/TILMelanoma|1.0.0"
    ]
    assert (test["type"], test["resource"]["resourceType"]) == ("create", "ServiceRequest")


@pytest.mark.requirement("inferno-dtr#D1", "inferno-dtr#D2")
def test_d1_d2_a_valid_request_gets_a_valid_package():
    asked, definitions = package_request(order_part()), guide("dtr-2.0", "crd-2.0")

    answer = _package()

    assert profiles.problems(asked, f"{_DTR}dtr-qpackage-input-parameters", definitions) == []
    assert answer.status_code == 200
    assert profiles.problems(answer.json, f"{_DTR}dtr-qpackage-output-parameters", definitions) == []


@pytest.mark.requirement("inferno-dtr#D3", "inferno-dtr#D4", "inferno-dtr#D5")
def test_d3_to_d5_libraries_and_expressions_are_as_a_cql_client_wants_them():
    libraries, form = _bundled("Library"), _bundled("Questionnaire")[0]
    known = {f"{library['url']}|{library['version']}" for library in libraries}
    expressions = [
        extension["valueExpression"]
        for node in (form, *origins.items(form))
        for extension in node.get("extension", ())
        if "valueExpression" in extension
    ]

    assert len({library["name"] for library in libraries}) == len(libraries) > 0
    assert all(
        [content["contentType"] for content in library["content"]] == ["text/cql", "application/elm+json"]
        for library in libraries
    )
    assert {e["valueCanonical"] for e in form["extension"] if e["url"].endswith("cqf-library")} <= known
    assert {expression["language"] for expression in expressions} == {"text/cql"}


@pytest.mark.requirement("inferno-dtr#D7", "inferno-dtr#D8", "inferno-dtr#D9")
def test_d7_to_d9_the_draft_conforms_and_what_is_filled_has_an_expression():
    draft, form = _bundled("QuestionnaireResponse")[0], _bundled("Questionnaire")[0]

    assert profiles.problems(draft, f"{_DTR}dtr-questionnaireresponse", guide("dtr-2.0", "crd-2.0")) == []
    assert origins.wrong(draft, form) == []
    assert origins.sources(draft) == {"auto"}
