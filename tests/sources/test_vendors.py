"""One chart behind the servers of five vendors: the same Facts, and in words what each of them lacks."""

import json
from contextlib import contextmanager
from pathlib import Path

import fakes_vendors
import pytest
from fakes_ehr import Reply, serving
from fakes_hooks import patient, searchset

from smartapp.facts import Gap, reference_of
from smartapp.sources import capabilities, http, prefetch
from smartapp.sources.chart import Servers, read_chart
from smartapp.sources.entries import Contents
from smartapp.sources.queries import QUERIES

PUBLISHED = Path(__file__).parents[2] / ".." / "shared" / "foreign" / "ehr"
MINE = {"subject": {"reference": "Patient/p1"}}
LABORATORY = [
    {
        "coding": [
            {"system": "http://terminology.hl7.org/CodeSystem/observation-category", "code": "laboratory"}
        ]
    }
]
PROBLEM = [{"coding": [{"code": "problem-list-item"}]}]


def condition(name, **more):
    code = {"coding": [{"system": "http://snomed.info/sct", "code": "372244006"}]}
    return {"resourceType": "Condition", "id": name, "code": code, "category": PROBLEM, **MINE, **more}


def observation(name, **more):
    code = {"coding": [{"system": "http://loinc.org", "code": "53844-7"}]}
    resource = {"resourceType": "Observation", "id": name, "status": "final", "code": code}
    return {**resource, "category": LABORATORY, **MINE, **more}


def request(name, **more):
    resource = {"resourceType": "MedicationRequest", "id": name, "status": "active", "intent": "order"}
    return {**resource, "medicationReference": {"reference": "Medication/m1"}, **MINE, **more}


MEDICATION = {"resourceType": "Medication", "id": "m1", "code": {"text": "nivolumab"}}
CHART = (patient(), condition("c1"), observation("o1"), request("r1"), MEDICATION)


@contextmanager
def _reading(vendor):
    with serving(vendor) as ehr, http.session() as session:
        yield ehr, Servers(http=session).open(ehr.base)


def _read(vendor, **more):
    with _reading(vendor) as (_, server):
        return read_chart(server, patient_id="p1", seconds=10, **more)


def _names(facts):
    return sorted(map(reference_of, facts.resources))


VENDORS = {
    "epic": (fakes_vendors.epic, {"MedicationStatement"}),
    "oracle": (fakes_vendors.oracle, {"MedicationStatement", "Medication"}),
    "athena": (fakes_vendors.athena, {"MedicationStatement", "MedicationAdministration"}),
    "meditech": (fakes_vendors.meditech, {"MedicationStatement", "MedicationAdministration"}),
    "hapi": (fakes_vendors.hapi, set()),
}


@pytest.mark.parametrize("name", VENDORS)
def test_every_vendor_gives_the_chart_and_says_which_types_it_does_not_offer(name):
    make, lacks = VENDORS[name]
    inside = {
        **request("r1", contained=[{**MEDICATION, "id": "m"}]),
        "medicationReference": {"reference": "#m"},
    }
    chart = CHART if name != "oracle" else (patient(), condition("c1"), observation("o1"), inside)

    facts = _read(make(*chart))

    assert _names(facts) == sorted(map(reference_of, chart))
    expected = lacks - {"Medication"}  # which nothing refers to where it is not offered
    assert {(unread.type, unread.gap) for unread in facts.unread} == {
        (t, Gap.NOT_SUPPORTED) for t in expected
    }


@pytest.mark.parametrize("name", VENDORS)
def test_all_pages_are_read_however_a_vendor_pages(name):
    make, _ = VENDORS[name]
    many = [condition(f"c{i}") for i in range(7)] + [observation(f"o{i}") for i in range(5)]

    facts = _read(make(patient(), *many, page=2))

    assert _names(facts) == sorted(map(reference_of, (patient(), *many)))
    assert not {unread.gap for unread in facts.unread} & {Gap.INCOMPLETE, Gap.FAILED}


def test_epic_is_asked_for_observations_by_category_from_the_start_and_it_is_said():
    with _reading(fakes_vendors.epic(*CHART)) as (ehr, server):
        facts = read_chart(server, patient_id="p1", seconds=10)

        asked = [query for query in ehr.asked if query.startswith("Observation")]

    assert len(asked) == 8
    assert all("category=" in query or "code=" in query for query in asked)
    assert [remark.code for remark in facts.remarks] == ["read-by-category"]


def test_a_server_that_refuses_the_wide_question_is_asked_by_category():
    with _reading(fakes_vendors.athena(*CHART)) as (ehr, server):
        facts = read_chart(server, patient_id="p1", seconds=10)

        asked = [query for query in ehr.asked if query.startswith("Observation")]

    assert (asked[0], len(asked)) == ("Observation?patient=p1", 9)
    assert "Observation/o1" in _names(facts)
    assert [remark.code for remark in facts.remarks] == ["read-by-category"]


def test_a_refusal_among_the_matches_is_answered_by_asking_by_category_too():
    said = fakes_vendors.outcome(200, "processing", severity="fatal", detail="59108").body
    vendor = fakes_vendors.meditech(*CHART)
    vendor.says("Observation?patient=p1", Reply(body=searchset(said, total=0)))

    facts = _read(vendor)

    assert "Observation/o1" in _names(facts)
    assert "Observation" not in {unread.type for unread in facts.unread}


@pytest.mark.parametrize(
    "sent", [{}, {"observations": fakes_vendors.outcome(400, "required").body}], ids=["not sent", "refused"]
)
def test_a_hook_call_gets_the_observations_of_epic_though_its_own_query_fails(sent):
    sent = {query.key: searchset() for query in QUERIES if query.key != "observations"} | sent
    with serving(fakes_vendors.epic(*CHART)) as ehr, http.session() as session:
        reader = Servers(http=session).open(ehr.base).reader(5)

        facts = prefetch.gather(
            {**sent, "patient": patient()}, patient_id="p1", drafts=Contents(full_urls={}), reader=reader
        )

    assert _names(facts) == ["Observation/o1", "Patient/p1"]
    assert [remark.code for remark in facts.remarks] == ["read-by-category"]
    assert facts.unread == ()


@pytest.mark.parametrize(
    "refused",
    [
        fakes_vendors.outcome(400, "invalid"),
        Reply(body=searchset(fakes_vendors.outcome(200, "not-supported").body)),
    ],
)
def test_a_hook_call_gets_the_coverage_of_a_server_that_knows_no_status_of_coverages(refused):
    mine = {"resourceType": "Coverage", "id": "v1", "beneficiary": {"reference": "Patient/p1"}}
    vendor = fakes_vendors.oracle(*CHART, mine)
    vendor.says("Coverage?patient=p1&status=active", refused)
    sent = {query.key: searchset() for query in QUERIES if query.key != "coverage"}
    with serving(vendor) as ehr, http.session() as session:
        reader = Servers(http=session).open(ehr.base).reader(5)

        facts = prefetch.gather(
            {**sent, "patient": patient()}, patient_id="p1", drafts=Contents(full_urls={}), reader=reader
        )

    assert (_names(facts), facts.unread) == (["Coverage/v1", "Patient/p1"], ())


@pytest.mark.parametrize(
    ("version", "codes"), [("4.0.1", []), ("4.3.0", []), ("5.0.0", ["other-fhir"]), ("1.0.2", ["other-fhir"])]
)
def test_a_server_that_says_it_speaks_another_fhir_is_read_and_it_is_said(version, codes):
    vendor = fakes_vendors.hapi(*CHART)
    vendor.says("metadata", Reply(body=vendor.statement | {"fhirVersion": version}))

    facts = _read(vendor)

    assert [remark.code for remark in facts.remarks if remark.code != "nonconformant"] == codes


def test_a_statement_that_names_no_types_says_nothing():
    vendor = fakes_vendors.hapi(*CHART)
    nameless = [{"interaction": [{"code": "read"}]}, {"type": {"value": "Patient"}}, None]
    vendor.says("metadata", Reply(body=vendor.statement | {"rest": [{"resource": nameless}]}))

    facts = _read(vendor)

    assert ("Condition/c1" in _names(facts), facts.unread) == (True, ())


def test_a_result_without_a_category_is_found_by_its_code():
    lone = observation("o9")
    del lone["category"]

    facts = _read(fakes_vendors.epic(patient(), lone))

    assert "Observation/o9" in _names(facts)


def test_a_category_that_is_not_known_costs_nothing_but_the_laboratory_does():
    def refusing(category):
        vendor = fakes_vendors.athena(*CHART)
        vendor.says(f"Observation?patient=p1&category={category}", fakes_vendors.outcome(400, "value"))
        return _read(vendor)

    minor, major = refusing("therapy"), refusing("laboratory")

    assert "Observation" not in {unread.type for unread in minor.unread}
    assert ("Observation", Gap.NOT_SUPPORTED) in {(unread.type, unread.gap) for unread in major.unread}


def test_conditions_are_asked_for_in_both_categories_and_without_one():
    unfiled = condition("c2")
    del unfiled["category"]
    with _reading(fakes_vendors.oracle(patient(), condition("c1"), unfiled)) as (ehr, server):
        facts = read_chart(server, patient_id="p1", seconds=10)

        asked = sorted(query for query in ehr.asked if query.startswith("Condition"))

    assert asked == [
        "Condition?patient=p1",
        "Condition?patient=p1&category=encounter-diagnosis",
        "Condition?patient=p1&category=problem-list-item",
    ]
    assert [name for name in _names(facts) if name.startswith("Condition")] == [
        "Condition/c1",
        "Condition/c2",
    ]


def test_a_refusal_of_the_question_without_a_category_is_no_loss():
    vendor = fakes_vendors.oracle(*CHART)
    vendor.says("Condition?patient=p1", fakes_vendors.outcome(400, "required"))

    facts = _read(vendor)

    assert "Condition" not in {unread.type for unread in facts.unread}


def test_only_parameters_that_are_offered_are_used():
    with _reading(fakes_vendors.oracle(patient())) as (ehr, server):
        read_chart(server, patient_id="p1", seconds=10)

        oracle = set(ehr.asked)
    with _reading(fakes_vendors.epic(patient())) as (ehr, server):
        read_chart(server, patient_id="p1", seconds=10)

        epic = set(ehr.asked)

    intents = "intent=order,plan,original-order,reflex-order,filler-order,instance-order"
    assert {"Coverage?patient=p1", f"MedicationRequest?patient=p1&{intents}&_count=100"} <= oracle
    assert {
        "Coverage?patient=p1&status=active&_count=100",
        f"MedicationRequest?patient=p1&{intents}&_include=MedicationRequest:medication&_count=100",
    } <= epic


def test_an_extra_that_is_refused_although_offered_is_left_out():
    vendor = fakes_vendors.meditech(*CHART)
    wide = (
        "MedicationRequest?patient=p1&intent=order,plan,original-order,reflex-order,filler-order,instance-order"
        "&_include=MedicationRequest:medication"
    )
    vendor.says(wide, fakes_vendors.outcome(400, "value"))

    facts = _read(vendor)

    assert {"MedicationRequest/r1", "Medication/m1"} <= set(_names(facts))
    assert "MedicationRequest" not in {unread.type for unread in facts.unread}


def test_resources_of_others_are_left_out_where_the_server_overlooks_the_patient():
    theirs = {"subject": {"reference": "Patient/p2"}}
    others = (condition("c2", **theirs), observation("o2", **theirs))

    facts = _read(fakes_vendors.epic(*CHART, *others, overlooks_patient=True))

    assert _names(facts) == sorted(map(reference_of, CHART))
    assert "The server also gave resources of other patients: 2, ignored." in [r.text for r in facts.remarks]


def test_the_statement_is_asked_for_once_for_all_launches():
    with _reading(fakes_vendors.hapi(patient())) as (ehr, server):
        read_chart(server, patient_id="p1", seconds=10)
        read_chart(server, patient_id="p1", seconds=10)

        assert ehr.asked.count("metadata") == 1


@pytest.mark.parametrize(
    "reply",
    [
        Reply(status=500),
        Reply(status=404),
        Reply(body=b"<html>"),
        Reply(body={"resourceType": "X"}),
        Reply(body={"resourceType": ["CapabilityStatement"]}),
    ],
)
def test_without_a_statement_everything_is_tried(reply):
    vendor = fakes_vendors.hapi(*CHART)
    vendor.says("metadata", reply)

    facts = _read(vendor)

    assert (_names(facts), facts.unread) == (sorted(map(reference_of, CHART)), ())


@pytest.mark.parametrize(
    ("file", "table"), [("epic.json", fakes_vendors.EPIC), ("cerner.json", fakes_vendors.ORACLE)]
)
def test_the_fakes_offer_what_the_vendors_publish(file, table):
    if not (PUBLISHED / file).exists():
        pytest.skip(f"{file} is not at hand")

    published = capabilities.read(json.loads((PUBLISHED / file).read_text())).offers

    for name, (interactions, parameters) in table.items():
        assert set(interactions) <= published[name].interactions, name
        assert set(parameters.split()) <= published[name].parameters, name
    assert "MedicationStatement" not in published
