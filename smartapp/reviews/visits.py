"""A visit: one launch looking at one request. The page's address names it; only its own session may open it."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from secrets import token_hex, token_urlsafe
from typing import Any

from smartapp.outputs.form.authors import Author
from smartapp.sources.progress import Line
from smartapp.sources.progress import State as Come
from smartapp.store import Vault

_KIND, _PROGRESS = "visit", "progress"
_SECONDS = 7 * 24 * 3600
"""Longer than any session: a form that is sent after its session ended is still known."""
_LONGEST_READING = timedelta(minutes=2)


class State(StrEnum):
    """How far a visit has come."""

    READING = "reading"
    CHOOSING = "choosing"
    """Several orders could be meant."""
    READY = "ready"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderLine:
    """An order to choose."""

    reference: str
    text: str
    date: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """One launch, and what it is looking at."""

    id: str
    launch: str
    session: str
    iss: str
    ehr_name: str
    patient: str
    """The id of the Patient."""
    encounter: str | None
    user: str | None
    """"Practitioner/id", or None."""
    user_name: str | None
    roles: tuple[Mapping[str, Any], ...] = ()
    """As what the record shows the user, as CodeableConcepts; (): it does not say."""
    practitioner: str | None = None
    """"Practitioner/id" behind a user who is a PractitionerRole, where the record tells."""
    banner: bool
    open: bool
    chosen: str | None = None
    """The order that a person chose among several; "" for none of them."""
    csrf: str
    began_at: datetime
    state: State = State.READING
    why: str | None = None
    """Why the chart could not be read, for a person."""
    choices: tuple[OrderLine, ...] = ()
    work: str | None = None
    """The id of the work, once the chart was read."""

    @property
    def author(self) -> Author:
        """The user as the author of answers."""
        return Author(
            reference=self.user, name=self.user_name, roles=self.roles, practitioner=self.practitioner
        )

    def is_stuck(self, now: datetime) -> bool:
        """Whether a reading began so long ago that it was lost, with the process that did it."""
        return self.state is State.READING and now - self.began_at > _LONGEST_READING


class Visits:
    """The visits in a vault."""

    def __init__(self, vault: Vault) -> None:
        self._vault = vault

    def begin(self, **known: Any) -> Visit:
        """A new visit, reading the chart."""
        visit = Visit(id=token_hex(16), csrf=token_urlsafe(32), **known)
        self.keep(visit)
        return visit

    def find(self, visit_id: str) -> Visit | None:
        """The visit, or None when it is unknown or over."""
        held = self._vault.get(_KIND, visit_id)
        return _from_json(held) if held else None

    def keep(self, visit: Visit) -> Visit:
        """Remember the visit as it is now."""
        self._vault.put(_KIND, visit.id, _to_json(visit), seconds=_SECONDS)
        return visit

    def reading(self, visit: Visit, *, now: datetime) -> Visit:
        """The visit, reading the chart once more."""
        return self.keep(replace(visit, state=State.READING, began_at=now, why=None, choices=()))

    def tell(self, visit: Visit, lines: Sequence[Line]) -> None:
        """Remember how far the reading of a visit has come, for the page that waits for it."""
        held = [asdict(line) for line in lines]
        self._vault.put(_PROGRESS, _reading_of(visit), held, seconds=_LONGEST_READING.total_seconds())

    def told(self, visit: Visit) -> tuple[Line, ...]:
        """How far the reading has come; () before it has begun."""
        held = self._vault.get(_PROGRESS, _reading_of(visit)) or ()
        return tuple(Line(**{**line, "state": Come(line["state"])}) for line in held)

    def choosing(self, visit: Visit, order: str) -> Visit:
        """The visit, about the order that a person chose; "" for none of those in the chart."""
        return self.keep(replace(visit, chosen=order))

    def resumed(self, visit: Visit) -> Visit:
        """The visit with the chart as it was read before, if it was."""
        return visit if visit.work is None else self.keep(replace(visit, state=State.READY, why=None))

    def failed(self, visit: Visit, why: str) -> Visit:
        """The visit, whose chart could not be read."""
        return self.ended(replace(visit, state=State.FAILED, why=why))

    def ended(self, visit: Visit) -> Visit:
        """The visit as a reading left it, unless a newer reading began meanwhile: then that one decides."""
        now = self.find(visit.id)
        return self.keep(visit) if now is None or now.began_at == visit.began_at else now


def _reading_of(visit: Visit) -> str:
    """A visit may read its chart again."""
    return f"{visit.id}.{visit.began_at.isoformat()}"


def _to_json(visit: Visit) -> dict[str, Any]:
    return {**asdict(visit), "began_at": visit.began_at.isoformat()}


def _from_json(held: Mapping[str, Any]) -> Visit:
    return Visit(
        **{
            **held,
            "state": State(held["state"]),
            "began_at": datetime.fromisoformat(held["began_at"]),
            "roles": tuple(held.get("roles", ())),
            "choices": tuple(OrderLine(**choice) for choice in held["choices"]),
        }
    )
