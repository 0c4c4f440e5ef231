"""What many workers settle between them through the database."""

import multiprocessing
from datetime import UTC, datetime

import pytest

from smartapp.store import Store

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)


def _worker(url, start, names, queue):
    store = Store(url, clock=lambda: NOW)
    start.wait()
    queue.put(sum(store.guard.is_first("iss", name, until=NOW.timestamp() + 300) for name in names))


def _counting(url, start, names, queue):
    store = Store(url, clock=lambda: NOW)
    start.wait()
    until = NOW.timestamp() + 300
    told = [store.guard.first_and_count("iss", n, until=until, counted="iss", seconds=60) for n in names]
    queue.put([count for is_first, count in told if is_first])


@pytest.fixture(params=["sqlite", "postgresql"])
def shared(request, tmp_path):
    """A database that several processes can open, of each kind in turn."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'guard.sqlite3'}"
    return request.getfixturevalue("postgres")


@pytest.mark.requirement("cds-hooks-2.0.1#trusting-cds-clients")
def test_of_the_same_200_tokens_shown_to_four_processes_exactly_200_are_accepted(shared):
    assert sum(_four(_worker, shared, "jti")) == 200


@pytest.mark.requirement("cds-hooks-2.0.1#trusting-cds-clients")
def test_shown_and_counted_at_once_exactly_200_are_accepted_and_each_is_counted_once(shared):
    counts = sorted(count for told in _four(_counting, shared, "counted") for count in told)

    assert counts == list(range(1, 201))


def _four(work, url, prefix):
    """What four processes say that are shown the same 200 tokens at once."""
    names = [f"{prefix}-{number}" for number in range(200)]
    store = Store(url)
    store.rows("cards")  # the tables are there
    store.close()
    context = multiprocessing.get_context("spawn")
    start, queue = context.Barrier(4), context.Queue()
    workers = [context.Process(target=work, args=(url, start, names, queue)) for _ in range(4)]
    for worker in workers:
        worker.start()
    told = [queue.get(timeout=60) for _ in workers]
    for worker in workers:
        worker.join()
    return told


def test_a_token_that_was_seen_before_is_not_counted():
    guard = Store("sqlite://", clock=lambda: NOW).guard

    told = [
        guard.first_and_count("iss", "jti", until=NOW.timestamp() + 1, counted="iss", seconds=60)
        for _ in range(2)
    ]

    assert (told, guard.count("iss", seconds=60)) == ([(True, 1), (False, 0)], 2)


def test_the_same_token_of_another_issuer_is_another_token():
    guard = Store("sqlite://", clock=lambda: NOW).guard

    first = [guard.is_first(iss, "jti", until=NOW.timestamp() + 1) for iss in ("a", "b", "a")]

    assert first == [True, True, False]


def test_names_do_not_run_into_each_other():
    guard = Store("sqlite://", clock=lambda: NOW).guard

    assert [guard.is_first(*name, until=NOW.timestamp() + 1) for name in (("a", "bc"), ("ab", "c"))] == [
        True,
        True,
    ]


def test_calls_are_counted_anew_in_each_window():
    times = [0.0, 10.0, 59.0, 60.0, 61.0]
    moment = iter(times)
    clock = {"now": 0.0}
    guard = Store("sqlite://", clock=lambda: datetime.fromtimestamp(clock["now"], UTC)).guard

    counts = []
    for clock["now"] in moment:
        counts.append(guard.count("client", seconds=60))

    assert counts == [1, 2, 3, 1, 2]


def test_what_is_over_is_removed():
    clock = {"now": 1000.0}
    store = Store("sqlite://", clock=lambda: datetime.fromtimestamp(clock["now"], UTC))
    store.guard.is_first("a", until=1010)

    clock["now"] = 2000.0
    store.guard.is_first("b", until=2010)

    assert len(store.rows("guard")) == 1
