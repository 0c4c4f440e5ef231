"""Reading a FHIR server that pages, refuses, stalls or lies: nothing raises, nothing is lost in silence."""

import threading
import time
from contextlib import contextmanager

import pytest
from fakes_ehr import Reply, serving
from fakes_hooks import patient, searchset

from smartapp.config import LOOPBACK
from smartapp.errors import Unreachable
from smartapp.facts import Gap
from smartapp.sources import http, record
from smartapp.sources.access import Fixed, Once
from smartapp.sources.ehr import Reader, is_allowed
from smartapp.sources.search import Ask


def _condition(name):
    return {"resourceType": "Condition", "id": name, "subject": {"reference": "Patient/p1"}}


CONDITIONS = Ask(type="Condition", query="Condition?patient=p1")
OBSERVATIONS = Ask(type="Observation", query="Observation?patient=p1")


@contextmanager
def _reading(*, seconds=3.0, token=None):
    with serving() as ehr, http.session() as session:
        yield (
            ehr,
            Reader(
                http=session, base=ehr.base, access=Once(Fixed(token)), deadline=time.monotonic() + seconds
            ),
        )


def _gaps(given):
    return [(unread.type, unread.gap) for unread in given.unread]


def test_all_pages_are_read():
    with _reading() as (ehr, reader):
        ehr.says(
            "Condition?patient=p1", Reply(body=searchset(_condition("1"), following=f"{ehr.base}?page=2"))
        )
        ehr.says("/r4?page=2", Reply(body=searchset(_condition("2"), following="Condition?page=3")))
        ehr.says("Condition?page=3", Reply(body=searchset(_condition("3"))))

        found = reader.read([CONDITIONS])

    assert [item["id"] for item in found.resources] == ["1", "2", "3"]
    assert found.unread == ()


@pytest.mark.parametrize(
    "there",
    [
        "http://elsewhere.example/r4?page=2",
        "//elsewhere.example/r4",
        "../admin",
        "/r4evil/x",
        "/r4/..%2fadmin",
        "http://127.0.0.1@elsewhere.example/r4",
        "http://[::1/r4",
        "file:///etc/passwd",
    ],
)
def test_a_next_page_elsewhere_is_not_followed(there):
    with _reading(token="secret") as (ehr, reader):
        ehr.says("Condition?patient=p1", Reply(body=searchset(_condition("1"), following=there)))

        found = reader.read([CONDITIONS])

        assert ehr.asked == ["Condition?patient=p1"]
    assert ([item["id"] for item in found.resources], _gaps(found)) == (
        ["1"],
        [("Condition", Gap.INCOMPLETE)],
    )


def test_pages_that_go_round_in_circles_end():
    with _reading() as (ehr, reader):
        ehr.says("Condition?patient=p1", Reply(body=searchset(_condition("1"), following="Condition?page=2")))
        ehr.says("Condition?page=2", Reply(body=searchset(_condition("2"), following="Condition?patient=p1")))

        found = reader.read([CONDITIONS])

        assert len(ehr.asked) == 2
    assert _gaps(found) == [("Condition", Gap.INCOMPLETE)]


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
    with _reading() as (ehr, reader):
        ehr.says("Condition?patient=p1", reply)

        found = reader.read([CONDITIONS])

    assert (found.resources, _gaps(found)) == ((), [("Condition", gap)])


def test_a_page_that_fails_leaves_the_ones_before_it():
    with _reading() as (ehr, reader):
        ehr.says("Condition?patient=p1", Reply(body=searchset(_condition("1"), following="Condition?page=2")))
        ehr.says("Condition?page=2", Reply(status=500))

        found = reader.read([CONDITIONS])

    assert ([item["id"] for item in found.resources], _gaps(found)) == (
        ["1"],
        [("Condition", Gap.INCOMPLETE)],
    )


@pytest.mark.parametrize("status", [408, 429, 500, 502, 503, 504])
def test_what_may_be_over_in_a_moment_is_asked_again_after_the_pause_that_the_server_wants(status):
    with _reading() as (ehr, reader):
        ehr.says(
            "Condition?patient=p1",
            Reply(status=status, headers={"Retry-After": "0"}),
            Reply(status=status, headers={"Retry-After": "0.2"}),
            Reply(body=searchset(_condition("1"))),
        )
        started = time.monotonic()

        found = reader.read([CONDITIONS])

        assert (len(ehr.asked), time.monotonic() - started >= 0.2) == (3, True)
    assert ([item["id"] for item in found.resources], found.unread) == (["1"], ())


def test_a_server_that_stays_busy_is_left_alone():
    with _reading() as (ehr, reader):
        ehr.says("Condition?patient=p1", Reply(status=429, headers={"Retry-After": "0"}))

        found = reader.read([CONDITIONS])

        assert len(ehr.asked) == 3
    assert [(unread.gap, unread.text) for unread in found.unread] == [
        (Gap.FAILED, "Condition could not be read (429): the server is busy.")
    ]


@pytest.mark.parametrize("wanted", ["60", "3600", "inf"])
def test_a_server_that_wants_more_time_than_there_is_is_not_waited_for(wanted):
    with _reading(seconds=1) as (ehr, reader):
        ehr.says("Condition?patient=p1", Reply(status=429, headers={"Retry-After": wanted}))
        started = time.monotonic()

        found = reader.read([CONDITIONS])

        assert (len(ehr.asked), time.monotonic() - started < 0.5) == (1, True)
    assert _gaps(found) == [("Condition", Gap.FAILED)]


@pytest.mark.parametrize("wanted", ["Wed, 21 Oct 2099 07:28:00 GMT", "-5", "nan", "soon"])
def test_a_pause_that_is_no_number_of_seconds_is_a_short_one(wanted):
    with _reading() as (ehr, reader):
        ehr.says(
            "Condition?patient=p1",
            Reply(status=429, headers={"Retry-After": wanted}),
            Reply(body=searchset(_condition("1"))),
        )

        found = reader.read([CONDITIONS])

    assert ([item["id"] for item in found.resources], found.unread) == (["1"], ())


def test_a_search_that_counted_more_than_it_gave_is_incomplete():
    with _reading() as (ehr, reader):
        first = searchset(_condition("1"), following="Condition?page=2", total=3)
        ehr.says("Condition?patient=p1", Reply(body=first))
        ehr.says("Condition?page=2", Reply(body=searchset(_condition("2"), total=3)))

        found = reader.read([CONDITIONS])

    assert [item["id"] for item in found.resources] == ["1", "2"]
    assert [unread.text for unread in found.unread] == [
        "Condition could not be read to the end: the server counted more than it gave."
    ]


def test_what_was_included_does_not_make_up_for_a_missing_match():
    answer = searchset(_condition("1"), total=2)
    answer["entry"].append(
        {"resource": {"resourceType": "Patient", "id": "p1"}, "search": {"mode": "include"}}
    )
    with _reading() as (ehr, reader):
        ehr.says("Condition?patient=p1", Reply(body=answer))

        found = reader.read([CONDITIONS])

    assert _gaps(found) == [("Condition", Gap.INCOMPLETE)]


def test_the_pages_that_were_sent_before_count_too():
    rest = Ask(type="Condition", query="Condition?page=2", held=2)
    with _reading() as (ehr, reader):
        ehr.says("Condition?page=2", Reply(body=searchset(_condition("3"), total=3)))

        found = reader.read([rest])

    assert found.unread == ()


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
    answer = searchset(_condition("1"), total=1)
    answer["entry"].append({"resource": said, "search": {"mode": "outcome"}})
    with _reading() as (ehr, reader):
        ehr.says("Condition?patient=p1", Reply(body=answer))

        found = reader.read([CONDITIONS])

    assert ([item["id"] for item in found.resources], _gaps(found)) == (["1"], [("Condition", gap)])
    assert "p1" not in found.unread[0].text


@pytest.mark.parametrize("detail", ["4101", "4122"])
def test_an_outcome_that_merely_informs_is_no_gap(detail):
    issue = {"severity": "warning", "code": "processing", "details": {"coding": [{"code": detail}]}}
    with _reading() as (ehr, reader):
        ehr.says(
            "Condition?patient=p1",
            Reply(body=searchset({"resourceType": "OperationOutcome", "issue": [issue]}, total=0)),
        )

        found = reader.read([CONDITIONS])

    assert (found.resources, found.unread) == ((), ())


def test_a_chart_behind_the_glass_is_said_to_be():
    issue = {"severity": "fatal", "code": "forbidden", "details": {"coding": [{"code": "4130"}]}}
    with _reading() as (ehr, reader):
        ehr.says(
            "Condition?patient=p1",
            Reply(status=403, body={"resourceType": "OperationOutcome", "issue": [issue]}),
        )

        found = reader.read([CONDITIONS])

    assert [unread.text.partition(" (break")[0] for unread in found.unread] == [
        "Access to Condition was refused (403): the chart is restricted in the EHR"
    ]


def test_a_redirect_is_not_followed_and_takes_no_token_along():
    with serving() as elsewhere, _reading(token="secret") as (ehr, reader):
        ehr.says(
            "Condition?patient=p1", Reply(status=302, headers={"Location": f"{elsewhere.base}/Condition"})
        )

        found = reader.read([CONDITIONS])

        assert elsewhere.asked == []
    assert _gaps(found) == [("Condition", Gap.FAILED)]


def test_no_line_of_the_log_and_no_reason_tells_of_the_patient(caplog):
    caplog.set_level("DEBUG")
    born = {"resourceType": "OperationOutcome", "issue": [{"code": "invalid", "diagnostics": "Jane Doe p1"}]}
    with _reading(token="secret") as (ehr, reader):
        ehr.says("Condition?patient=p1", Reply(status=500, body=born))
        ehr.says("Observation?patient=p1", Reply(body={"resourceType": "Bundle", "link": 7, "entry": [[]]}))

        found = reader.read([CONDITIONS, OBSERVATIONS])

    said = caplog.text + " ".join(unread.text for unread in found.unread)
    assert not [word for word in ("p1", "secret", "Jane") if word in said]


def test_a_slow_type_costs_the_time_budget_once_and_the_others_nothing():
    slow = Ask(type="Observation", query="Observation?patient=p1")
    with _reading(seconds=0.6) as (ehr, reader):
        ehr.says("Condition?patient=p1", Reply(body=searchset(_condition("1"))))
        ehr.says("Observation?patient=p1", Reply(body=searchset(), after=2))
        started = time.monotonic()

        found = reader.read([CONDITIONS, slow])

        assert time.monotonic() - started < 1.2
    assert ([item["id"] for item in found.resources], _gaps(found)) == (["1"], [("Observation", Gap.FAILED)])


def test_a_server_that_trickles_keeps_neither_the_answer_nor_a_thread():
    with _reading(seconds=0.5) as (ehr, reader):
        ehr.says("Condition?patient=p1", Reply(body=searchset(*map(_condition, "1234")), drip=0.05))
        started = time.monotonic()

        found = reader.read([CONDITIONS])

        assert time.monotonic() - started < 1
        time.sleep(0.3)
        assert not [thread for thread in threading.enumerate() if thread.name.startswith("ehr")]
    assert _gaps(found) == [("Condition", Gap.FAILED)]


def test_types_are_read_side_by_side():
    asks = [
        Ask(type=name, query=f"{name}?patient=p1")
        for name in ("Condition", "Observation", "Procedure", "Coverage")
    ]
    with _reading() as (ehr, reader):
        ehr.default = Reply(body=searchset(), after=0.2)
        started = time.monotonic()

        reader.read(asks)

        assert time.monotonic() - started < 0.6


def test_a_server_that_is_not_there_is_unread():
    with http.session() as session:
        reader = Reader(http=session, base="http://127.0.0.1:9/r4", deadline=time.monotonic() + 1)

        found = reader.read([CONDITIONS])

    assert _gaps(found) == [("Condition", Gap.FAILED)]


def test_a_cookie_of_one_call_does_not_travel_with_the_next():
    with _reading(token="t") as (ehr, reader):
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
    with _reading() as (ehr, reader):
        ehr.says("Patient/p1", Reply(body=patient()))
        ehr.says("MedicationAdministration?patient=p1", Reply(body=searchset(administration)))
        ehr.says("Medication/m1", Reply(body=medication))

        found = record.read("p1", reader)

    assert found.resources == (patient(), administration, medication)
    assert found.unread == ()


def test_a_record_without_its_patient_cannot_be_read():
    with _reading() as (ehr, reader):
        ehr.says("Patient/p1", Reply(status=404))

        with pytest.raises(Unreachable, match="404"):
            record.read("p1", reader)


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
