"""The packet as a DocumentReference: the PDF inside, with the form and the order that it belongs to."""

import base64
from typing import Any

from smartapp.reviews.response import identifier
from smartapp.reviews.view import Signature
from smartapp.reviews.work import Work

_ADMINISTRATIVE = {"system": "http://loinc.org", "code": "51851-4", "display": "Administrative note"}


def document(
    work: Work, signature: Signature, pdf: bytes, *, form: str | None, earlier: str | None
) -> dict[str, Any]:
    """The document; `form` is the signed form in the EHR and `earlier` the packet that this one replaces.

    LOINC has no type for what a provider sends to a payer (52034-6 "Payer letter" is the payer's own): the packet is an
    administrative note, and the text says which.
    """
    at = signature.at.isoformat(timespec="seconds")
    author = {"reference": signature.reference, "display": signature.who}
    named = identifier(work)
    whole = {
        "resourceType": "DocumentReference",
        "identifier": [{**named, "value": f"{named['value']}.packet"}],
        "status": "current",
        "docStatus": "final" if work.number == 1 else "amended",
        "type": {"coding": [_ADMINISTRATIVE], "text": "Prior-authorization packet"},
        "category": [{"text": "Prior authorization"}],
        "subject": {"reference": work.patient},
        "date": at,
        "author": [{key: value for key, value in author.items() if value}],
        "relatesTo": [{"code": "replaces", "target": {"reference": earlier}}] if earlier else None,
        "content": [{"attachment": _attachment(work, pdf, at)}],
        "context": _context(work, form),
    }
    return {key: value for key, value in whole.items() if value}


def _attachment(work: Work, pdf: bytes, at: str) -> dict[str, str]:
    return {
        "contentType": "application/pdf",
        "data": base64.b64encode(pdf).decode(),
        "title": f"Prior-authorization packet, version {work.number}",
        "creation": at,
    }


def _context(work: Work, form: str | None) -> dict[str, Any]:
    related = [{"reference": name} for name in (form, work.order) if name]
    encounter = [{"reference": work.encounter}] if work.encounter else []
    return {key: value for key, value in (("encounter", encounter), ("related", related)) if value}
