"""Whose resources they are, and which of several versions counts."""

import json
from collections.abc import Iterable, Iterator
from datetime import datetime

from smartapp.facts import Remark, reference_of
from smartapp.normalize.coding import Json
from smartapp.normalize.references import References, contained

_SUBJECT = {"Coverage": "beneficiary", "FamilyMemberHistory": "patient", "AllergyIntolerance": "patient"}
_SAME_PERSON = ("replaces", "replaced-by", "seealso")
_EPOCH = datetime.min


def named(resources: list[Json]) -> list[Json]:
    """The same resources, each with an id; what has none is numbered by content, not by position."""
    if all("id" in resource for resource in resources):
        return resources
    texts = sorted({(r["resourceType"], _text(r)) for r in resources if "id" not in r})
    numbers = {text: f"unnamed-{i}" for i, (_, text) in enumerate(texts, start=1)}
    return [r if "id" in r else {**r, "id": numbers[_text(r)]} for r in resources]


def distinct(resources: list[Json]) -> list[Json]:
    """Each Type/id once: the latest version, or both when nothing tells which is later and they differ."""
    if len({reference_of(r) for r in resources}) == len(resources):
        return resources
    groups: dict[str, list[Json]] = {}
    for resource in resources:
        groups.setdefault(reference_of(resource), []).append(resource)
    kept = {id(r) for group in groups.values() for r in _latest(group)}
    return [r for r in resources if id(r) in kept]


def _latest(group: list[Json]) -> Iterable[Json]:
    unlike = list({_text(r): r for r in group}.values())
    stamps = [_stamp(r) for r in unlike]
    if len(unlike) == 1 or _EPOCH in stamps or stamps.count(max(stamps)) > 1:
        return unlike
    return [unlike[stamps.index(max(stamps))]]


def _stamp(resource: Json) -> datetime:
    """meta.lastUpdated without its zone, in UTC; the epoch when there is none that can be read."""
    try:
        stamp = datetime.fromisoformat(resource["meta"]["lastUpdated"])
    except (KeyError, ValueError):
        return _EPOCH
    offset = stamp.utcoffset()
    return stamp.replace(tzinfo=None) - offset if offset else stamp.replace(tzinfo=None)


def _text(resource: Json) -> str:
    try:
        return json.dumps(resource, sort_keys=True)
    except RecursionError:
        return f"{resource['resourceType']} nested too deep to compare"


def is_error(resource: Json) -> bool:
    """Entered in error, by its status or, for a Condition, by its verification status."""
    if resource.get("status") == "entered-in-error":
        return True
    verification = resource.get("verificationStatus")
    return verification is not None and verification["coding"][0].get("code") == "entered-in-error"


def own(
    resources: list[Json], patient_id: str, references: References, remarks: list[Remark]
) -> Iterator[Json]:
    """Only the resources of this patient; what belongs to another is counted in one remark."""
    patient = references.by_reference.get(f"Patient/{patient_id}", {})
    ours = {f"Patient/{patient_id}", *_linked(patient, references)}
    others = 0
    for resource in resources:
        if _is_ours(resource, patient, ours, references):
            yield resource
        else:
            others += 1
    if others:
        what = "1 resource" if others == 1 else f"{others} resources"
        remarks.append(Remark(code="other-patient", text=f"{what} of another patient ignored."))


def _is_ours(resource: Json, patient: Json, ours: set[str], references: References) -> bool:
    if resource["resourceType"] == "Patient":
        return reference_of(resource) in ours
    subject = resource.get(_SUBJECT.get(resource["resourceType"], "subject"))
    if not subject:
        return True
    written = subject.get("reference")
    if not written:
        return _may_be(subject.get("identifier") or {}, patient)
    if written.startswith("#"):
        inside = contained(resource, written[1:]) or {}
        return inside.get("birthDate", patient.get("birthDate")) == patient.get("birthDate")
    return references.relative(written) in ours or f"Patient/{written}" in ours


def _may_be(identifier: Json, patient: Json) -> bool:
    """A logical reference is another patient's when the same system gives this patient another value."""
    system, value = identifier.get("system"), identifier.get("value")
    same = {i.get("value") for i in patient.get("identifier", ()) if i.get("system") == system}
    return not system or not value or not same or value in same


def _linked(patient: Json, references: References) -> Iterator[str]:
    """Records of the same person that were merged."""
    for link in patient.get("link", ()):
        written = link.get("other", {}).get("reference")
        if written and link.get("type") in _SAME_PERSON:
            yield references.relative(written)
