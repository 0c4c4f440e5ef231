"""How long a server is waited for, and how often it is asked again."""

import threading
import time

import pytest
from fakes_ehr import Reply
from fakes_hooks import searchset
from fakes_reading import CONDITIONS, condition, gaps, reading

from smartapp.facts import Gap
from smartapp.sources.asks import Ask
from smartapp.sources.failed import FailedError


@pytest.mark.parametrize("status", [408, 429, 500, 502, 503, 504])
def test_what_may_be_over_in_a_moment_is_asked_again_after_the_pause_that_the_server_wants(status):
    with reading() as (ehr, reader):
        ehr.says(
            "Condition?patient=p1",
            Reply(status=status, headers={"Retry-After": "0"}),
            Reply(status=status, headers={"Retry-After": "0.2"}),
            Reply(body=searchset(condition("1"))),
        )
        started = time.monotonic()

        found = reader.read([CONDITIONS])

        assert (len(ehr.asked), time.monotonic() - started >= 0.2) == (3, True)
    assert ([item["id"] for item in found.resources], found.unread) == (["1"], ())


def test_a_server_that_stays_busy_is_left_alone():
    with reading() as (ehr, reader):
        ehr.says("Condition?patient=p1", Reply(status=429, headers={"Retry-After": "0"}))

        found = reader.read([CONDITIONS])

        assert len(ehr.asked) == 3
    assert [(unread.gap, unread.text) for unread in found.unread] == [
        (Gap.FAILED, "Condition could not be read (429): the server is busy.")
    ]


@pytest.mark.parametrize("wanted", ["60", "3600", "inf"])
def test_a_server_that_wants_more_time_than_there_is_is_not_waited_for(wanted):
    with reading(seconds=4) as (ehr, reader):
        ehr.says("Condition?patient=p1", Reply(status=429, headers={"Retry-After": wanted}))
        started = time.monotonic()

        found = reader.read([CONDITIONS])

        assert (len(ehr.asked), time.monotonic() - started < 2) == (1, True)
    assert gaps(found) == [("Condition", Gap.FAILED)]


@pytest.mark.parametrize("wanted", ["Wed, 21 Oct 2099 07:28:00 GMT", "-5", "nan", "soon"])
def test_a_pause_that_is_no_number_of_seconds_is_a_short_one(wanted):
    with reading() as (ehr, reader):
        ehr.says(
            "Condition?patient=p1",
            Reply(status=429, headers={"Retry-After": wanted}),
            Reply(body=searchset(condition("1"))),
        )

        found = reader.read([CONDITIONS])

    assert ([item["id"] for item in found.resources], found.unread) == (["1"], ())


def test_a_slow_type_costs_the_time_budget_once_and_the_others_nothing():
    slow = Ask(type="Observation", query="Observation?patient=p1")
    with reading(seconds=2) as (ehr, reader):
        ehr.says("Condition?patient=p1", Reply(body=searchset(condition("1"))))
        ehr.says("Observation?patient=p1", Reply(body=searchset(), after=20))
        started = time.monotonic()

        found = reader.read([CONDITIONS, slow])

        assert time.monotonic() - started < 4
    assert ([item["id"] for item in found.resources], gaps(found)) == (["1"], [("Observation", Gap.FAILED)])


def test_a_server_that_trickles_keeps_neither_the_answer_nor_a_thread():
    with reading(seconds=0.5) as (ehr, reader):
        ehr.says("Condition?patient=p1", Reply(body=searchset(*map(condition, "1234")), drip=0.05))
        started = time.monotonic()

        found = reader.read([CONDITIONS])
        while [thread for thread in threading.enumerate() if thread.name.startswith("ehr")]:
            time.sleep(0.01)

        assert time.monotonic() - started < 5
    assert gaps(found) == [("Condition", Gap.FAILED)]


def test_a_second_page_that_does_not_begin_in_time_costs_neither_the_first_nor_the_answer():
    with reading(seconds=0.5) as (ehr, reader):
        ehr.says("Condition?patient=p1", Reply(body=searchset(condition("1"), following="Condition?page=2")))
        ehr.says("Condition?page=2", Reply(body=searchset(condition("2")), dawdle=0.1))

        found = reader.read([CONDITIONS])

    assert ([item["id"] for item in found.resources], gaps(found)) == (["1"], [("Condition", Gap.INCOMPLETE)])


def test_one_resource_that_trickles_is_given_up_when_its_time_is_over():
    with reading(seconds=0.5) as (ehr, reader):
        ehr.says(
            "metadata", Reply(body={"resourceType": "CapabilityStatement"} | {"name": "x" * 90}, drip=0.1)
        )
        started = time.monotonic()

        with pytest.raises(FailedError):
            reader.get("metadata")

        assert time.monotonic() - started < 4


def test_types_are_read_side_by_side():
    asks = [
        Ask(type=name, query=f"{name}?patient=p1")
        for name in ("Condition", "Observation", "Procedure", "Coverage")
    ]
    with reading() as (ehr, reader):
        ehr.default = Reply(body=searchset(), after=0.8)
        started = time.monotonic()

        reader.read(asks)

        assert time.monotonic() - started < 2.4
