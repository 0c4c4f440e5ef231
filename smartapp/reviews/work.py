"""The work on one request: the answers so far, what was signed, what was written. One per patient, order and policy.

It outlives sessions and launches; every launch for the same order finds it again.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from typing import Any

from smartapp.outputs.form.authors import Author
from smartapp.outputs.form.errors import FieldError
from smartapp.reviews.view import Signature, TakenForm, WrittenPart

Removed = Mapping[str, tuple[str, ...]]
MOST_TOKENS = 50
"""How many forms sent are remembered, so that one that is sent twice counts once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Signed:
    """A signed version."""

    response: Mapping[str, Any]
    """The completed QuestionnaireResponse."""
    signature: Signature


@dataclass(frozen=True, slots=True, kw_only=True)
class Aside:
    """Answers that were sent when they could not be saved; they are added as soon as they can."""

    sent: Mapping[str, tuple[str, ...]]
    revision: int
    """Of the answers that the form had shown."""
    token: str
    reference: str | None
    name: str | None
    roles: tuple[Mapping[str, Any], ...] = ()
    practitioner: str | None = None
    """Who sent them."""

    @property
    def author(self) -> Author:
        """The same, as the author of the answers."""
        return Author(
            reference=self.reference, name=self.name, roles=self.roles, practitioner=self.practitioner
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """Immutable: every step makes a new one, and the vault swaps them."""

    id: str
    policy: str
    patient: str
    """"Patient/id"."""
    order: str | None
    """"MedicationRequest/id", or None: asked as if the product were ordered."""
    encounter: str | None = None
    items: tuple[Mapping[str, Any], ...] = ()
    """The answers as items of a QuestionnaireResponse, with those to questions not asked at present."""
    removed: Removed
    revision: int = 1
    """One more with every change of the answers."""
    number: int = 1
    """The version of the document."""
    typed: Mapping[str, tuple[str, ...]]
    errors: tuple[FieldError, ...] = ()
    is_signing: bool = False
    """Whether signing was tried and something was missing: then the missing answers are shown as errors."""
    tokens: tuple[str, ...] = ()
    read_at: datetime
    saved_at: datetime | None = None
    signed: Signed | None = None
    earlier: tuple[Signed, ...] = ()
    """The versions before the present one."""
    written: tuple[WrittenPart, ...] = ()
    in_chart: Mapping[str, str] = field(default_factory=dict)
    """What the EHR has of the earlier version, "Type/id" by part; an amendment takes its place."""
    asides: tuple[Aside, ...] = ()
    forms: tuple[TakenForm, ...] = ()
    """The forms of other apps for this request that the chart held."""

    def used(self, token: str) -> "Work":
        """The same, remembering the form that was sent."""
        return replace(self, tokens=(*self.tokens, token)[-MOST_TOKENS:])


def to_json(work: Work) -> dict[str, Any]:
    """The work as JSON."""
    return {**asdict(work), "read_at": work.read_at.isoformat(), **_times(work)}


def from_json(held: Mapping[str, Any]) -> Work:
    """The work that JSON holds."""
    signed = held["signed"]
    return Work(
        **{
            **held,
            "items": tuple(held["items"]),
            "removed": _tuples(held["removed"]),
            "typed": _tuples(held["typed"]),
            "errors": tuple(FieldError(**error) for error in held["errors"]),
            "tokens": tuple(held["tokens"]),
            "read_at": datetime.fromisoformat(held["read_at"]),
            "saved_at": datetime.fromisoformat(held["saved_at"]) if held["saved_at"] else None,
            "signed": _signed(signed) if signed else None,
            "earlier": tuple(_signed(one) for one in held["earlier"]),
            "written": tuple(WrittenPart(**part) for part in held["written"]),
            "forms": tuple(_form(one) for one in held.get("forms", ())),
            "asides": tuple(map(_aside, held["asides"])),
        }
    )


def _times(work: Work) -> dict[str, Any]:
    return {
        "saved_at": work.saved_at.isoformat() if work.saved_at else None,
        "signed": _signed_json(work.signed) if work.signed else None,
        "earlier": [_signed_json(one) for one in work.earlier],
    }


def _signed_json(signed: Signed) -> dict[str, Any]:
    signature = {**asdict(signed.signature), "at": signed.signature.at.isoformat()}
    return {"response": signed.response, "signature": signature}


def _signed(held: Mapping[str, Any]) -> Signed:
    signature = {**held["signature"], "at": datetime.fromisoformat(held["signature"]["at"])}
    return Signed(response=held["response"], signature=Signature(**signature))


def _form(held: Mapping[str, Any]) -> TakenForm:
    listed = {name: tuple(held[name]) for name in ("labels", "conflicts", "left")}
    return TakenForm(**{**held, **listed, "answers": _tuples(held["answers"])})


def _aside(held: Mapping[str, Any]) -> Aside:
    return Aside(**{**held, "sent": _tuples(held["sent"]), "roles": tuple(held.get("roles", ()))})


def _tuples(held: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    return {name: tuple(texts) for name, texts in held.items()}
