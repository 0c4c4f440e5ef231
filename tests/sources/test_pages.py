"""Pages: all of them, below the base, to the end; or it is said that some are missing."""

import pytest
from fakes_ehr import Reply
from fakes_hooks import searchset
from fakes_reading import CONDITIONS, condition, gaps, reading

from smartapp.facts import Gap
from smartapp.sources.asks import Ask


def test_all_pages_are_read():
    with reading() as (ehr, reader):
        ehr.says(
            "Condition?patient=p1", Reply(body=searchset(condition("1"), following=f"{ehr.base}?page=2"))
        )
        ehr.says("/r4?page=2", Reply(body=searchset(condition("2"), following="Condition?page=3")))
        ehr.says("Condition?page=3", Reply(body=searchset(condition("3"))))

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
    with reading(token="secret") as (ehr, reader):
        ehr.says("Condition?patient=p1", Reply(body=searchset(condition("1"), following=there)))

        found = reader.read([CONDITIONS])

        assert ehr.asked == ["Condition?patient=p1"]
    assert ([item["id"] for item in found.resources], gaps(found)) == (
        ["1"],
        [("Condition", Gap.INCOMPLETE)],
    )


def test_pages_that_go_round_in_circles_end():
    with reading() as (ehr, reader):
        ehr.says("Condition?patient=p1", Reply(body=searchset(condition("1"), following="Condition?page=2")))
        ehr.says("Condition?page=2", Reply(body=searchset(condition("2"), following="Condition?patient=p1")))

        found = reader.read([CONDITIONS])

        assert len(ehr.asked) == 2
    assert gaps(found) == [("Condition", Gap.INCOMPLETE)]


def test_a_page_that_fails_leaves_the_ones_before_it():
    with reading() as (ehr, reader):
        ehr.says("Condition?patient=p1", Reply(body=searchset(condition("1"), following="Condition?page=2")))
        ehr.says("Condition?page=2", Reply(status=500))

        found = reader.read([CONDITIONS])

    assert ([item["id"] for item in found.resources], gaps(found)) == (
        ["1"],
        [("Condition", Gap.INCOMPLETE)],
    )


def test_a_search_that_counted_more_than_it_gave_is_incomplete():
    with reading() as (ehr, reader):
        first = searchset(condition("1"), following="Condition?page=2", total=3)
        ehr.says("Condition?patient=p1", Reply(body=first))
        ehr.says("Condition?page=2", Reply(body=searchset(condition("2"), total=3)))

        found = reader.read([CONDITIONS])

    assert [item["id"] for item in found.resources] == ["1", "2"]
    assert [unread.text for unread in found.unread] == [
        "Condition could not be read to the end: the server counted more than it gave."
    ]


@pytest.mark.parametrize(
    ("mode", "resource"),
    [
        ("include", {"resourceType": "Patient", "id": "p1"}),
        ("outcome", {"resourceType": "OperationOutcome", "issue": [{"severity": "information"}]}),
        (None, {"resourceType": "OperationOutcome", "issue": [{"severity": "information"}]}),
    ],
)
def test_what_came_besides_does_not_make_up_for_a_missing_match(mode, resource):
    answer = searchset(condition("1"), total=2)
    answer["entry"].append({"resource": resource, **({"search": {"mode": mode}} if mode else {})})
    with reading() as (ehr, reader):
        ehr.says("Condition?patient=p1", Reply(body=answer))

        found = reader.read([CONDITIONS])

    assert gaps(found) == [("Condition", Gap.INCOMPLETE)]


def test_the_pages_that_were_sent_before_count_too():
    rest = Ask(type="Condition", query="Condition?page=2", held=2)
    with reading() as (ehr, reader):
        ehr.says("Condition?page=2", Reply(body=searchset(condition("3"), total=3)))

        found = reader.read([rest])

    assert found.unread == ()


@pytest.mark.parametrize("kind", ["Basic", "Parameters", "Binary", "CapabilityStatement", "Condition"])
def test_an_answer_to_a_search_that_is_no_bundle_is_not_taken_for_an_empty_one(kind):
    with reading() as (ehr, reader):
        ehr.says("Condition?patient=p1", Reply(body=condition("1") | {"resourceType": kind}))

        found = reader.read([CONDITIONS])

    assert [unread.text for unread in found.unread] == [
        "Condition could not be read: the answer was not what was asked for."
    ]


def test_another_resource_than_the_one_that_was_to_be_read_is_not_taken_for_it():
    with reading() as (ehr, reader):
        ehr.says("Medication/m1", Reply(body=searchset()))

        found = reader.read([Ask(type="Medication", query="Medication/m1")])

    assert gaps(found) == [("Medication", Gap.FAILED)]


@pytest.mark.parametrize("entry", [{}, None, "x", {"resource": None}, {"fullUrl": "x"}, {"resource": {}}])
def test_an_entry_that_cannot_be_read_may_have_been_what_was_asked_for(entry):
    answer = searchset(condition("1"))
    answer["entry"].append(entry)
    with reading() as (ehr, reader):
        ehr.says("Condition?patient=p1", Reply(body=answer))

        found = reader.read([CONDITIONS])

    assert ([item["id"] for item in found.resources], gaps(found)) == (["1"], [("Condition", Gap.INCOMPLETE)])


def test_a_single_entry_that_is_no_list_may_have_been_what_was_asked_for():
    with reading() as (ehr, reader):
        ehr.says(
            "Condition?patient=p1",
            Reply(body=searchset() | {"entry": {"resource": condition("1")}, "total": 1}),
        )

        found = reader.read([CONDITIONS])

    assert gaps(found) == [("Condition", Gap.INCOMPLETE)]
