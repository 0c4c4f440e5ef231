"""How a database is opened."""

from smartapp.store.database import Database


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
