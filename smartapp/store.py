"""What is remembered: the cards that were given and what became of them. Never patient data.

Cards are written by a thread of the store's own, a moment after they were given: a hook call does not wait
for the database. SQLAlchemy is imported where it is used, for it takes longer to load than all the rest.
"""

import logging
from dataclasses import asdict, dataclass
from datetime import datetime
from queue import Queue
from threading import Event, Lock, Thread
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sqlalchemy import Engine, MetaData

log = logging.getLogger(__name__)

_GATHER_SECONDS = 0.25
"""Cards are written together: one transaction costs as much as answering a call."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """A card that was given."""

    uuid: str
    service: str
    policy: str
    outcome: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Feedback:
    """What a clinician did with a card; of a comment only that there was one, for it may name the patient."""

    card: str
    service: str
    outcome: str
    suggestions: tuple[str, ...]
    reason_code: str | None
    reason_system: str | None
    commented: bool
    timestamp: str
    at: datetime


class Store:
    """The database behind one URL, for many threads."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._queue: Queue[Card | None] = Queue()
        self._hurry = Event()
        self._lock, self._opening = Lock(), Lock()
        self._thread: Thread | None = None
        self._opened: _Database | None = None
        self._works = True

    def open(self) -> None:
        """Begin to open the database, without waiting for it."""
        with self._lock:
            if self._thread is None:
                self._thread = Thread(target=self._write_cards, name="store", daemon=True)
                self._thread.start()

    def issued(self, card: Card) -> None:
        """Remember a card, soon."""
        self._queue.put(card)
        self.open()

    def told(self, feedback: Feedback) -> bool:
        """Remember feedback; whether it is about a card that this service remembers giving."""
        self.settle()
        known = self._database().has("cards", uuid=feedback.card)
        row = asdict(feedback) | {"suggestions": list(feedback.suggestions), "known": known}
        self._database().insert("feedback", [row])
        return known

    def rows(self, table: str) -> list[dict[str, Any]]:
        """Everything in a table, for those who ask how the cards do."""
        self.settle()
        return self._database().rows(table)

    def settle(self) -> None:
        """Write what was to be remembered, now."""
        self._hurry.set()
        self._queue.join()
        self._hurry.clear()

    def is_ready(self) -> bool:
        """Whether the database did what it was asked the last time."""
        return self._works

    def close(self) -> None:
        """Write what is left and let go of the database."""
        if self._thread is not None:
            self._hurry.set()
            self._queue.put(None)
            self._thread.join()
        self._database().engine.dispose()

    def _write_cards(self) -> None:
        self._note([])
        while (card := self._queue.get()) is not None:
            self._hurry.wait(_GATHER_SECONDS)
            cards = [card]
            while not self._queue.empty() and (card := self._queue.get()) is not None:
                cards.append(card)
            self._note(cards)
            if card is None:
                return

    def _note(self, cards: list[Card]) -> None:
        try:
            self._database().insert("cards", [asdict(card) for card in cards])
            self._works = True
        except Exception as error:  # noqa: BLE001 - what cannot be noted must not stop what comes next
            self._works = False
            log.error("database failed kind=%s", type(error).__name__)  # noqa: TRY400 - no texts in the log
        for _ in cards:
            self._queue.task_done()

    def _database(self) -> "_Database":
        with self._opening:
            if self._opened is None:
                self._opened = _Database(self._url)
            return self._opened


class _Database:
    """The tables behind an engine; one writer at a time, as SQLite wants it."""

    def __init__(self, url: str) -> None:
        from sqlalchemy import create_engine  # noqa: PLC0415 - see the module's first lines
        from sqlalchemy.pool import StaticPool  # noqa: PLC0415

        options: dict[str, Any] = {}
        if url in {
            "sqlite://",
            "sqlite:///:memory:",
        }:  # one connection, or every thread has a database of its own
            options = {"poolclass": StaticPool, "connect_args": {"check_same_thread": False}}
        self.engine: Engine = create_engine(url, **options)
        self._tables = _tables()
        self._tables.create_all(self.engine)
        self._lock = Lock()

    def insert(self, table: str, rows: list[dict[str, Any]]) -> None:
        if not rows:
            return
        with self._lock, self.engine.begin() as connection:
            connection.execute(self._tables.tables[table].insert(), rows)

    def rows(self, table: str) -> list[dict[str, Any]]:
        with self._lock, self.engine.connect() as connection:
            found = connection.execute(self._tables.tables[table].select())
            return [dict(row) for row in found.mappings()]

    def has(self, table: str, **values: str) -> bool:
        with self._lock, self.engine.connect() as connection:
            found = self._tables.tables[table].select().filter_by(**values).limit(1)
            return connection.execute(found).first() is not None


def _tables() -> "MetaData":
    from sqlalchemy import JSON, Boolean, Column, DateTime, MetaData, String, Table  # noqa: PLC0415

    def texts(*names: str) -> list[Column[str]]:
        return [Column(name, String, index=name in {"uuid", "card"}) for name in names]

    tables = MetaData()
    Table(
        "cards", tables, *texts("uuid", "service", "policy", "outcome"), Column("at", DateTime(timezone=True))
    )
    Table(
        "feedback",
        tables,
        *texts("card", "service", "outcome", "reason_code", "reason_system", "timestamp"),
        Column("suggestions", JSON),
        Column("commented", Boolean),
        Column("known", Boolean),
        Column("at", DateTime(timezone=True)),
    )
    return tables
