"""A signed review into the EHR: the form, and the packet as a document. What fails is said and can be repeated.

Each part bears an identifier of its own, so that a second try finds what the first one wrote.
"""

import logging
from collections.abc import Callable, Collection
from dataclasses import replace
from typing import Protocol

from smartapp.errors import NotSignable, NotWritten, Obstacle, SmartappError, place_of
from smartapp.facts import Resource
from smartapp.reviews.document import document
from smartapp.reviews.response import identifier
from smartapp.reviews.reviews import Reviews
from smartapp.reviews.view import WrittenPart
from smartapp.reviews.visits import Visit
from smartapp.reviews.work import Signed, Work

log = logging.getLogger(__name__)

FORM = "questionnaire-response"
PACKET = "packet"
_UNNAMED = "The EHR did not say under which name it keeps it. Look in the chart, or try again: it is not written twice."


_UNCHANGED = frozenset({Obstacle.NOT_SUPPORTED, Obstacle.NOT_GRANTED, Obstacle.REFUSED})
"""Obstacles by which an update surely changed nothing: many EHRs let an app create and not change."""


class Writer(Protocol):
    """Writes into the EHR of one launch; all raise NotWritten, which says why."""

    def create(self, resource: Resource, *, key: str) -> str | None:
        """The "Type/id" of the new resource, or of the one that an earlier try wrote; None: it has no name."""

    def update(self, resource: Resource, *, key: str) -> str | None:
        """The same for a resource that is there already."""

    def relate(self, reference: str, to: str) -> str | None:
        """The same for a document that is there and shall refer to another one ("Type/id" both)."""


def submit(reviews: Reviews, visit: Visit, *, writer: Writer, packet: Callable[[], bytes]) -> Work:
    """Write what is signed and not in the EHR yet; `packet` makes the PDF when it is needed."""
    work = reviews.work(visit)
    if work.signed is None:
        raise NotSignable("The form is not signed yet; there is nothing to write.")
    if _part(work, FORM).reference is None:
        signed = work.signed
        work = reviews.wrote(visit, _tried(FORM, lambda: _write_form(work, signed, writer)))
    form, held = _part(work, FORM), _part(work, PACKET)
    if held.reference is None:
        part = _tried(PACKET, lambda: _write_packet(work, packet(), form.reference, writer))
        work = reviews.wrote(visit, replace(part, lacks_form=bool(part.reference) and form.is_open))
    elif held.is_open and form.reference is not None:
        work = reviews.wrote(visit, _related(held.reference, form.reference, writer))
    return work


def _part(work: Work, what: str) -> WrittenPart:
    """What became of a part so far."""
    return next((part for part in work.written if part.what == what), WrittenPart(what=what))


def _related(packet: str, form: str, writer: Writer) -> WrittenPart:
    """The packet that went in before its form, once it refers to it."""
    part = _tried(PACKET, lambda: writer.relate(packet, form), finals=_UNCHANGED)
    return replace(part, reference=packet, lacks_form=part.why_not is not None)


def _tried(
    what: str, write: Callable[[], str | None], *, finals: Collection[Obstacle] = (Obstacle.NOT_SUPPORTED,)
) -> WrittenPart:
    """What becomes of writing a part; after an obstacle among `finals` it is of no use to try again."""
    try:
        reference = write()
        return WrittenPart(what=what, reference=reference, why_not=None if reference else _UNNAMED)
    except NotWritten as error:
        final = error.obstacle in finals
        return WrittenPart(what=what, why_not=str(error), is_final=final)
    except SmartappError as error:
        return WrittenPart(what=what, why_not=str(error))
    except Exception as error:  # noqa: BLE001 - what is signed stays signed; the page says what is not written
        log.error("fault kind=%s at=%s", type(error).__name__, place_of(error))  # noqa: TRY400 - no texts
        return WrittenPart(what=what, why_not="Something went wrong in this service; it was not written.")


def _write_form(work: Work, signed: Signed, writer: Writer) -> str | None:
    resource = {key: value for key, value in signed.response.items() if key != "id"}
    key = identifier(work)["value"]
    earlier = work.in_chart.get(FORM)
    if earlier is None:
        return writer.create(resource, key=key)
    # a form of another app is replaced as it was read, not as someone may have changed it since
    version = next((form.version for form in work.forms if form.reference == earlier), "")
    known = {"meta": {**resource.get("meta", {}), "versionId": version}} if version else {}
    try:
        return writer.update({**resource, **known, "id": earlier.partition("/")[2]}, key=key)
    except NotWritten as error:
        if error.obstacle not in _UNCHANGED:
            raise
        return writer.create(resource, key=key)  # the amendment then stands beside the first version


def _write_packet(work: Work, pdf: bytes, form: str | None, writer: Writer) -> str | None:
    assert work.signed is not None, "only what is signed is written"
    resource = document(work, work.signed.signature, pdf, form=form, earlier=work.in_chart.get(PACKET))
    return writer.create(resource, key=resource["identifier"][0]["value"])
