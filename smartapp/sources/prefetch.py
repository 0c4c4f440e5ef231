"""From a CDS Hooks request to Facts, fetching what was not sent.

The rules are those of CDS Hooks 2.0.1 "Prefetch", one row each:

    sent: a resource or Bundle   use it; follow its next pages where the EHR may be read
    sent: null                   the query found nothing: no data, and no second query
    sent: an OperationOutcome    the client's query failed; do not repeat it, but where the server wants the
                                 question in pieces (Epic, Observation), ask those
    not sent, EHR readable       ask the same query ourselves
    not sent, not obtainable     required: 412; anything else: unknown, with the reason
"""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from smartapp.errors import BadHook, PrefetchMissing
from smartapp.facts import Facts, Gap, Resource, Unread, reference_of
from smartapp.sources import plan, refusals
from smartapp.sources.asks import Ask, Source
from smartapp.sources.entries import Contents, contents, link, merged
from smartapp.sources.queries import PATIENT, QUERIES, REQUIRED, Query
from smartapp.sources.record import referred

_REFERENCE_SECONDS = 1.0
"""The time for what is only referred to: it must not make a call slow that brought everything else."""
_CRD_MEDICATIONS = "medications"
"""CRD clients send the Medication of an order under this key, which CDS Hooks 2.0.1 has no query for."""

Prefetch = Mapping[str, Any]


def gather(prefetch: Prefetch, *, patient_id: str, drafts: Contents, reader: Source | None) -> Facts:
    """One patient's Facts; PrefetchMissing when Patient or Coverage can be had neither way."""
    sent = {
        query: _sent(prefetch[query.key], query, reader)
        for query in QUERIES
        if query.key in prefetch and not (reader and refusals.wants_more(prefetch[query.key]))
    }
    fetched = _fetched(sent, patient_id, reader)
    for query in REQUIRED:
        _require(query, sent.get(query, fetched))
    if PATIENT in sent:
        _refuse_other_patient(sent[PATIENT], patient_id)
    elif reader and not any(_is_patient(item, patient_id) for item in fetched.resources):
        raise _missing(PATIENT, "The FHIR server gave no Patient with this id.")
    given = merged((*sent.values(), drafts, also_sent(prefetch)))
    if reader is not None:
        fetched = merged((fetched, referred(merged((given, fetched)), reader.within(_REFERENCE_SECONDS))))
    return _facts(given, fetched, patient_id, base=reader.base if reader else "")


def require_patient(prefetch: Prefetch, reader: Source | None) -> None:
    """PrefetchMissing when the patient can be had neither way; nothing is fetched for it.

    The check for calls that are not about our orders: whoever cannot say who the patient is gets told so,
    and everyone else an immediate answer.
    """
    if PATIENT.key in prefetch:
        _require(PATIENT, _sent(prefetch[PATIENT.key], PATIENT, None))
    elif reader is None:
        raise _missing(PATIENT, "")


def also_sent(prefetch: Prefetch) -> Contents:
    """The Medication resources that a CRD client sends beside what was asked."""
    value = prefetch.get(_CRD_MEDICATIONS)
    return contents(value) if isinstance(value, Mapping) else Contents(full_urls={})


def _sent(value: Any, query: Query, reader: Source | None) -> Contents:
    if value is None:
        return Contents(full_urls={})
    paged = reader is not None and link(value, "next") is not None
    given = contents(value, paged=paged, about=query.type)
    kind = value["resourceType"]
    if kind in (query.type, "Bundle"):
        return given
    if kind != "OperationOutcome":  # what was not asked for must not look as if there were nothing
        unread = refusals.refusal(query.type, Gap.FAILED, why=refusals.SOMETHING_ELSE)
        return Contents(full_urls={}, unread=(unread,))
    gap = given.unread[0].gap if given.unread else Gap.FAILED
    return Contents(full_urls={}, unread=(refusals.refusal(query.type, gap),))


def _fetched(sent: Mapping[Query, Contents], patient_id: str, reader: Source | None) -> Contents:
    """What the EHR has under the keys that were not sent, and on the further pages of those that were."""
    absent = [query for query in QUERIES if query not in sent]
    if reader is None:
        return Contents(full_urls={}, unread=tuple(map(_not_sent, absent)))
    patient = quote(patient_id, safe="")
    asks = [plan.ask(query, patient) for query in absent]
    pages = [
        Ask(type=query.type, query=part.next, held=len(part.resources))
        for query, part in sent.items()
        if part.next
    ]
    return reader.read(asks + pages)


def _not_sent(query: Query) -> Unread:
    text = f"{query.type} was not sent with the call, and there was no FHIR server to ask."
    return Unread(type=query.type, gap=Gap.NOT_SENT, text=text)


def _require(query: Query, source: Contents) -> None:
    """Refuse when nothing of a required type could be read; a part of it, or an empty list, is an answer."""
    unread = [item for item in source.unread if item.type == query.type]
    if unread and not any(item["resourceType"] == query.type for item in source.resources):
        raise _missing(query, unread[0].text)


def _missing(query: Query, why: str) -> PrefetchMissing:
    # CDS Hooks 2.0.1 "Prefetch": 412 when required data can be had neither way
    why = why or f"{query.type} was not sent, and no FHIR server that may be read was named."
    what_helps = f"Send the prefetch '{query.key}' or a fhirServer that this service may read."
    return PrefetchMissing(f"{why} {what_helps}")


def _refuse_other_patient(source: Contents, patient_id: str) -> None:
    patients = (item for item in source.resources if item["resourceType"] == "Patient")
    if not all(_is_patient(item, patient_id) for item in patients):
        raise BadHook("The prefetch 'patient' is another one than the patient of context.patientId.")


def _is_patient(resource: Resource, patient_id: str) -> bool:
    return bool(resource["resourceType"] == "Patient" and resource.get("id") == patient_id)


def _facts(given: Contents, fetched: Contents, patient_id: str, *, base: str) -> Facts:
    parts = merged((given, fetched))
    origins = dict.fromkeys(map(reference_of, fetched.resources), base)
    return Facts(
        patient_id=patient_id,
        resources=_with_patient(parts.resources, patient_id),
        unread=parts.unread,
        remarks=parts.remarks,
        origins=origins | dict.fromkeys(map(reference_of, given.resources), "prefetch"),
        full_urls=parts.full_urls,
    )


def _with_patient(resources: tuple[Resource, ...], patient_id: str) -> tuple[Resource, ...]:
    """With the one Patient, bare when the id is all that is known; without a subscriber who is another."""
    others = [item for item in resources if item["resourceType"] != "Patient"]
    bare = {"resourceType": "Patient", "id": patient_id}
    return next((item for item in resources if _is_patient(item, patient_id)), bare), *others
