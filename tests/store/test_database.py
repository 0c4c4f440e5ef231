"""How a database is opened."""

from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import pytest
from sqlalchemy import create_engine, text

from smartapp.store.database import Database


@pytest.fixture(params=["sqlite", "postgresql"])
def fresh_url(request, tmp_path):
    """The address of a database without any tables, of each kind in turn."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'fresh.sqlite3'}"
    url = request.getfixturevalue("postgres")
    name = f"fresh_{uuid4().hex}"
    engine = create_engine(url.replace("://", "+psycopg://"), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    engine.dispose()
    return url.replace("/postgres", f"/{name}")


def test_workers_that_open_an_empty_database_at_once_all_get_it(fresh_url):
    with ThreadPoolExecutor(8) as pool:
        opened = list(pool.map(lambda _: Database(fresh_url), range(8)))

    opened[0].insert("cards", [{"uuid": "u"}])
    assert [database.has("cards", uuid="u") for database in opened] == [True] * 8
    for database in opened:
        database.engine.dispose()


def test_sqlite_writes_ahead_and_a_commit_still_waits_for_the_disk(tmp_path):
    database = Database(f"sqlite:///{tmp_path / 'ahead.sqlite3'}")

    with database.begin() as connection:
        told = [
            connection.exec_driver_sql(f"PRAGMA {name}").scalar_one()
            for name in ("journal_mode", "synchronous")
        ]

    assert told == ["wal", 2]  # FULL
    database.engine.dispose()


def test_a_database_that_is_being_read_is_opened_all_the_same(tmp_path):
    url = f"sqlite:///{tmp_path / 'busy.sqlite3'}"
    first = Database(url)
    with first.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA journal_mode=DELETE")

    with first.engine.connect() as reading:
        reading.exec_driver_sql("BEGIN")
        reading.exec_driver_sql("SELECT count(*) FROM cards")
        second = Database(url)

    second.insert("cards", [{"uuid": "u"}])
    assert first.has("cards", uuid="u")
    for database in (first, second):
        database.engine.dispose()
