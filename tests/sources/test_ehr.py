"""Reading a FHIR server that refuses or lies: nothing raises, nothing is lost in silence."""

import time

import pytest
from fakes_ehr import Reply, serving
from fakes_hooks import patient, searchset
from fakes_reading import CONDITIONS, OBSERVATIONS, condition, gaps, reading

from smartapp.config import LOOPBACK
from smartapp.errors import Unreachable
from smartapp.facts import Gap
from smartapp.sources import http, record
from smartapp.sources.addresses import is_allowed
from smartapp.sources.ehr import Reader


@pytest.mark.parametrize(
    ("reply", "gap"),
    [
        (Reply(status=401), Gap.NOT_GRANTED),
        (Reply(status=403), Gap.NOT_GRANTED),
        (Reply(status=400), Gap.NOT_SUPPORTED),
        (Reply(status=404), Gap.NOT_SUPPORTED),
        (Reply(status=501), Gap.NOT_SUPPORTED),
        (Reply(status=500), Gap.FAILED),
        (Reply(status=302, headers={"Location": "http://127.0.0.1:1/"}), Gap.FAILED),
        (Reply(body=b"<html>"), Gap.FAILED),
        (Reply(body=b'{"resourceType": "Bundle", "total": NaN}'), Gap.FAILED),
        (Reply(body=[1]), Gap.FAILED),
        (Reply(body={"resourceType": "OperationOutcome"}), Gap.FAILED),
    ],
)
def test_what_a_server_does_not_give_is_unread_with_the_reason(reply, gap):
    with reading() as (ehr, reader):
        ehr.says("Condition?patient=p1", reply)

        found = reader.read([CONDITIONS])

    assert (found.resources, gaps(found)) == ((), [("Condition", gap)])


@pytest.mark.parametrize(
    ("detail", "gap"),
    [
        ("4119", Gap.INCOMPLETE),
        ("4135", Gap.INCOMPLETE),
        ("4130", Gap.NOT_GRANTED),
        ("4131", Gap.NOT_GRANTED),
    ],
)
def test_an_outcome_among_the_matches_tells_what_was_not_given(detail, gap):
    issue = {"severity": "warning", "code": "processing", "details": {"coding": [{"code": detail}]}}
    said = {
        "resourceType": "OperationOutcome",
        "issue": [{**issue, "diagnostics": "Patient p1 is restricted"}],
    }
    answer = searchset(condition("1"), total=1)
    answer["entry"].append({"resource": said, "search": {"mode": "outcome"}})
    with reading() as (ehr, reader):
        ehr.says("Condition?patient=p1", Reply(body=answer))

        found = reader.read([CONDITIONS])

    assert ([item["id"] for item in found.resources], gaps(found)) == (["1"], [("Condition", gap)])
    assert "p1" not in found.unread[0].text


@pytest.mark.parametrize("detail", ["4101", "4122"])
def test_an_outcome_that_merely_informs_is_no_gap(detail):
    issue = {"severity": "warning", "code": "processing", "details": {"coding": [{"code": detail}]}}
    with reading() as (ehr, reader):
        ehr.says(
            "Condition?patient=p1",
            Reply(body=searchset({"resourceType": "OperationOutcome", "issue": [issue]}, total=0)),
        )

        found = reader.read([CONDITIONS])

    assert (found.resources, found.unread) == ((), ())


def test_a_chart_behind_the_glass_is_said_to_be():
    issue = {"severity": "fatal", "code": "forbidden", "details": {"coding": [{"code": "4130"}]}}
    with reading() as (ehr, reader):
        ehr.says(
            "Condition?patient=p1",
            Reply(status=403, body={"resourceType": "OperationOutcome", "issue": [issue]}),
        )

        found = reader.read([CONDITIONS])

    assert [unread.text.partition(" (break")[0] for unread in found.unread] == [
        "Access to Condition was refused (403): the chart is restricted in the EHR"
    ]


def test_a_redirect_is_not_followed_and_takes_no_token_along():
    with serving() as elsewhere, reading(token="secret") as (ehr, reader):
        ehr.says(
            "Condition?patient=p1", Reply(status=302, headers={"Location": f"{elsewhere.base}/Condition"})
        )

        found = reader.read([CONDITIONS])

        assert elsewhere.asked == []
    assert gaps(found) == [("Condition", Gap.FAILED)]


def test_no_line_of_the_log_and_no_reason_tells_of_the_patient(caplog):
    caplog.set_level("DEBUG")
    born = {"resourceType": "OperationOutcome", "issue": [{"code": "invalid", "diagnostics": "Jane Doe p1"}]}
    with reading(token="secret") as (ehr, reader):
        ehr.says("Condition?patient=p1", Reply(status=500, body=born))
        ehr.says("Observation?patient=p1", Reply(body={"resourceType": "Bundle", "link": 7, "entry": [[]]}))

        found = reader.read([CONDITIONS, OBSERVATIONS])

    said = caplog.text + " ".join(unread.text for unread in found.unread)
    assert not [word for word in ("p1", "secret", "Jane") if word in said]


def test_a_server_that_is_not_there_is_unread():
    with http.session() as session:
        reader = Reader(http=session, base="http://127.0.0.1:9/r4", deadline=time.monotonic() + 1)

        found = reader.read([CONDITIONS])

    assert gaps(found) == [("Condition", Gap.FAILED)]


def test_a_cookie_of_one_call_does_not_travel_with_the_next():
    with reading(token="t") as (ehr, reader):
        ehr.default = Reply(body=searchset(), headers={"Set-Cookie": "lb=1; Path=/"})

        reader.read([CONDITIONS])

        assert (dict(reader.http.cookies), ehr.tokens) == ({}, {"Bearer t"})


def test_a_record_holds_what_its_resources_refer_to():
    administration = {
        "resourceType": "MedicationAdministration",
        "id": "a1",
        "medicationReference": {"reference": "Medication/m1"},
    }
    medication = {"resourceType": "Medication", "id": "m1", "code": {"text": "nivolumab"}}
    with reading() as (ehr, reader):
        ehr.says("Patient/p1", Reply(body=patient()))
        ehr.says("MedicationAdministration?patient=p1", Reply(body=searchset(administration)))
        ehr.says("Medication/m1", Reply(body=medication))

        found = record.read("p1", reader)

    assert found.resources == (patient(), administration, medication)
    assert found.unread == ()


@pytest.mark.parametrize(
    ("status", "said"),
    [
        (404, "There is no such Patient on the server (404)."),
        (410, "This Patient is no longer on the server (410)."),
        (403, "Access to Patient was refused (403)."),
        (501, "The server does not offer Patient (501)."),
    ],
)
def test_a_record_without_its_patient_cannot_be_read(status, said):
    with reading() as (ehr, reader):
        ehr.says("Patient/p1", Reply(status=status))

        with pytest.raises(Unreachable) as raised:
            record.read("p1", reader)

    assert str(raised.value) == said


@pytest.mark.parametrize(
    ("url", "servers", "allowed"),
    [
        ("http://127.0.0.1:8080/r4", (LOOPBACK,), True),
        ("http://localhost/r4/", (LOOPBACK,), True),
        ("https://ehr.example/r4/", ("https://ehr.example/r4",), True),
        ("https://ehr.example/r4x", ("https://ehr.example/r4",), False),
        ("https://ehr.example", ("https://ehr.example/r4",), False),
        ("http://169.254.169.254/latest", (LOOPBACK,), False),
        ("http://localhost.evil.example/r4", (LOOPBACK,), False),
        ("http://127.0.0.1/r4", (), False),
    ],
)
def test_only_servers_on_the_list_may_be_read(url, servers, allowed):
    assert is_allowed(url, servers) is allowed
