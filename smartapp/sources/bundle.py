"""From a Bundle, or a record read from a server, to a Case: one patient's Facts and the order in question."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Generic, TypeVar

from smartapp.errors import BadInput
from smartapp.facts import Facts, Remark, Resource, is_forbidden, reference_of
from smartapp.sources import orders
from smartapp.sources.entries import Contents, contents
from smartapp.sources.queries import TYPES
from smartapp.sources.references import subject_of

M = TypeVar("M")
Match = Callable[[Resource], M | None]
"""Tells which policy covers an order; None: no policy does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case(Generic[M]):
    """What is asked: about whom, and about which order."""

    facts: Facts
    order: Resource | None
    """None: no order is at hand, ask as if the product were ordered."""
    match: M | None
    """None beside an order: no policy covers it."""


def read(bundle: Any) -> Contents:
    """What a file's Bundle holds; BadInput when it is none."""
    if not isinstance(bundle, dict) or bundle.get("resourceType") != "Bundle":
        raise BadInput("The input is not a FHIR Bundle.")
    return contents(bundle)


def case_of(given: Contents, *, match: Match[M], order: str | None, origin: str) -> Case[M]:
    """The case in what was read; `order` ("Type/id") chooses between orders; BadInput: there is none."""
    given = replace(given, resources=tuple(map(_with_patient_id, given.resources)))
    patients = tuple(dict.fromkeys(str(r["id"]) for r in given.resources if r["resourceType"] == "Patient"))
    if not patients:
        raise BadInput("The input holds no Patient.")
    match = _reading_references(match, given)
    chosen = _chosen(given, patients, match, order)
    patient = _owner(chosen, given, patients)
    kept = _of_patient(given, patient, alone=len(patients) == 1)
    return _case(_facts(kept, patient, origin), chosen, match, given)


def _with_patient_id(resource: Resource) -> Resource:
    named = resource["resourceType"] != "Patient" or isinstance(resource.get("id"), str)
    return resource if named else {**resource, "id": "unnamed"}


def _reading_references(match: Match[M], given: Contents) -> Match[M]:
    known = orders.medications(given.resources)
    return lambda order: match(orders.with_medication(order, known, given.full_urls))


def _facts(given: Contents, patient: str, origin: str) -> Facts:
    return Facts(
        patient_id=patient,
        resources=given.resources,
        unread=given.unread,
        remarks=given.remarks,
        origins=dict.fromkeys(map(reference_of, given.resources), origin),
        full_urls=given.full_urls,
    )


def _chosen(
    given: Contents, patients: tuple[str, ...], match: Match[M], order: str | None
) -> Resource | None:
    if order is not None:
        return _named(order, given)
    candidates = _candidates(given, patients, match)
    if len(candidates) > 1:
        names = ", ".join(reference_of(item) for item in candidates)
        raise BadInput(f"The input holds {len(candidates)} such orders; choose one with --order: {names}.")
    return candidates[0] if candidates else None


def _candidates(given: Contents, patients: tuple[str, ...], match: Match[M]) -> tuple[Resource, ...]:
    """The open orders that a policy covers, each once, of the patients at hand."""
    found = {
        reference_of(item): item
        for item in given.resources
        if orders.is_open(item)
        and subject_of(item, given.full_urls) in (*patients, None)
        and match(item) is not None
    }
    return tuple(found.values())


def _named(order: str, given: Contents) -> Resource:
    wanted = given.full_urls.get(order, order)
    found = next((item for item in given.resources if reference_of(item) == wanted), None)
    if found is None or found["resourceType"] not in orders.TYPES:
        raise BadInput(f"The input holds no MedicationRequest or ServiceRequest {order!r}.")
    if is_forbidden(found):
        raise BadInput(f"{order} says that it must not be carried out (doNotPerform): it is no order.")
    return found


def _owner(chosen: Resource | None, given: Contents, patients: tuple[str, ...]) -> str:
    """The one patient whom the question is about; among several, the one the order is for."""
    if len(patients) == 1:
        return patients[0]
    owner = subject_of(chosen, given.full_urls) if chosen else None
    if owner is None or owner not in patients:
        raise BadInput(f"The input holds {len(patients)} patients; no order tells which one is meant.")
    return owner


def _of_patient(given: Contents, patient: str, *, alone: bool) -> Contents:
    """Without other patients and, beside another patient, without what does not say whose it is."""
    if alone:
        return given
    kept = tuple(item for item in given.resources if _may_be_of(item, patient, given))
    text = (
        f"Other patients are in the input; resources of theirs: {len(given.resources) - len(kept)}, ignored."
    )
    remark = Remark(code="other-patient", text=text)
    return replace(given, resources=kept, remarks=(*given.remarks, remark))


def _may_be_of(resource: Resource, patient: str, given: Contents) -> bool:
    if resource["resourceType"] == "Patient":
        return bool(resource["id"] == patient)
    owner = subject_of(resource, given.full_urls)
    return owner == patient or (owner is None and resource["resourceType"] not in TYPES - {"Medication"})


def _case(facts: Facts, chosen: Resource | None, match: Match[M], given: Contents) -> Case[M]:
    if chosen is not None:
        if subject_of(chosen, given.full_urls) not in {facts.patient_id, None}:
            raise BadInput("The order that was chosen is for another patient, who is not in the input.")
        return Case(facts=facts, order=chosen, match=match(chosen))
    drafts = (item for item in facts.resources if orders.is_open(item) and item["status"] == "draft")
    others = (item for item in drafts if subject_of(item, facts.full_urls) in {facts.patient_id, None})
    return Case(facts=facts, order=next(others, None), match=None)
