"""The audit trail grows and never changes: the database itself refuses."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from smartapp.store.audit import Audit
from smartapp.store.database import Database
from smartapp.store.sealing import Seal, fresh_key
from smartapp.store.tables import APPEND_ONLY

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize("statement", ["UPDATE audit SET what = 'x'", "DELETE FROM audit"])
def test_lines_can_be_added_and_neither_changed_nor_removed(database_url, statement):
    database = Database(database_url)
    audit = Audit(lambda: database, Seal((fresh_key(),)))
    audit.note("append-only", "saved", who=None, at=NOW)

    with pytest.raises(SQLAlchemyError), database.begin() as connection:
        connection.execute(text(statement))

    assert {line.what for line in audit.of("append-only")} == {"saved"}
    database.engine.dispose()


_UNGUARDED = {
    "sqlite": ("DROP TRIGGER audit_update", "DROP TRIGGER audit_delete"),
    "postgresql": ("DROP TRIGGER audit_append_only ON audit", "DROP FUNCTION audit_append_only"),
}


@pytest.mark.parametrize("statement", ["UPDATE audit SET what = 'x'", "DELETE FROM audit"])
def test_a_table_of_an_earlier_version_refuses_too_once_it_is_opened(existing_url, statement):
    _unguarded(existing_url)

    database = Database(existing_url)

    with pytest.raises(SQLAlchemyError, match="append only"), database.begin() as connection:
        connection.execute(text(statement))
    assert Audit(lambda: database, Seal((fresh_key(),))).of("older")[0].what == "saved"
    database.engine.dispose()


def test_workers_that_open_an_older_database_at_once_all_get_it(existing_url, caplog):
    _unguarded(existing_url)

    with ThreadPoolExecutor(8) as pool:
        opened = list(pool.map(lambda _: Database(existing_url), range(8)))

    assert "append-only" not in caplog.text
    with pytest.raises(SQLAlchemyError, match="append only"), opened[0].begin() as connection:
        connection.execute(text("DELETE FROM audit"))
    for database in opened:
        database.engine.dispose()


def test_a_database_that_lets_no_trigger_be_made_says_so_and_goes_on(existing_url, monkeypatch, caplog):
    monkeypatch.setitem(APPEND_ONLY, "sqlite", ("no such statement",))
    monkeypatch.setitem(APPEND_ONLY, "postgresql", ("no such statement",))

    database = Database(existing_url)

    assert "the audit table is not append-only" in caplog.text
    Audit(lambda: database, Seal((fresh_key(),))).note("x", "saved", who=None, at=NOW)
    database.engine.dispose()


@pytest.fixture
def existing_url(database_url, tmp_path):
    """The address of a database that is there again when it is opened again."""
    return f"sqlite:///{tmp_path / 'older.sqlite3'}" if database_url == "sqlite://" else database_url


def _unguarded(url):
    """A database as an earlier version left it: with a line, and nothing that keeps it."""
    database = Database(url)
    Audit(lambda: database, Seal((fresh_key(),))).note("older", "saved", who=None, at=NOW)
    with database.begin() as connection:
        for statement in _UNGUARDED[database.engine.dialect.name]:
            connection.execute(text(statement))
        connection.execute(text("UPDATE audit SET what = 'saved'"))
    database.engine.dispose()
