"""A patient's whole record from a FHIR server: every type that the criteria may need, and the orders."""

from collections.abc import Mapping
from dataclasses import replace

from smartapp.errors import Unreachable
from smartapp.facts import Gap, Remark, Unread, reference_of
from smartapp.sources import owners, plan, refusals
from smartapp.sources.ehr import Reader
from smartapp.sources.entries import Contents, merged
from smartapp.sources.plan import Plan
from smartapp.sources.queries import PATIENT
from smartapp.sources.references import references
from smartapp.sources.search import Ask

_BY_REFERENCE = {"Medication": 60, "ServiceRequest": 20, "Organization": 5}
"""How many resources of a type are read one by one because another one refers to them."""


def read(patient_id: str, reader: Reader, planned: Plan | None = None) -> Contents:
    """Everything about one patient; Unreachable when the server has no such patient or gives nothing."""
    planned = planned or plan.chart(patient_id)
    found = merged(
        (reader.read(planned.asks), Contents(full_urls={}, unread=planned.unread, remarks=planned.remarks))
    )
    found = _with_patient(owners.only_of(found, patient_id), patient_id)
    more = owners.only_of(referred(found, reader, barred=planned.barred, named=planned.named), patient_id)
    found = merged((found, more))
    return replace(found, remarks=(*found.remarks, *_unread_orders(planned, found)))


def referred(
    given: Contents,
    reader: Reader,
    *,
    barred: Mapping[str, Unread] | None = None,
    named: tuple[str, ...] = (),
) -> Contents:
    """The medications, requests and payers that resources refer to, and the orders that were named.

    `barred` are types that need not be asked for, with the reason.
    """
    barred = barred or {}
    known = set(map(reference_of, given.resources))
    names = dict.fromkeys(name for item in given.resources for name in references(item, given.full_urls))
    missing = [name for name in (*named, *names) if name not in known]
    wanted = {kind: [n for n in missing if n.startswith(f"{kind}/")] for kind in _BY_REFERENCE}
    asks = [
        Ask(type=kind, query=name)
        for kind, most in _BY_REFERENCE.items()
        for name in wanted[kind][:most]
        if kind not in barred
    ]
    orders = [Ask(type=name.partition("/")[0], query=name) for name in named if name in missing]
    found = reader.read(list(dict.fromkeys((*asks, *orders))))
    # of these only a Medication that stays unknown can hide what the criteria ask for
    unread = (*found.unread, *_not_asked(wanted["Medication"], barred.get("Medication")))
    return replace(found, unread=tuple(item for item in unread if item.type == "Medication"))


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
        why = unread.text if unread else "It gave none."
        raise Unreachable(f"The FHIR server gave no Patient with this id. {why}")
    bare = {"resourceType": PATIENT.type, "id": patient_id}
    return replace(found, resources=(bare, *found.resources))


def _unread_orders(planned: Plan, found: Contents) -> tuple[Remark, ...]:
    known = set(map(reference_of, found.resources))
    if all(name in known for name in planned.named):
        return ()
    text = "The order that the EHR named with the launch could not be read, or is another patient's."
    return (Remark(code="order-not-read", text=text),)
