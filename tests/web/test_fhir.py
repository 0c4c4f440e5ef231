"""DTR through the WSGI application: packages, published resources, expansion, and what is refused."""

import json
import re
from base64 import b64decode
from pathlib import Path

import pytest
from davinci.asked import (
    CONTEXT,
    COVERAGE,
    ORDER,
    SERVICE,
    SIGN,
    call,
    client,
    order_part,
    package_request,
    version_part,
    wanting,
)
from davinci.origins import items

PACKAGE = "/fhir/Questionnaire/$questionnaire-package"
FORM = "https://smartapp.example/fhir/Questionnaire/TILMelanoma"
FOREIGN = Path(__file__).parents[2] / ".." / "shared" / "foreign" / "davinci"
_DTR = "http://hl7.org/fhir/us/davinci-dtr/StructureDefinition/"


def _post(body, *, to=PACKAGE, **settings):
    return client(**settings).post(to, json=body)


def _bundles(answer):
    return [p["resource"] for p in answer.json["parameter"] if p["name"].lower() == "packagebundle"]


def _resources(answer, kind):
    entries = [entry["resource"] for bundle in _bundles(answer) for entry in bundle["entry"]]
    return [resource for resource in entries if resource["resourceType"] == kind]


def _told(answer):
    outcomes = [p["resource"] for p in answer.json["parameter"] if "utcome" in p["name"]]
    return [(i["severity"], i["diagnostics"]) for outcome in outcomes for i in outcome["issue"]]


def _form_part(canonical=FORM):
    return {"name": "questionnaire", "valueCanonical": canonical}


def _context_part(context):
    return {"name": "context", "valueString": context}


# ----------------------------------------------------------------------------------------------------- the package


@pytest.mark.requirement("dtr-2.2.0#oper-10", "dtr-2.2.0#oper-12")
@pytest.mark.parametrize("address", [PACKAGE, "/fhir/$questionnaire-package"])
@pytest.mark.parametrize(("version", "name"), [("2.0", "PackageBundle"), ("2.2", "packagebundle")])
def test_an_order_gets_the_package_of_its_form(address, version, name):
    answer = _post(package_request(order_part(), version_part(version)), to=address)

    kinds = [entry["resource"]["resourceType"] for entry in _bundles(answer)[0]["entry"]]
    assert (answer.status_code, answer.mimetype) == (200, "application/fhir+json")
    assert [part["name"] for part in answer.json["parameter"]] == [name]
    assert kinds[:2] == ["Questionnaire", "QuestionnaireResponse"]
    assert set(kinds[2:]) == {"Library", "ValueSet"}


@pytest.mark.requirement("dtr-2.2.0#spec-95", "dtr-2.2.0#spec-98", "dtr-2.2.0#oper-13", "inferno-dtr#D3")
def test_every_library_brings_its_cql_and_its_elm():
    libraries = _resources(_post(package_request(order_part())), "Library")

    contents = {
        library["name"]: [
            (content["contentType"], b64decode(content["data"])) for content in library["content"]
        ]
        for library in libraries
    }
    ours = ["TILMelanoma", "TILMelanomaEvidence", "TILMelanomaForm"]
    assert sorted(contents) == ["FHIRHelpers", "OncologyCommon", *ours]
    for name, ((cql_type, cql), (elm_type, elm)) in contents.items():
        assert (cql_type, elm_type) == ("text/cql", "application/elm+json")
        assert f"library {name} version" in cql.decode()
        assert json.loads(elm)["library"]["identifier"]["id"] == name


def test_a_library_says_what_it_can_be_given_and_what_it_reads():
    library = client().get("/fhir/Library/TILMelanoma").json
    evidence = client().get("/fhir/Library/TILMelanomaEvidence").json

    assert [(p["name"], p["type"], p["max"]) for p in library["parameter"]] == [
        ("Planned Date", "date", "1"),
        ("As Of", "date", "1"),
        ("Order", "string", "1"),
        ("Unread", "string", "*"),
    ]
    assert {"Patient", "Coverage"} <= {r["type"] for r in library["dataRequirement"]}
    assert {"Condition", "Observation"} <= {r["type"] for r in evidence["dataRequirement"]}


@pytest.mark.requirement("dtr-2.2.0#oper-16", "dtr-2.2.0#spec-87", "inferno-dtr#D4")
def test_every_canonical_in_a_package_has_its_version_and_is_in_it():
    answer = _post(package_request(order_part()))
    form = _resources(answer, "Questionnaire")[0]
    libraries = _resources(answer, "Library")
    known = {
        f"{r['url']}|{r['version']}" for kind in ("Library", "ValueSet") for r in _resources(answer, kind)
    }

    named = {e["valueCanonical"] for e in form["extension"] if e["url"].endswith("cqf-library")}
    named |= {a["resource"] for library in libraries for a in library.get("relatedArtifact", ())}
    named |= set(re.findall(r'"answerValueSet": "([^"]+)"', json.dumps(form)))

    assert named == known
    assert _resources(answer, "QuestionnaireResponse")[0]["questionnaire"] == f"{FORM}|{form['version']}"


@pytest.mark.requirement("dtr-2.2.0#oper-15")
def test_every_value_set_comes_expanded_as_of_today():
    value_sets = _resources(_post(package_request(order_part())), "ValueSet")

    assert len(value_sets) > 40
    assert all(v["expansion"]["timestamp"].startswith("2026-06-01") for v in value_sets)
    assert all(len(v["expansion"]["contains"]) == v["expansion"]["total"] for v in value_sets)


@pytest.mark.requirement("dtr-2.2.0#spec-86", "dtr-2.2.0#spec-96", "dtr-2.2.0#spec-61", "inferno-dtr#D5")
@pytest.mark.parametrize(
    ("version", "languages"), [("2.0", {"text/cql"}), ("2.2", {"text/cql-identifier", "text/fhirpath"})]
)
def test_expressions_are_in_the_language_of_their_dialect(version, languages):
    form = _resources(_post(package_request(order_part(), version_part(version))), "Questionnaire")[0]

    expressions = [
        e["valueExpression"]
        for item in items(form)
        for e in item.get("extension", ())
        if "valueExpression" in e
    ]
    identifiers = [x for x in expressions if x["language"] == "text/cql-identifier"]
    compiled = [json.loads(x["extension"][0]["valueExpression"]["expression"]) for x in identifiers]
    assert {expression["language"] for expression in expressions} == languages
    assert [f'"{elm["libraryName"]}"."{elm["name"]}"' for elm in compiled] == [
        x["expression"] for x in identifiers
    ]


@pytest.mark.requirement("dtr-2.2.0#oper-18", "dtr-2.0.1#dtr-questionnaireresponse")
def test_the_draft_says_what_it_is_about_in_the_words_of_its_dialect():
    def about(version):
        answer = _post(package_request(order_part(), order_part(SERVICE), version_part(version)))
        draft = _resources(answer, "QuestionnaireResponse")[0]
        assert (draft["status"], draft["subject"]) == ("in-progress", {"reference": "Patient/p"})
        return [
            (
                e["url"].removeprefix(_DTR),
                e.get("valueReference", {}).get("reference")
                or e["valueCodeableConcept"]["coding"][0]["system"][-8:],
            )
            for e in draft["extension"]
        ]

    assert about("2.0") == [
        ("qr-context", "Coverage/cov"),
        ("qr-context", "MedicationRequest/o"),
        ("qr-context", "ServiceRequest/s"),
        ("intendedUse", "tem/temp"),
    ]
    assert about("2.2") == [
        ("qr-coverage", "Coverage/cov"),
        ("qr-context", "MedicationRequest/o"),
        ("qr-context", "ServiceRequest/s"),
        ("intendedUse", "on-codes"),
    ]


@pytest.mark.requirement("dtr-2.2.0#oper-19")
def test_the_draft_is_filled_from_what_was_given_and_nothing_else():
    draft = _resources(_post(package_request(order_part())), "QuestionnaireResponse")[0]

    answers = {item["linkId"]: item["answer"][0] for item in items(draft) if "answer" in item}
    assert {name: next(v for k, v in a.items() if k.startswith("value")) for name, a in answers.items()} == {
        "member.number": "M-1",
        "member.plan": "Example Health Plan",
        "facility.date": "2026-06-01",
        "product": answers["product"]["valueCoding"],
    }


@pytest.mark.requirement("dtr-2.0.1#questionnaire-package-referenced")
def test_what_is_sent_along_helps_to_understand_the_order_and_to_fill_the_draft():
    drug = {"resourceType": "Medication", "id": "m", "code": {"text": "lifileucel"}}
    patient = {
        "resourceType": "Patient",
        "id": "p",
        "birthDate": "1970-02-03",
        "name": [{"text": "Ann Example"}],
    }
    order = {k: v for k, v in ORDER.items() if k != "medicationCodeableConcept"}
    order["medicationReference"] = {"reference": "Medication/m"}
    along = [{"name": "referenced", "resource": resource} for resource in (drug, patient)]

    draft = _resources(_post(package_request(order_part(order), *along)), "QuestionnaireResponse")[0]

    answers = {item["linkId"]: item["answer"][0] for item in items(draft) if "answer" in item}
    assert answers["patient.name"]["valueString"] == "Ann Example"
    assert answers["patient.birthDate"]["valueDate"] == "1970-02-03"


# --------------------------------------------------------------------------------------- what a package is asked by


@pytest.mark.parametrize("canonical", [FORM, f"{FORM}|1.0.0"])
def test_a_form_is_found_by_its_canonical_with_and_without_version(canonical):
    answer = _post(package_request(_form_part(canonical)))

    assert len(_bundles(answer)) == 1
    assert [severity for severity, _ in _told(answer)] == ["information"]


@pytest.mark.requirement("dtr-2.2.0#oper-9")
@pytest.mark.parametrize("canonical", [f"{FORM}|9.9.9", "https://elsewhere.example/Questionnaire/x"])
def test_a_form_that_is_not_here_is_a_warning(canonical):
    alone = _post(package_request(_form_part(canonical)))
    beside = _post(package_request(order_part(), _form_part(canonical)))

    assert (alone.status_code, len(_bundles(alone)), len(_bundles(beside))) == (200, 0, 1)
    assert _told(alone) == _told(beside) == [("warning", f"There is no Questionnaire {canonical} here.")]


@pytest.mark.requirement("dtr-2.2.0#spec-107")
@pytest.mark.parametrize("version", ["2.0", "2.2"])
def test_the_id_of_an_assertion_is_the_context_that_gives_its_form(version):
    annotated = (
        client().post(SIGN, json=call(extension=wanting(version))).json["systemActions"][0]["resource"]
    )
    parts = annotated["extension"][0]["extension"]
    context = next(part["valueString"] for part in parts if part["url"] == "coverage-assertion-id")

    answer = _post(package_request(_context_part(context), version_part(version)))

    assert [form["name"] for form in _resources(answer, "Questionnaire")] == ["TILMelanoma"]


@pytest.mark.requirement("dtr-2.2.0#spec-130")
@pytest.mark.parametrize(
    "context", ["8e0c1f64", "TILMelanoma", "TILMelanoma-1", CONTEXT.replace("TIL", "No")]
)
def test_an_unknown_context_is_refused_alone_and_a_warning_beside_an_order(context):
    alone = _post(package_request(_context_part(context)))
    beside = _post(package_request(_context_part(context), order_part()))

    assert (alone.status_code, alone.json["resourceType"]) == (422, "OperationOutcome")
    assert (beside.status_code, [severity for severity, _ in _told(beside)]) == (200, ["warning"])


def test_each_form_comes_once_whatever_calls_for_it():
    parts = (order_part(), order_part(SERVICE), _form_part(), _context_part(CONTEXT))

    assert len(_bundles(_post(package_request(*parts)))) == 1


def test_an_order_that_needs_no_form_is_said_to_need_none():
    other = {**ORDER, "id": "x", "medicationCodeableConcept": {"text": "fludarabine"}}

    answer = _post(package_request(order_part(other)))

    assert (answer.status_code, _bundles(answer)) == (200, [])
    assert [severity for severity, _ in _told(answer)] == ["information"]


@pytest.mark.requirement("dtr-2.2.0#oper-20")
@pytest.mark.parametrize(
    ("since", "bundles"),
    [("2026-01-01T00:00:00Z", 1), ("2026-11-24T23:00:00+00:00", 1), ("2030-01-01T00:00:00Z", 0)],
)
def test_what_has_not_changed_since_is_not_sent_again(since, bundles):
    answer = _post(package_request(order_part(), {"name": "changedsince", "valueInstant": since}))

    assert (answer.status_code, len(_bundles(answer)), len(_told(answer))) == (200, bundles, 1 - bundles)


@pytest.mark.parametrize(
    ("profile", "name"), [("2.2.0", "packagebundle"), ("2.0.1", "PackageBundle"), ("9", "PackageBundle")]
)
def test_the_profile_of_the_request_tells_the_dialect(profile, name):
    meta = {"meta": {"profile": [f"{_DTR}dtr-qpackage-input-parameters|{profile}"]}}

    answer = _post(package_request(order_part()) | meta)

    assert answer.json["parameter"][0]["name"] == name


@pytest.mark.parametrize(("version", "name"), [("2.0", "PackageBundle"), ("2.2", "packagebundle")])
def test_the_coverage_information_on_an_order_tells_the_dialect(version, name):
    annotated = (
        client().post(SIGN, json=call(extension=wanting(version))).json["systemActions"][0]["resource"]
    )

    answer = _post(package_request(order_part(annotated)), crd_version={"2.0": "2.2", "2.2": "2.0"}[version])

    assert answer.json["parameter"][0]["name"] == name


@pytest.mark.parametrize(("version", "name"), [("2.0", "PackageBundle"), ("2.2", "packagebundle")])
def test_each_dialect_has_an_address_of_its_own(version, name):
    answer = _post(package_request(order_part()), to=f"/fhir/{version}/Questionnaire/$questionnaire-package")
    statement = client().get(f"/fhir/{version}/metadata").json

    assert answer.json["parameter"][0]["name"] == name
    assert statement["implementation"]["url"].endswith(f"/fhir/{version}")


def test_the_setting_tells_the_dialect_where_the_request_does_not():
    answer = _post(package_request(order_part()), crd_version="2.2")

    assert answer.json["parameter"][0]["name"] == "packagebundle"


# -------------------------------------------------------------------------------------------------------- refusals


_REFUSED = {
    "a Bundle": ({"resourceType": "Bundle", "type": "collection"}, 400),
    "a list": ([], 400),
    "parameters without names": ({"resourceType": "Parameters", "parameter": [{"valueString": "x"}]}, 400),
    "no coverage": (package_request(order_part(), coverage=None), 422),
    "only a coverage (dtr-1)": (package_request(), 422),
    "a coverage that is none": (package_request(order_part(), coverage=ORDER), 422),
    "a coverage without id": (package_request(order_part(), coverage={**COVERAGE, "id": None}), 422),
    "two coverages in 2.2": (
        package_request(order_part(), version_part("2.2"), {"name": "coverage", "resource": COVERAGE}),
        422,
    ),
    "an order for someone else": (
        package_request(order_part({**ORDER, "subject": {"reference": "Patient/other"}})),
        422,
    ),
    "an order without subject": (
        package_request(order_part({k: v for k, v in ORDER.items() if k != "subject"})),
        422,
    ),
    "an order that is no resource": (package_request({"name": "order", "valueString": "x"}), 400),
    "a form that is no canonical": (package_request({"name": "questionnaire", "valueBoolean": True}), 400),
    "changedsince that is no instant": (
        package_request(order_part(), {"name": "changedsince", "valueInstant": "yesterday"}),
        400,
    ),
    "a version that is not spoken": (package_request(order_part(), version_part("3.0")), 422),
}


@pytest.mark.requirement("dtr-2.2.0#oper-11")
@pytest.mark.parametrize(("body", "status"), _REFUSED.values(), ids=_REFUSED)
def test_a_request_that_cannot_be_answered_is_refused_with_an_outcome(body, status):
    answer = _post(body)

    assert (answer.status_code, answer.json["resourceType"]) == (status, "OperationOutcome")
    assert answer.mimetype == "application/fhir+json"


def test_the_coverage_of_another_payer_is_refused():
    assert _post(package_request(order_part()), crd_payers=("Other Plan",)).status_code == 400


@pytest.mark.parametrize(("content_type", "status"), [("application/fhir+json", 200), ("text/plain", 415)])
def test_a_body_is_fhir_json(content_type, status):
    body = json.dumps(package_request(order_part()))

    assert client().post(PACKAGE, data=body, content_type=content_type).status_code == status


@pytest.mark.parametrize(
    ("name", "status"),
    [
        ("dtrkit_questionnaire_package_input_params_conformant", 200),
        ("dtr_ig_Parameters-QuestionnairePackageInputParamsExample", 200),
        ("dtrkit_questionnaire_package_input_params_non_conformant", 400),
    ],
)
def test_requests_of_others_are_answered_or_refused_as_their_readme_expects(name, status):
    if not FOREIGN.is_dir():
        pytest.skip("the requests of others are not here")

    answer = _post(json.loads((FOREIGN / f"{name}.json").read_text(encoding="utf-8")))

    assert answer.status_code == status


# --------------------------------------------------------------------------------------------- errors that were met


@pytest.mark.requirement("dtr-2.2.0#oper-1")
@pytest.mark.parametrize(
    "names", [("questionnaire", "operationOutcome"), ("Questionnaire", "OperationOutcome")]
)
def test_errors_with_a_form_are_noted_without_their_texts(caplog, names):
    issue = {"severity": "error", "code": "exception", "diagnostics": "Jane Doe has no birth date"}
    outcome = {"name": names[1], "resource": {"resourceType": "OperationOutcome", "issue": [issue]}}
    body = {"resourceType": "Parameters", "parameter": [{**_form_part(), "name": names[0]}, outcome]}

    with caplog.at_level("INFO"):
        answer = _post(body, to="/fhir/Questionnaire/$log-questionnaire-errors")

    assert (answer.status_code, answer.json["resourceType"]) == (200, "OperationOutcome")
    assert "forms=['TILMelanoma'] issues=1 codes=['exception']" in caplog.text
    assert "Jane" not in caplog.text


@pytest.mark.parametrize(
    "parts", [[], [_form_part()], [{"name": "operationOutcome", "resource": {"issue": "x"}}]]
)
def test_errors_without_form_or_outcome_are_refused(parts):
    body = {"resourceType": "Parameters", "parameter": parts}

    assert _post(body, to="/fhir/Questionnaire/$log-questionnaire-errors").status_code == 400


# ---------------------------------------------------------------------------------------- reading, search, expansion


@pytest.mark.parametrize(
    ("kind", "name"),
    [("Questionnaire", "TILMelanoma"), ("Library", "TILMelanoma"), ("ValueSet", "lifileucel")],
)
def test_what_is_published_is_read_and_found(kind, name):
    one = client().get(f"/fhir/{kind}/{name}")
    found = client().get(f"/fhir/{kind}?url={one.json['url']}|{one.json['version']}")
    none = client().get(f"/fhir/{kind}?url={one.json['url']}&version=0")

    assert (one.json["resourceType"], one.json["id"]) == (kind, name)
    assert [entry["resource"] for entry in found.json["entry"]] == [one.json]
    assert (found.json["total"], none.json["total"], "entry" in none.json) == (1, 0, False)


def test_a_search_is_given_page_by_page_and_says_what_it_understood():
    first = client().get("/fhir/ValueSet?title=melanoma&_count=5&nonsense=1").json
    links = {link["relation"]: link["url"] for link in first["link"]}
    second = client().get(links["next"].partition("8000")[2]).json

    assert links["self"].endswith("/fhir/ValueSet?title=melanoma&_count=5")
    assert (len(first["entry"]), len(second["entry"]) > 0) == (5, True)
    ids = [entry["resource"]["id"] for page in (first, second) for entry in page["entry"]]
    assert len(set(ids)) == len(ids)


@pytest.mark.requirement("dtr-2.2.0#oper-4", "dtr-2.2.0#oper-5")
def test_a_value_set_is_expanded_by_url_or_id():
    url = "https://smartapp.example/fhir/ValueSet/anti-pd-1"
    body = {
        "resourceType": "Parameters",
        "parameter": [
            {"name": "url", "valueUri": url},
            {"name": "filter", "valueString": "NIVO"},
            {"name": "count", "valueInteger": 2},
        ],
    }

    whole = client().get(f"/fhir/ValueSet/$expand?url={url}").json
    part = _post(body, to="/fhir/ValueSet/$expand").json
    same = client().get("/fhir/ValueSet/anti-pd-1/$expand?filter=nivo&count=2").json

    assert whole["expansion"]["total"] == len(whole["expansion"]["contains"]) > part["expansion"]["total"] > 2
    assert len(part["expansion"]["contains"]) == 2
    assert part["expansion"] == same["expansion"]


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/fhir/ValueSet/nothing", 404),
        ("/fhir/ValueSet/nothing/$expand", 404),
        ("/fhir/ValueSet/$expand", 400),
        ("/fhir/ValueSet/$expand?url=https://elsewhere.example/v", 404),
        ("/fhir/ValueSet/$expand?url=https://smartapp.example/fhir/ValueSet/ecog&count=x", 400),
        ("/fhir/ValueSet?_count=-1", 400),
        ("/fhir/Library?_format=xml", 400),
        ("/fhir/Patient", 404),
    ],
)
def test_what_is_not_here_is_said_with_an_outcome(address, status):
    answer = client().get(address)

    assert (answer.status_code, answer.json["resourceType"]) == (status, "OperationOutcome")


def test_the_capability_statement_says_what_is_answered_and_nothing_else():
    rest = client().get("/fhir/metadata").json["rest"][0]

    told = {
        r["type"]: (
            [interaction["code"] for interaction in r["interaction"]],
            [operation["name"] for operation in r.get("operation", ())],
        )
        for r in rest["resource"]
    }
    rules = [rule.rule for rule in client().application.url_map.iter_rules()]
    served = {rule for rule in rules if rule.startswith("/fhir") and not rule.startswith("/fhir/2.")}
    assert told == {
        "Questionnaire": (["read", "search-type"], ["questionnaire-package", "log-questionnaire-errors"]),
        "Library": (["read", "search-type"], []),
        "ValueSet": (["read", "search-type"], ["expand"]),
    }
    assert [operation["name"] for operation in rest["operation"]] == ["questionnaire-package"]
    assert served == {
        "/fhir/metadata",
        "/fhir/.well-known/smart-configuration",
        "/fhir/$questionnaire-package",
        "/fhir/Questionnaire/$questionnaire-package",
        "/fhir/Questionnaire/$log-questionnaire-errors",
        "/fhir/ValueSet/$expand",
        "/fhir/ValueSet/<name>/$expand",
        "/fhir/<any(Questionnaire, Library, ValueSet):kind>",
        "/fhir/<any(Questionnaire, Library, ValueSet):kind>/<name>",
    }


def test_the_capability_statement_is_valid_fhir():
    from fhir.resources.R4B.capabilitystatement import CapabilityStatement  # noqa: PLC0415

    CapabilityStatement.model_validate(client().get("/fhir/metadata").json)


def test_browsers_of_allowed_origins_may_ask_for_packages():
    answer = client().options(PACKAGE, headers={"Origin": "http://localhost:8080"})

    assert answer.headers["Access-Control-Allow-Origin"] == "http://localhost:8080"
