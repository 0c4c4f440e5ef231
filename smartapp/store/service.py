"""The store: a database that is opened when it is first needed, and what is kept in it.

Cards, what their links lead to, and the audit lines of calls, are written by a thread of the store's own a moment
later: a hook call does not wait for the database.
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from functools import partial
from queue import Queue
from secrets import token_hex
from threading import Event, Lock, Thread
from typing import TYPE_CHECKING, Any

from smartapp.store import leads
from smartapp.store.audit import Audit
from smartapp.store.cards import Card, Feedback
from smartapp.store.guard import Guard
from smartapp.store.leads import Lead
from smartapp.store.sealing import Seal, fresh_key
from smartapp.store.vault import Vault

if TYPE_CHECKING:
    from smartapp.store.database import Database

log = logging.getLogger(__name__)

_Row = tuple[str, Callable[[], dict[str, Any]]]
"""A table, and what makes the values for it: sealing takes longer than a call should wait."""
_GATHER_SECONDS = 0.25
"""Rows are written together: one transaction costs as much as answering a call."""


class Store:
    """The database behind one URL, for many threads.

    Without keys what is sealed can be opened only while this store lives.
    """

    def __init__(
        self,
        url: str,
        keys: Sequence[str] = (),
        *,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._url, self._clock = url, clock
        self._queue: Queue[_Row | None] = Queue()
        self._hurry = Event()
        self._lock, self._opening = Lock(), Lock()
        self._thread: Thread | None = None
        self._opened: Database | None = None
        self._works = True
        seal = Seal(keys or (fresh_key(),))
        self.vault = Vault(self._database, seal, clock=clock)
        self.audit = Audit(self._database, seal)
        self.guard = Guard(self._database, clock=clock)

    def open(self) -> None:
        """Begin to open the database, without waiting for it."""
        with self._lock:
            if self._thread is None:
                self._thread = Thread(target=self._write_rows, name="store", daemon=True)
                self._thread.start()

    def issued(self, card: Card) -> None:
        """Remember a card, soon."""
        self._queue.put(("cards", partial(asdict, card)))
        self.open()

    def leads(self, context: str, lead: Lead) -> None:
        """Remember what a card's appContext leads to, soon."""
        self._queue.put(("vault", partial(leads.row, self.vault, context, lead)))
        self.open()

    def led(self, context: str) -> Lead | None:
        """What an appContext leads to; None: it is no card's of this service, or too old."""
        self.settle()
        return leads.load(self.vault, context)

    def called(self, *, who: str | None, detail: Mapping[str, Any]) -> None:
        """Remember a call of a program, soon: a line of its own in the audit trail."""
        self._queue.put(("audit", partial(self._call, who=who, at=self._clock(), detail=detail)))
        self.open()

    def _call(self, *, who: str | None, at: datetime, detail: Mapping[str, Any]) -> dict[str, Any]:
        return self.audit.line(f"call-{token_hex(8)}", "called", who=who, at=at, detail=detail)

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

    def _write_rows(self) -> None:
        self._note([])
        while (row := self._queue.get()) is not None:
            self._hurry.wait(_GATHER_SECONDS)
            rows = [row]
            while not self._queue.empty() and (row := self._queue.get()) is not None:
                rows.append(row)
            self._note(rows)
            if row is None:
                return

    def _note(self, rows: list[_Row]) -> None:
        try:
            for table in ("cards", "audit", "vault"):
                self._database().insert(table, [values() for name, values in rows if name == table])
            self._works = True
        except Exception as error:  # noqa: BLE001 - what cannot be noted must not stop what comes next
            self._works = False
            log.error("database failed kind=%s", type(error).__name__)  # noqa: TRY400 - no texts in the log
        for _ in rows:
            self._queue.task_done()

    def _database(self) -> "Database":
        from smartapp.store.database import Database  # noqa: PLC0415 - see the package's first lines

        with self._opening:
            if self._opened is None:
                self._opened = Database(self._url)
            return self._opened
