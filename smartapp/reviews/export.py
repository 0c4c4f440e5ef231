"""The whole audit trail as AuditEvents: calls and what was read for them, reviews and what was done with them."""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

from smartapp.outputs.audit_event import Noted, audit_event
from smartapp.reviews.work import from_json
from smartapp.store import AuditLine, Store

Event = dict[str, Any]


def events(store: Store, *, service: str, since: datetime | None = None) -> Iterator[Event]:
    """Every line since then, in the order in which they were added; `service` is our own address.

    What only a key that is gone could open is left out of an event, not the event itself.
    """
    patient = _patients(store)
    for number, about, line in store.audit.all(since=since):
        noted = _noted(number, about, line, service, patient)
        yield audit_event(noted)
        yield from _reads(noted)


def _noted(number: int, about: str, line: AuditLine, service: str, patient: Callable[[str], str]) -> Noted:
    detail = dict(line.detail or {})
    named = str(detail.get("patient", ""))
    status = detail.get("status", 200)
    return Noted(
        id=f"audit-{number}",
        what=line.what,
        at=line.at,
        who=line.who or "",
        about=about,
        patient=f"Patient/{named}" if named else patient(about),
        status=status if isinstance(status, int) else 200,
        detail=detail,
        service=service,
        server=str(detail.get("payer", "")),
    )


def _reads(noted: Noted) -> Iterator[Event]:
    """What a call had this service read from the caller's FHIR server, each question an event."""
    for place, read in enumerate(noted.detail.get("reads", ())):
        yield audit_event(
            Noted(
                id=f"{noted.id}-{place + 1}",
                what="queried",
                at=noted.at,
                who=str(noted.detail.get("user", "")),
                about=noted.about,
                patient=noted.patient,
                service=noted.service,
                server=str(noted.detail.get("server", "")),
                queries=(str(read),),
                detail=noted.detail,
            )
        )


def _patients(store: Store) -> Callable[[str], str]:
    """Whose record a review is about, as "Patient/id"; empty: it is not kept any more, or is no review."""
    known: dict[str, str] = {}

    def patient(about: str) -> str:
        if about not in known:
            held = store.vault.get("work", about)
            known[about] = from_json(held).patient if held else ""
        return known[about]

    return patient
