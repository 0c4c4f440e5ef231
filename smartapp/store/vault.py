"""JSON values under a kind and a key: encrypted, found again by an index text, gone when their time is over.

Neither key nor index is in the database, only their HMAC: whoever reads it learns no session id and no patient.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from smartapp.store.sealing import Seal

if TYPE_CHECKING:
    from smartapp.store.database import Database


class Vault:
    """The vault of one database, for many threads and many workers."""

    def __init__(
        self, database: "Callable[[], Database]", seal: Seal, *, clock: Callable[[], datetime]
    ) -> None:
        self._database, self._seal, self._clock = database, seal, clock
        self._swept_at = 0.0

    def put(
        self, kind: str, key: str, value: Any, *, index: str | None = None, seconds: float | None = None
    ) -> None:
        """Insert or replace a value; index and life are replaced too."""
        from smartapp.store.tables import VAULT  # noqa: PLC0415 - see the package's first lines

        self._sweep()
        row = self._row(kind, key, value, index=index, seconds=seconds)
        newer = {name: row[name] for name in _REPLACED} | {"version": VAULT.c.version + 1}
        statement = self._database().upsert("vault", row)
        with self._database().begin() as connection:
            connection.execute(VAULT.delete().where(VAULT.c.name.in_(self._older(kind, key))))
            connection.execute(statement.on_conflict_do_update(index_elements=["name"], set_=newer))

    def add(
        self, kind: str, key: str, value: Any, *, index: str | None = None, seconds: float | None = None
    ) -> bool:
        """Insert a value; False, and nothing done, when the key is taken. Of many callers one succeeds."""
        from smartapp.store.tables import VAULT  # noqa: PLC0415

        self._sweep()
        row = self._row(kind, key, value, index=index, seconds=seconds)
        over = VAULT.c.expires <= self._now()
        newer = {name: row[name] for name in _REPLACED} | {"version": 1}
        statement = self._database().upsert("vault", row)
        statement = statement.on_conflict_do_update(index_elements=["name"], set_=newer, where=over)
        written = statement.returning(VAULT.c.id)  # PostgreSQL tells no row count here
        taken = VAULT.select().where(VAULT.c.name.in_(self._older(kind, key)))
        with self._database().begin() as connection:
            return not connection.execute(taken).first() and bool(connection.execute(written).first())

    def fresh(self, kind: str, key: str, value: Any, *, seconds: float) -> dict[str, Any]:
        """The row of a value under a key that nobody used before, to be inserted with others at once."""
        self._sweep()
        return dict(self._row(kind, key, value, index=None, seconds=seconds))

    def get(self, kind: str, key: str) -> Any | None:
        """The value; None: unknown or expired."""
        found = self.get_versioned(kind, key)
        return found[0] if found else None

    def get_versioned(self, kind: str, key: str) -> tuple[Any, int] | None:
        """The value and its version, which grows with each write; None: unknown or expired."""
        from smartapp.store.tables import VAULT  # noqa: PLC0415

        query = VAULT.select().where(VAULT.c.name.in_(self._seal.names(kind, key)), self._is_alive())
        with self._database().begin() as connection:
            row = connection.execute(query).mappings().first()
        value = self._seal.open(row["sealed"], row["name"]) if row else None
        return (value, row["version"]) if row and value is not None else None

    def find(self, kind: str, index: str) -> list[Any]:
        """The values that were put with this index, the one written last first."""
        from smartapp.store.tables import VAULT  # noqa: PLC0415

        groups = self._seal.names(kind, "index", index)
        query = VAULT.select().where(VAULT.c.group.in_(groups), self._is_alive())
        query = query.order_by(VAULT.c.at.desc(), VAULT.c.id.desc())
        with self._database().begin() as connection:
            rows = connection.execute(query).mappings().all()
        values = [self._seal.open(row["sealed"], row["name"]) for row in rows]
        return [value for value in values if value is not None]

    def swap(self, kind: str, key: str, value: Any, *, version: int) -> bool:
        """Replace the value if it still has this version; index and life stay as they are."""
        from smartapp.store.tables import VAULT  # noqa: PLC0415

        changed = 0
        with self._database().begin() as connection:
            for name in self._seal.names(kind, key):
                same = (VAULT.c.name == name, VAULT.c.version == version, self._is_alive())
                sealed = self._seal.seal(value, name)
                written = {"sealed": sealed, "version": version + 1, "at": self._now()}
                changed += connection.execute(VAULT.update().where(*same).values(**written)).rowcount
        return changed > 0

    def delete(self, kind: str, key: str) -> None:
        """Forget a value; it need not be there."""
        self.take(kind, key)

    def take(self, kind: str, key: str) -> Any | None:
        """The value, which is then gone: of many callers one gets it."""
        from smartapp.store.tables import VAULT  # noqa: PLC0415

        names = self._seal.names(kind, key)
        query = VAULT.delete().where(VAULT.c.name.in_(names))
        with self._database().begin() as connection:
            row = connection.execute(query.returning(VAULT.c.name, VAULT.c.sealed, VAULT.c.expires)).first()
        if row is None or (row.expires is not None and row.expires <= self._now()):
            return None
        return self._seal.open(row.sealed, row.name)

    def _row(
        self, kind: str, key: str, value: Any, *, index: str | None, seconds: float | None
    ) -> Mapping[str, Any]:
        name, now = self._seal.names(kind, key)[0], self._now()
        return {
            "name": name,
            "group": None if index is None else self._seal.names(kind, "index", index)[0],
            "version": 1,
            "at": now,
            "expires": None if seconds is None else now + seconds,
            "sealed": self._seal.seal(value, name),
        }

    def _older(self, kind: str, key: str) -> list[str]:
        """The names that the keys before the newest gave."""
        return self._seal.names(kind, key)[1:]

    def _sweep(self) -> None:
        """Remove what is over, once a minute at most."""
        from smartapp.store.tables import VAULT  # noqa: PLC0415

        if self._now() < self._swept_at + _SWEEP_SECONDS:
            return
        self._swept_at = self._now()
        with self._database().begin() as connection:
            connection.execute(VAULT.delete().where(VAULT.c.expires <= self._now()))

    def _is_alive(self) -> Any:
        from smartapp.store.tables import VAULT  # noqa: PLC0415

        return (VAULT.c.expires > self._now()) | VAULT.c.expires.is_(None)

    def _now(self) -> float:
        return self._clock().timestamp()


_SWEEP_SECONDS = 60
_REPLACED = ("group", "at", "expires", "sealed")
