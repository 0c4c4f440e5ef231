"""A patient's whole record from a FHIR server: every type that the criteria may need, and the orders."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from smartapp.errors import Unreachable
from smartapp.facts import Gap, Remark, Resource, Unread, reference_of
from smartapp.sources import orders, owners, plan, refusals
from smartapp.sources.asks import Ask, Source
from smartapp.sources.entries import Contents, merged
from smartapp.sources.plan import Plan
from smartapp.sources.queries import PATIENT
from smartapp.sources.references import references

_BY_REFERENCE = {
    "Medication": 60,
    "ServiceRequest": 20,
    "Organization": 8,
    "Practitioner": 8,
    "PractitionerRole": 8,
    "Location": 4,
    "Encounter": 4,
}
"""How many resources of a type are read one by one because another one refers to them."""


def read(patient_id: str, reader: Source, planned: Plan | None = None) -> Contents:
    """Everything about one patient; Unreachable when the server has no such patient or gives nothing."""
    planned = planned or plan.chart(patient_id)
    found = merged(
        (reader.read(planned.asks), Contents(full_urls={}, unread=planned.unread, remarks=planned.remarks))
    )
    found = _with_patient(owners.only_of(found, patient_id), patient_id)
    named = (*planned.named, *planned.besides)
    more = owners.only_of(referred(found, reader, barred=planned.barred, named=named), patient_id)
    found = merged((found, more))
    return replace(found, remarks=(*found.remarks, *_unread_orders(planned, found)))


def referred(
    given: Contents,
    reader: Source,
    *,
    barred: Mapping[str, Unread] | None = None,
    named: tuple[str, ...] = (),
) -> Contents:
    """What resources refer to, and what was named: medications, requests, payers, who asked for the waiting orders.

    What is found may refer on, as a role does to a person: that is read too, once. `barred` are types that need not
    be asked for, with the reason.
    """
    barred = barred or {}
    first = _read(given, reader, barred=barred, named=named)
    further = _read(first, reader, barred=barred, known=given.resources)
    found = merged((first, further))
    # of these only a Medication that stays unknown can hide what the criteria ask for
    return replace(found, unread=tuple(item for item in found.unread if item.type == "Medication"))


def _read(
    given: Contents,
    reader: Source,
    *,
    barred: Mapping[str, Unread],
    named: tuple[str, ...] = (),
    known: Iterable[Resource] = (),
) -> Contents:
    """What the given resources refer to and is not known yet, and what was named."""
    have = set(map(reference_of, (*given.resources, *known)))
    missing = [name for name in dict.fromkeys((*named, *_names(given))) if name not in have]
    wanted = {kind: [n for n in missing if n.startswith(f"{kind}/")] for kind in _BY_REFERENCE}
    asks = [
        Ask(type=kind, query=name)
        for kind, most in _BY_REFERENCE.items()
        for name in wanted[kind][:most]
        if kind not in barred
    ]
    asked_for = [Ask(type=name.partition("/")[0], query=name) for name in named if name in missing]
    found = reader.read(list(dict.fromkeys((*asks, *asked_for))))
    return replace(found, unread=(*found.unread, *_not_asked(wanted["Medication"], barred.get("Medication"))))


def _names(given: Contents) -> Iterator[str]:
    for item in given.resources:
        yield from references(item, given.full_urls)
    yield from orders.people_and_places(given.resources, given.full_urls)


def _not_asked(medications: list[str], barred: Unread | None) -> tuple[Unread, ...]:
    if medications and barred:
        return (barred,)
    if len(medications) <= _BY_REFERENCE["Medication"]:
        return ()
    return (refusals.refusal("Medication", Gap.INCOMPLETE, why=refusals.TOO_MANY_REFERENCES),)


def _with_patient(found: Contents, patient_id: str) -> Contents:
    """With the Patient, bare when the server gives others but not this one resource."""
    if any(item["resourceType"] == PATIENT.type for item in found.resources):
        return found
    unread = next((unread for unread in found.unread if unread.type == PATIENT.type), None)
    if unread is None or unread.gap is Gap.NOT_SUPPORTED or not found.resources:
        raise Unreachable(unread.text if unread else "The FHIR server gave no Patient with this id.")
    bare = {"resourceType": PATIENT.type, "id": patient_id}
    return replace(found, resources=(bare, *found.resources))


def _unread_orders(planned: Plan, found: Contents) -> tuple[Remark, ...]:
    known = set(map(reference_of, found.resources))
    if all(name in known for name in planned.named):
        return ()
    text = "The order that the launch is about could not be read, or is another patient's."
    return (Remark(code="order-not-read", text=text),)
