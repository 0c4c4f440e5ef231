"""Reading the chart of a launch: what was granted, what the server gave, what went wrong."""

import time
from contextlib import contextmanager

import fakes_vendors
import pytest
from fakes_ehr import Reply, serving
from fakes_hooks import order, patient, searchset

from smartapp.errors import Unreachable
from smartapp.facts import Gap, reference_of
from smartapp.sources import http
from smartapp.sources.access import Fixed
from smartapp.sources.chart import Servers, read_chart

CONDITION = {
    "resourceType": "Condition",
    "id": "c1",
    "subject": {"reference": "Patient/p1"},
}
TYPES = (
    *("Patient", "Coverage", "Condition", "Observation", "DiagnosticReport", "MedicationRequest"),
    *("MedicationStatement", "MedicationAdministration", "MedicationDispense", "Procedure"),
    *("QuestionnaireResponse", "ServiceRequest", "Medication"),
)
ALL = [f"patient/{name}.rs" for name in TYPES]


@contextmanager
def _launched(*resources, scopes=ALL, token="t", **more):
    vendor = fakes_vendors.hapi(*resources, token=token, **more)
    with serving(vendor) as ehr, http.session() as session:
        yield ehr, Servers(http=session).of(ehr.base, access=Fixed(token), scopes=scopes)


def _gaps(facts):
    return {(unread.type, unread.gap) for unread in facts.unread}


def _names(facts):
    return sorted(map(reference_of, facts.resources))


def test_a_chart_says_where_it_comes_from():
    with _launched(patient(), CONDITION) as (ehr, server):
        facts = read_chart(server, patient_id="p1", seconds=5)

        assert facts.origins == {"Patient/p1": ehr.base, "Condition/c1": ehr.base}
        assert ehr.tokens == {"Bearer t"}
    assert (facts.patient_id, _names(facts), facts.unread) == ("p1", ["Condition/c1", "Patient/p1"], ())


def test_a_type_that_was_not_granted_is_not_asked_for_and_it_is_said():
    scopes = [scope for scope in ALL if "Procedure" not in scope]
    with _launched(patient(), scopes=scopes) as (ehr, server):
        facts = read_chart(server, patient_id="p1", seconds=5)

        assert not [query for query in ehr.asked if query.startswith("Procedure")]
    assert [unread.text for unread in facts.unread] == [
        "Access to Procedure was refused: this launch was not granted it."
    ]


def test_a_type_that_may_be_read_but_not_searched_is_not_granted():
    scopes = [scope for scope in ALL if "Procedure" not in scope]
    with _launched(patient(), scopes=[*scopes, "patient/Procedure.r"]) as (_, server):
        facts = read_chart(server, patient_id="p1", seconds=5)

    assert _gaps(facts) == {("Procedure", Gap.NOT_GRANTED)}


def test_a_type_that_was_granted_in_part_is_asked_for_and_incomplete():
    scopes = [scope for scope in ALL if "Condition" not in scope]
    part = "patient/Condition.rs?category=encounter-diagnosis"
    with _launched(patient(), CONDITION, scopes=[*scopes, part]) as (_, server):
        facts = read_chart(server, patient_id="p1", seconds=5)

    assert (_names(facts), _gaps(facts)) == (["Condition/c1", "Patient/p1"], {("Condition", Gap.INCOMPLETE)})


def test_scopes_without_types_let_the_server_decide():
    with _launched(patient(), scopes=["launch", "openid"]) as (ehr, server):
        ehr.says("Procedure?patient=p1", Reply(status=403))

        facts = read_chart(server, patient_id="p1", seconds=5)

    assert _gaps(facts) == {("Procedure", Gap.NOT_GRANTED)}


@pytest.mark.parametrize(
    ("reply", "gap", "said"),
    [
        (Reply(status=403), Gap.NOT_GRANTED, "Access to Procedure was refused (403)."),
        (Reply(status=404), Gap.NOT_SUPPORTED, "The server does not offer Procedure (404)."),
        (
            Reply(status=429, headers={"Retry-After": "0"}),
            Gap.FAILED,
            "Procedure could not be read (429): the server is busy.",
        ),
        (Reply(status=500), Gap.FAILED, "Procedure could not be read (500)."),
        (Reply(body=b"<html>"), Gap.FAILED, "Procedure could not be read: the answer was not FHIR."),
        (
            Reply(body=b'{"resourceType":'),
            Gap.FAILED,
            "Procedure could not be read: the answer was not FHIR.",
        ),
        (
            Reply(body=searchset(), after=4),
            Gap.FAILED,
            "Procedure could not be read: the server did not answer in time.",
        ),
        (
            Reply(body=searchset(following="https://elsewhere.example/r4?page=2")),
            Gap.INCOMPLETE,
            "Procedure could not be read to the end: its next page is on another server, which is not asked.",
        ),
        (
            Reply(body=searchset(following="Procedure?page=2")),
            Gap.INCOMPLETE,
            "Procedure could not be read to the end (404).",
        ),
    ],
)
def test_what_goes_wrong_with_one_type_is_said_of_it_and_costs_no_other(reply, gap, said):
    with _launched(patient(), CONDITION) as (ehr, server):
        ehr.says("Procedure?patient=p1", reply)
        ehr.says("Procedure?page=2", Reply(status=404))

        facts = read_chart(server, patient_id="p1", seconds=2)

    assert _names(facts) == ["Condition/c1", "Patient/p1"]
    assert [(unread.type, unread.gap, unread.text) for unread in facts.unread] == [("Procedure", gap, said)]


def test_the_time_of_a_launch_is_kept_whatever_the_server_does():
    with _launched(patient(), CONDITION) as (ehr, server):
        ehr.says("Condition?patient=p1", Reply(status=503, headers={"Retry-After": "5"}))
        ehr.says("Observation?patient=p1", Reply(body=searchset(), after=9))
        ehr.says("Procedure?patient=p1", Reply(body=searchset(*[CONDITION] * 9), drip=0.05))
        started = time.monotonic()

        facts = read_chart(server, patient_id="p1", seconds=1.5)

        assert time.monotonic() - started < 4
    assert _gaps(facts) == {(name, Gap.FAILED) for name in ("Condition", "Observation", "Procedure")}


@pytest.mark.parametrize(
    ("status", "said"), [(404, "404"), (401, "launch again"), (500, "500"), (429, "busy")]
)
def test_a_server_that_gives_nothing_at_all_is_told_so(status, said):
    with _launched() as (ehr, server):
        ehr.default = Reply(status=status, headers={"Retry-After": "0"})
        ehr.answer = lambda *_: ehr.default

        with pytest.raises(Unreachable, match=said):
            read_chart(server, patient_id="p1", seconds=5)


def test_a_server_that_is_not_there_is_told_so():
    with http.session() as session:
        server = Servers(http=session).open("http://127.0.0.1:9/r4")

        with pytest.raises(Unreachable, match="could not be reached"):
            read_chart(server, patient_id="p1", seconds=3)


def test_another_patient_than_the_one_asked_for_is_never_taken():
    with _launched(patient("p2"), CONDITION) as (ehr, server):
        ehr.says("Patient/p1", Reply(body=patient("p2")))

        with pytest.raises(Unreachable, match="no Patient with this id"):
            read_chart(server, patient_id="p1", seconds=3)


def test_a_patient_who_may_not_be_read_is_known_by_the_id_alone():
    scopes = [scope for scope in ALL if "Patient" not in scope]
    with _launched(patient(), CONDITION, scopes=scopes) as (_, server):
        facts = read_chart(server, patient_id="p1", seconds=3)

    assert facts.find("Patient/p1") == {"resourceType": "Patient", "id": "p1"}
    assert _gaps(facts) == {("Patient", Gap.NOT_GRANTED)}


def test_records_of_the_same_person_that_were_merged_stay():
    link = [{"type": "replaces", "other": {"reference": "Patient/p0"}}]
    old = {**CONDITION, "id": "c0", "subject": {"reference": "Patient/p0"}}
    other = {**CONDITION, "id": "c9", "subject": {"reference": "Patient/p9"}}
    with _launched(patient(link=link), CONDITION, old, other, overlooks_patient=True) as (_, server):
        facts = read_chart(server, patient_id="p1", seconds=3)

    assert _names(facts) == ["Condition/c0", "Condition/c1", "Patient/p1"]


def test_the_order_that_the_ehr_named_is_read_even_when_no_search_gives_it():
    with _launched(patient()) as (ehr, server):
        ehr.says("MedicationRequest/o1", Reply(body=order()))
        context = [
            {"reference": "MedicationRequest/o1"},
            {"reference": f"{ehr.base}/ServiceRequest/s1"},
            {"reference": "https://elsewhere.example/r4/MedicationRequest/o2"},
            {"reference": "ImagingStudy/i1"},
            {"identifier": {"value": "x"}},
        ]

        facts = read_chart(server, patient_id="p1", seconds=3, fhir_context=context)

        named = [query for query in ehr.asked if "Request/" in query]
    assert (sorted(named), _names(facts)) == (
        ["MedicationRequest/o1", "ServiceRequest/s1"],
        ["MedicationRequest/o1", "Patient/p1"],
    )
    assert [remark.code for remark in facts.remarks if remark.code != "nonconformant"] == ["order-not-read"]


def test_a_named_order_of_another_patient_is_not_taken():
    with _launched(patient()) as (ehr, server):
        ehr.says("MedicationRequest/o1", Reply(body=order(patient="p2")))

        facts = read_chart(
            server, patient_id="p1", seconds=3, fhir_context=[{"reference": "MedicationRequest/o1"}]
        )

    assert _names(facts) == ["Patient/p1"]
    assert {remark.code for remark in facts.remarks} == {"other-patient", "order-not-read"}


def test_medications_beyond_what_is_read_one_by_one_are_said_to_be_missing():
    many = [
        order(f"o{i}", medicationReference={"reference": f"Medication/m{i}"}, status="active")
        for i in range(61)
    ]
    for item in many:
        del item["medicationCodeableConcept"]
    medications = [{"resourceType": "Medication", "id": f"m{i}"} for i in range(61)]
    with _launched(patient(), *many, *medications) as (_, server):
        facts = read_chart(server, patient_id="p1", seconds=9)

    assert len(list(facts.of_type("Medication"))) == 60
    assert _gaps(facts) == {("Medication", Gap.INCOMPLETE)}


def test_medications_that_were_not_granted_are_said_to_be_missing_where_something_refers_to_them():
    scopes = [scope for scope in ALL if "Medication." not in scope]
    one = order(medicationReference={"reference": "Medication/m1"})
    with _launched(patient(), one, scopes=scopes) as (ehr, server):
        facts = read_chart(server, patient_id="p1", seconds=3)

        assert not [query for query in ehr.asked if query.startswith("Medication/")]
    assert _gaps(facts) == {("Medication", Gap.NOT_GRANTED)}


def test_one_resource_is_read_or_it_is_said_why_not():
    practitioner = {"resourceType": "Practitioner", "id": "d1"}
    with _launched() as (ehr, server):
        ehr.says("Practitioner/d1", Reply(body=practitioner))
        ehr.says("Practitioner/d2", Reply(status=403))

        assert server.read("Practitioner/d1") == practitioner
        with pytest.raises(Unreachable, match="Access to Practitioner was refused"):
            server.read("Practitioner/d2")
