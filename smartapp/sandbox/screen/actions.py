"""Actions of suggestions and system actions, applied to the record."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from smartapp.sandbox.fhir.access import EVERYTHING, Access, patient_of
from smartapp.sandbox.fhir.refusals import Refusal
from smartapp.sandbox.practice import Practice
from smartapp.sandbox.screen.chart import text_of


def applied(actions: Iterable[Any], *, patient: str, practice: Practice) -> Iterator[str]:
    """What each action did, in words; one that the store refuses is told, and the others still done."""
    for action in actions:
        try:
            yield _applied(action if isinstance(action, dict) else {}, patient, practice)
        except Refusal as refusal:
            yield f"not done: {refusal}"


def _applied(action: Mapping[str, Any], patient: str, practice: Practice) -> str:
    resource = action.get("resource") or {}
    access = Access(scopes=frozenset({"patient/*.cruds"}), patient=patient)
    resource_type = str(resource.get("resourceType"))
    if action.get("type") == "create":
        kept, _ = practice.fhir.create(resource, resource_type=resource_type, access=access, unless=None)
        return f"created: {text_of(kept)}"
    if action.get("type") == "update":
        kept = practice.fhir.update(
            resource,
            resource_type=resource_type,
            resource_id=str(resource.get("id")),
            access=access,
            version=None,
        )
        return f"updated: {text_of(kept)}"
    if action.get("type") == "delete":
        return _deleted(str(action.get("resourceId")), patient, practice)
    raise Refusal("An action is create, update or delete.", status=400, code="invalid")


def _deleted(reference: str, patient: str, practice: Practice) -> str:
    resource_type, _, resource_id = reference.partition("/")
    held = practice.fhir.read(resource_type, resource_id, access=EVERYTHING)
    if patient_of(held) != patient:
        raise Refusal("The resource is another patient's.", status=403, code="forbidden")
    practice.fhir.records.remove([held])
    return f"deleted: {text_of(held)}"
