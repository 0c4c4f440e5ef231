"""How far a chart has been read, as it is told to the page that waits."""

from dataclasses import replace

from fakes_ehr import Reply
from fakes_hooks import searchset
from fakes_reading import CONDITIONS, OBSERVATIONS, condition, reading

from smartapp.facts import Gap
from smartapp.sources.entries import contents
from smartapp.sources.failed import FailedError
from smartapp.sources.progress import Line, Progress, State
from smartapp.sources.search import Ask, Search


def told(asks, prepare):
    """What was told while these were read, and what came."""
    lines = []
    with reading() as (ehr, reader):
        prepare(ehr)
        found = replace(reader, progress=Progress(lines.append)).read(asks)
    return lines, found


def states(lines):
    return {line.type: (line.state, line.count) for line in lines}


def test_everything_is_awaited_at_first_and_read_at_last():
    def prepare(ehr):
        ehr.says(CONDITIONS.query, Reply(body=searchset(condition("a"), condition("b"))))
        ehr.says(OBSERVATIONS.query, Reply(body=searchset()))

    lines, _ = told([CONDITIONS, OBSERVATIONS], prepare)

    awaited, read = State.AWAITED, State.READ
    assert states(lines[0]) == {"Condition": (awaited, 0), "Observation": (awaited, 0)}
    assert states(lines[-1]) == {"Condition": (read, 2), "Observation": (read, 0)}


def test_what_is_refused_is_told_as_missing_while_others_are_awaited():
    def prepare(ehr):
        ehr.says(CONDITIONS.query, Reply(status=403))
        ehr.says(OBSERVATIONS.query, Reply(body=searchset(), after=0.3))

    lines, found = told([CONDITIONS, OBSERVATIONS], prepare)

    assert {"Condition": (State.MISSING, 0), "Observation": (State.AWAITED, 0)} in map(states, lines)
    assert [unread.gap for unread in found.unread] == [Gap.NOT_GRANTED]


def searched(name, *pages, query="", **known):
    search = Search(ask=Ask(type=name, query=query or name), **known)
    search.pages.extend(pages)
    return search


def test_of_pages_it_is_told_how_many_records_came_so_far():
    lines = []
    going = searched("Condition", contents(searchset(condition("a"), condition("b"))))
    Progress(lines.append)([going])

    assert lines == [(Line(type="Condition", state=State.COMING, count=2),)]


def test_more_records_are_told_twice_a_second_at_most_and_the_end_at_once():
    now = [100.0]
    lines = []
    progress = Progress(lines.append, monotonic=lambda: now[0])
    going = searched("Condition", contents(searchset(condition("a"))))
    progress([going])
    for name in ("b", "c"):
        going.pages.append(contents(searchset(condition(name))))
        progress([going])
    now[0] += 1
    progress([])
    going.done = True
    progress([])

    assert [states(one)["Condition"] for one in lines] == [
        (State.COMING, 1),
        (State.COMING, 3),
        (State.READ, 3),
    ]


def test_pieces_take_the_place_of_a_question_that_was_not_taken():
    piece = Ask(type="Observation", query="Observation?category=laboratory")
    refused = Search(
        ask=Ask(type="Observation", query="Observation", pieces=(piece,)),
        failed=FailedError(Gap.FAILED, status=400),
    )
    lines = []

    Progress(lines.append)([refused, Search(ask=piece, done=True)])

    assert states(lines[0]) == {"Observation": (State.READ, 0)}


def test_that_a_person_could_not_be_read_is_no_alarm():
    gone = Search(
        ask=Ask(type="Practitioner", query="Practitioner/1"), failed=FailedError(Gap.FAILED, status=404)
    )
    lines = []

    Progress(lines.append)([gone])

    assert states(lines[0]) == {"Practitioner": (State.READ, 0)}


def test_a_page_that_cannot_be_told_costs_nothing(caplog):
    def broken(_):
        raise ValueError("Ann Example")

    with reading() as (ehr, reader):
        ehr.says(CONDITIONS.query, Reply(body=searchset(condition("a"))))
        found = replace(reader, progress=Progress(broken)).read([CONDITIONS])

    assert [item["id"] for item in found.resources] == ["a"]
    assert "Ann Example" not in caplog.text
