"""Each token once, and so many calls in a minute: settled by the database, for all workers alike.

Only hashes and counts are kept. A plain SHA-256 will do, and holds when the keys of the seal are rotated.
"""

import hashlib
import json
from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from smartapp.store.database import Database

_SWEEP_SECONDS = 60


class Guard:
    """The guard of one database, for many threads and many workers."""

    def __init__(self, database: "Callable[[], Database]", *, clock: Callable[[], datetime]) -> None:
        self._database, self._clock = database, clock
        self._swept_at = 0.0

    def is_first(self, *name: str, until: float) -> bool:
        """Whether this was not seen before, remembered until a time (epoch seconds). Of many callers one is first."""
        self._sweep()
        with self._database().begin() as connection:
            return self._is_first(connection, name, until)

    def count(self, *name: str, seconds: int) -> int:
        """How often this was counted in the present window of so many seconds, with this time."""
        self._sweep()
        with self._database().begin() as connection:
            return self._count(connection, name, seconds)

    def first_and_count(self, *name: str, until: float, counted: str, seconds: int) -> tuple[bool, int]:
        """Both at once, for what waits for it: a commit takes longer than all the rest. Only a first one is counted."""
        self._sweep()
        with self._database().begin() as connection:
            if not self._is_first(connection, name, until):
                return False, 0
            return True, self._count(connection, (counted,), seconds)

    def _is_first(self, connection: "Connection", name: tuple[str, ...], until: float) -> bool:
        from smartapp.store.tables import GUARD  # noqa: PLC0415 - see the package's first lines

        row = {"name": _hash("seen", *name), "count": 1, "expires": until}
        statement = self._database().upsert("guard", row).on_conflict_do_nothing(index_elements=["name"])
        # PostgreSQL tells no row count here
        return connection.execute(statement.returning(GUARD.c.name)).first() is not None

    def _count(self, connection: "Connection", name: tuple[str, ...], seconds: int) -> int:
        from smartapp.store.tables import GUARD  # noqa: PLC0415 - see the package's first lines

        window = int(self._now() // seconds)
        row = {
            "name": _hash("count", *name, str(window)),
            "count": 1,
            "expires": float((window + 1) * seconds),
        }
        statement = self._database().upsert("guard", row)
        statement = statement.on_conflict_do_update(
            index_elements=["name"], set_={"count": GUARD.c.count + 1}
        )
        return int(connection.execute(statement.returning(GUARD.c.count)).scalar_one())

    def _sweep(self) -> None:
        """Remove what is over, once a minute at most."""
        from smartapp.store.tables import GUARD  # noqa: PLC0415

        if self._now() < self._swept_at + _SWEEP_SECONDS:
            return
        self._swept_at = self._now()
        with self._database().begin() as connection:
            connection.execute(GUARD.delete().where(GUARD.c.expires <= self._now()))

    def _now(self) -> float:
        return self._clock().timestamp()


def _hash(*parts: str) -> str:
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()
