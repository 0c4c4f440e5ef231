"""What was done with each review: lines are added, never changed. What names a patient is in the sealed detail."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from smartapp.store.sealing import Seal

if TYPE_CHECKING:
    from smartapp.store.database import Database


_PAGE = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditLine:
    """One thing that was done."""

    what: str
    who: str | None
    """"Practitioner/id" of the user whom the EHR named; None: it named none, or the service did it."""
    at: datetime
    detail: Mapping[str, Any] | None
    """What else is known; None too when its key is gone."""


class Audit:
    """The audit trail of one database."""

    def __init__(self, database: "Callable[[], Database]", seal: Seal) -> None:
        self._database, self._seal = database, seal

    def note(
        self,
        review: str,
        what: str,
        *,
        who: str | None,
        at: datetime,
        detail: Mapping[str, Any] | None = None,
    ) -> None:
        """Add a line; `review`, `what` and `who` are stored in clear and must not name a patient."""
        self._database().insert("audit", [self.line(review, what, who=who, at=at, detail=detail)])

    def line(
        self,
        review: str,
        what: str,
        *,
        who: str | None,
        at: datetime,
        detail: Mapping[str, Any] | None = None,
    ) -> dict[str, Any]:
        """The row of a line, to be added later."""
        sealed = None if detail is None else self._seal.seal(dict(detail), review)
        return {"review": review, "what": what, "who": who, "at": at.astimezone(UTC), "sealed": sealed}

    def all(self, *, since: datetime | None = None) -> Iterator[tuple[int, str, AuditLine]]:
        """Every line with its number and what it is about, in the order in which they were added."""
        from smartapp.store.tables import AUDIT  # noqa: PLC0415

        query = AUDIT.select().order_by(AUDIT.c.id).limit(_PAGE)
        if since is not None:
            query = query.where(AUDIT.c.at >= since.astimezone(UTC))
        last = 0
        while rows := self._rows(query.where(AUDIT.c.id > last)):
            yield from ((row["id"], row["review"], self._line(row)) for row in rows)
            last = rows[-1]["id"]

    def of(self, review: str) -> list[AuditLine]:
        """The lines of a review, in the order in which they were added."""
        from smartapp.store.tables import AUDIT  # noqa: PLC0415 - see the package's first lines

        query = AUDIT.select().where(AUDIT.c.review == review).order_by(AUDIT.c.id)
        return [self._line(row) for row in self._rows(query)]

    def _rows(self, query: Any) -> list[dict[str, Any]]:
        with self._database().begin() as connection:
            return [dict(row) for row in connection.execute(query).mappings()]

    def _line(self, row: Mapping[str, Any]) -> AuditLine:
        sealed = row["sealed"]
        return AuditLine(
            what=row["what"],
            who=row["who"],
            at=row["at"].replace(tzinfo=row["at"].tzinfo or UTC),  # SQLite keeps no zone
            detail=None if sealed is None else self._seal.open(sealed, row["review"]),
        )
