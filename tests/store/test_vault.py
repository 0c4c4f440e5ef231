"""The vault keeps values that only its keys open, until their time is over, and settles races."""

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from smartapp.store import Store
from smartapp.store.sealing import fresh_key


class Clock:
    def __init__(self):
        self.now = datetime(2026, 6, 1, 12, tzinfo=UTC)

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def vault(clock, database_url):
    store = Store(database_url, clock=clock)
    yield store.vault
    store.close()


def test_a_value_is_found_by_its_kind_and_key_and_replaced_by_the_next(vault):
    vault.put("launch", "l1", {"patient": "p1"})
    vault.put("launch", "l1", {"patient": "p2"})

    assert vault.get("launch", "l1") == {"patient": "p2"}
    assert vault.get("review", "l1") is None
    assert vault.get("launch", "l2") is None


def test_what_is_found_by_an_index_comes_newest_first(vault, clock):
    for key in ("a", "b", "c"):
        vault.put("review", key, key, index="iss p1")
        clock.now += timedelta(seconds=1)
    vault.put("review", "a", "a again", index="iss p1")
    vault.put("review", "d", "d", index="iss p2")

    assert vault.find("review", "iss p1") == ["a again", "c", "b"]


def test_an_expired_value_is_gone_and_its_key_is_free_again(vault, clock):
    vault.put("state", "s", 1, seconds=60)

    clock.now += timedelta(seconds=60)

    assert vault.get("state", "s") is None
    assert vault.find("state", "s") == []
    assert vault.add("state", "s", 2)
    assert vault.get("state", "s") == 2


def test_of_many_who_add_the_same_key_one_succeeds(vault):
    with ThreadPoolExecutor(8) as pool:
        added = list(pool.map(lambda n: vault.add("jti", "j1", n), range(40)))

    assert added.count(True) == 1


def test_of_many_who_take_a_value_one_gets_it(vault):
    vault.put("state", "s", "once")

    with ThreadPoolExecutor(8) as pool:
        taken = list(pool.map(lambda _: vault.take("state", "s"), range(40)))

    assert sorted(filter(None, taken)) == ["once"]
    assert vault.take("state", "s") is None


def test_a_swap_needs_the_version_that_was_read(vault):
    vault.put("review", "r", "first")
    value, version = vault.get_versioned("review", "r")

    assert vault.swap("review", "r", "second", version=version)
    assert not vault.swap("review", "r", "third", version=version)
    assert (value, vault.get("review", "r")) == ("first", "second")


def test_a_deleted_value_is_gone(vault):
    vault.put("launch", "l", 1)

    vault.delete("launch", "l")
    vault.delete("launch", "l")

    assert vault.get("launch", "l") is None


def test_the_database_shows_neither_values_nor_keys_nor_indexes(tmp_path):
    store = Store(f"sqlite:///{tmp_path}/s.sqlite3")
    store.vault.put("launch", "session-id", {"name": "Iris Quill"}, index="Patient/p77")
    store.audit.note("r1", "signed", who="Practitioner/d", at=datetime.now(UTC), detail={"by": "Iris Quill"})
    store.close()

    bytes_ = (tmp_path / "s.sqlite3").read_bytes()
    assert [secret for secret in (b"Iris", b"p77", b"session-id") if secret in bytes_] == []


def test_keys_rotate_what_the_old_one_sealed_stays_readable_until_it_is_dropped(tmp_path):
    url, old, new = f"sqlite:///{tmp_path}/s.sqlite3", fresh_key(), fresh_key()
    before, during, after = Store(url, [old]), Store(url, [new, old]), Store(url, [new])
    before.vault.put("review", "r", 1, index="i")
    before.vault.put("review", "s", 1, index="i")

    assert (during.vault.get("review", "r"), during.vault.find("review", "i")) == (1, [1, 1])
    assert not during.vault.add("review", "r", 2)
    during.vault.put("review", "r", 2, index="i")

    assert (after.vault.get("review", "r"), after.vault.get("review", "s")) == (2, None)
    assert during.vault.find("review", "i") == [2, 1]
    for store in (before, during, after):
        store.close()


def test_a_row_moved_to_another_name_does_not_open(tmp_path):
    store = Store(f"sqlite:///{tmp_path}/s.sqlite3")
    store.vault.put("launch", "mine", {"patient": "p1"})
    store.vault.put("launch", "other", {"patient": "p2"})
    with sqlite3.connect(tmp_path / "s.sqlite3") as database:
        database.execute("update vault set sealed = (select sealed from vault where id = 2) where id = 1")
    database.close()

    assert store.vault.get("launch", "mine") is None
    store.close()
