"""A signed review into the EHR: the form, and the packet as a document. What fails is said and can be repeated.

Each part bears an identifier of its own, so that a second try finds what the first one wrote.
"""

import base64
import logging
from collections.abc import Callable
from typing import Any, Protocol

from smartapp.errors import NotSignable, NotWritten, Obstacle, SmartappError, place_of
from smartapp.facts import Resource
from smartapp.reviews.answering import FORM
from smartapp.reviews.response import identifier
from smartapp.reviews.reviews import Reviews
from smartapp.reviews.view import WrittenPart
from smartapp.reviews.visits import Visit
from smartapp.reviews.work import Signed, Work

log = logging.getLogger(__name__)

PACKET = "packet"
_UNNAMED = "The EHR did not say under which name it keeps it. Look in the chart, or try again: it is not written twice."


class Writer(Protocol):
    """Writes into the EHR of one launch; both raise NotWritten, which says why."""

    def create(self, resource: Resource, *, key: str) -> str | None:
        """The "Type/id" of the new resource, or of the one that an earlier try wrote; None: it has no name."""

    def update(self, resource: Resource, *, key: str) -> str | None:
        """The same for a resource that is there already."""


def submit(reviews: Reviews, visit: Visit, *, writer: Writer, packet: Callable[[], bytes]) -> Work:
    """Write what is signed and not in the EHR yet; `packet` makes the PDF when it is needed."""
    work = reviews.work(visit)
    if work.signed is None:
        raise NotSignable("The form is not signed yet; there is nothing to write.")
    if _name(work, FORM) is None:
        signed = work.signed
        work = reviews.wrote(visit, _tried(FORM, lambda: _write_form(work, signed, writer)))
    if _name(work, PACKET) is None:
        form = _name(work, FORM)
        work = reviews.wrote(visit, _tried(PACKET, lambda: _write_packet(work, packet(), form, writer)))
    return work


def document(work: Work, pdf: bytes, form: str | None) -> dict[str, Any]:
    """The packet as a DocumentReference; `form` is the signed form in the EHR."""
    signed = _signed(work)
    at = signed.signature.at.isoformat(timespec="seconds")
    attachment = {
        "contentType": "application/pdf",
        "data": base64.b64encode(pdf).decode(),
        "title": f"Prior-authorization packet, version {work.number}",
        "creation": at,
    }
    author = {"reference": signed.signature.reference, "display": signed.signature.who}
    related = [{"reference": name} for name in (form, work.order) if name and "/" in name]
    context = {
        "encounter": [{"reference": work.encounter}] if work.encounter else None,
        "related": related or None,
    }
    return {
        "resourceType": "DocumentReference",
        "identifier": [_key(work, PACKET)],
        "status": "current",
        "docStatus": "final" if work.number == 1 else "amended",
        "type": {"text": "Prior-authorization packet"},
        "category": [{"text": "Prior authorization"}],
        "subject": {"reference": work.patient},
        "date": at,
        "author": [{key: value for key, value in author.items() if value}],
        "content": [{"attachment": attachment}],
        "context": {key: value for key, value in context.items() if value},
    }


def _name(work: Work, what: str) -> str | None:
    """By which name the EHR has a part, or None."""
    return next((part.reference for part in work.written if part.what == what), None)


def _tried(what: str, write: Callable[[], str | None]) -> WrittenPart:
    try:
        reference = write()
        return WrittenPart(what=what, reference=reference, why_not=None if reference else _UNNAMED)
    except NotWritten as error:
        final = error.obstacle is Obstacle.NOT_SUPPORTED
        return WrittenPart(what=what, why_not=str(error), is_final=final)
    except SmartappError as error:
        return WrittenPart(what=what, why_not=str(error))
    except Exception as error:  # noqa: BLE001 - what is signed stays signed; the page says what is not written
        log.error("fault kind=%s at=%s", type(error).__name__, place_of(error))  # noqa: TRY400 - no texts
        return WrittenPart(what=what, why_not="Something went wrong in this service; it was not written.")


def _write_form(work: Work, signed: Signed, writer: Writer) -> str | None:
    resource = {key: value for key, value in signed.response.items() if key != "id"}
    key = identifier(work)["value"]
    if work.in_chart is not None and work.in_chart.startswith("QuestionnaireResponse/"):
        try:
            return writer.update({**resource, "id": work.in_chart.partition("/")[2]}, key=key)
        except NotWritten:  # many EHRs let an app create and not change: then the amendment stands beside
            return writer.create(resource, key=key)
    return writer.create(resource, key=key)


def _write_packet(work: Work, pdf: bytes, form: str | None, writer: Writer) -> str | None:
    return writer.create(document(work, pdf, form), key=_key(work, PACKET)["value"])


def _key(work: Work, what: str) -> dict[str, str]:
    named = identifier(work)
    return {**named, "value": f"{named['value']}.{what}"}


def _signed(work: Work) -> Signed:
    assert work.signed is not None, "only what is signed is written"
    return work.signed
