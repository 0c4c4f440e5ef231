"""The database behind an engine; within a process one writer at a time, as SQLite wants it."""

import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from threading import Lock
from typing import Any

from sqlalchemy import Connection, create_engine
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DatabaseError, OperationalError, SQLAlchemyError
from sqlalchemy.pool import StaticPool

from smartapp.store.tables import APPEND_ONLY, TABLES

log = logging.getLogger(__name__)

_IN_MEMORY = frozenset({"sqlite://", "sqlite:///:memory:"})


def _with_driver(url: str) -> str:
    """SQLAlchemy takes a PostgreSQL address without a driver for one of psycopg2, which is not ours."""
    scheme, separator, rest = url.partition("://")
    return f"postgresql+psycopg{separator}{rest}" if scheme in {"postgresql", "postgres"} else url


class Database:
    """An open database; its tables are made when they are not there."""

    def __init__(self, url: str) -> None:
        options: dict[str, Any] = {}
        if url in _IN_MEMORY:  # one connection, or every thread has a database of its own
            options = {"poolclass": StaticPool, "connect_args": {"check_same_thread": False}}
        self.engine = create_engine(_with_driver(url), hide_parameters=True, **options)
        self._log_ahead()
        self._make_tables()
        self._lock = Lock()
        self._guard_audit()

    @contextmanager
    def begin(self) -> Iterator[Connection]:
        """A transaction, committed unless it fails."""
        with self._lock, self.engine.begin() as connection:
            yield connection

    def insert(self, table: str, rows: list[dict[str, Any]]) -> None:
        """Add rows."""
        if not rows:
            return
        with self.begin() as connection:
            connection.execute(TABLES.tables[table].insert(), rows)

    def rows(self, table: str) -> list[dict[str, Any]]:
        """Every row."""
        with self.begin() as connection:
            found = connection.execute(TABLES.tables[table].select())
            return [dict(row) for row in found.mappings()]

    def has(self, table: str, **values: str) -> bool:
        """Whether there is a row with these values."""
        with self.begin() as connection:
            found = TABLES.tables[table].select().filter_by(**values).limit(1)
            return connection.execute(found).first() is not None

    def upsert(self, table: str, row: Mapping[str, Any]) -> sqlite.Insert | postgresql.Insert:
        """An INSERT that can say what to do ON CONFLICT, in the words of this database."""
        dialect = postgresql if self.engine.dialect.name == "postgresql" else sqlite
        statement: sqlite.Insert | postgresql.Insert = dialect.insert(TABLES.tables[table]).values(**row)
        return statement

    def _log_ahead(self) -> None:
        """Let SQLite write ahead: a commit is as safe as before (synchronous stays FULL), with one sync, not several.

        The file keeps the setting. Where it cannot be had, as while another process reads, the next start tries again.
        """
        if self.engine.dialect.name != "sqlite":
            return
        with suppress(OperationalError), self.engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA journal_mode=WAL")

    def _make_tables(self) -> None:
        """Make the tables that are not there; where another worker made one at the same moment, go on with the rest."""
        for _ in TABLES.tables:
            with suppress(DatabaseError):
                TABLES.create_all(self.engine)
                return
        TABLES.create_all(self.engine)

    def _guard_audit(self) -> None:
        """Let the database refuse to change the audit trail, in a table of an earlier version too."""
        try:
            with self.begin() as connection:
                for statement in APPEND_ONLY[self.engine.dialect.name]:
                    connection.exec_driver_sql(statement)
        except SQLAlchemyError as error:  # a user without the right to; the trail is kept all the same
            log.warning("the audit table is not append-only: triggers not made kind=%s", type(error).__name__)
