"""Whose resources they are, and which of several versions counts."""

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from smartapp.facts import Remark
from smartapp.normalize.coding import Json
from smartapp.normalize.references import References, contained

_SUBJECT = {"Coverage": "beneficiary", "FamilyMemberHistory": "patient", "AllergyIntolerance": "patient"}
_OTHERS = ("RelatedPerson/", "FamilyMemberHistory/", "Group/")
_SAME_PERSON = ("replaces", "replaced-by", "seealso")
_EPOCH = datetime(1, 1, 1)  # noqa: DTZ001 - compared with stamps whose zone was taken off


def distinct(resources: list[Json]) -> dict[str, Json]:
    """The resources by "Type/id": the latest version of each, with an id for those that have none.

    When nothing tells which of two is later and they differ, both are kept, the second as "Type/id#1".
    """
    try:
        names = [f"{resource['resourceType']}/{resource['id']}" for resource in resources]
    except KeyError:
        return distinct(_named(resources))
    found = dict(zip(names, resources, strict=True))
    return found if len(found) == len(resources) else _by_version(names, resources)


def reference(resource: Json) -> str:
    """The relative reference of a resource that has an id."""
    return f"{resource['resourceType']}/{resource['id']}"


def _named(resources: list[Json]) -> list[Json]:
    """Each with an id; what has none is numbered by content, not by position."""
    texts = sorted({(r["resourceType"], _text(r)) for r in resources if "id" not in r})
    numbers = {text: f"unnamed-{i}" for i, (_, text) in enumerate(texts, start=1)}
    return [r if "id" in r else {**r, "id": numbers[_text(r)]} for r in resources]


def _by_version(names: list[str], resources: list[Json]) -> dict[str, Json]:
    """The same where names are repeated."""
    found: dict[str, Json] = {}
    repeated: dict[str, list[Json]] = {}
    for name, resource in zip(names, resources, strict=True):
        if name in found:
            repeated.setdefault(name, [found[name]]).append(resource)
        else:
            found[name] = resource
    for name, group in repeated.items():
        found |= {f"{name}#{i}" if i else name: version for i, version in enumerate(_latest(group))}
    return found


def _latest(group: list[Json]) -> list[Json]:
    if _are_equal(group):
        return group[:1]
    unlike = list({_text(r): r for r in group}.values())
    later = _newest([_stamp(r) for r in unlike], _EPOCH)
    later = _newest([_version(r) for r in unlike], 0) if later is None else later
    return unlike if later is None else [unlike[later]]


def _newest(order: list[Any], unknown: object) -> int | None:
    """Where the newest is, if all are known and one is."""
    newest = max(order)
    return order.index(newest) if order.count(newest) == 1 and unknown not in order else None


def _are_equal(group: list[Json]) -> bool:
    try:
        return all(resource == group[0] for resource in group[1:])
    except RecursionError:  # nested too deep to compare
        return False


def _stamp(resource: Json) -> datetime:
    """meta.lastUpdated without its zone, in UTC; the epoch when there is none that can be read."""
    try:
        stamp = datetime.fromisoformat(resource["meta"]["lastUpdated"])
    except (KeyError, TypeError, ValueError):
        return _EPOCH
    offset = stamp.utcoffset()
    return stamp.replace(tzinfo=None) - offset if offset else stamp.replace(tzinfo=None)


def _version(resource: Json) -> int:
    """meta.versionId where it is a number; 0 when it is none."""
    meta = resource.get("meta")
    written = meta.get("versionId") if type(meta) is dict else None
    return int(written) if type(written) is str and written.isdecimal() and len(written) < _LONG else 0


_LONG = 19


def _text(resource: Json) -> str:
    try:
        return json.dumps(resource, sort_keys=True)
    except RecursionError:
        return f"{resource['resourceType']} nested too deep to compare"


def is_error(resource: Json) -> bool:
    """Entered in error, by its status or, for a Condition, by its verification status."""
    if resource.get("status") == "entered-in-error":
        return True
    verification = resource.get("verificationStatus") if resource["resourceType"] == "Condition" else None
    return verification is not None and verification["coding"][0].get("code") == "entered-in-error"


def own(
    found: dict[str, Json], patient_id: str, references: References, remarks: list[Remark]
) -> dict[str, Json]:
    """Only the resources of this patient; what belongs to another is counted in one remark."""
    whose = _Whose(found, patient_id, references)
    kept = {name: resource for name, resource in found.items() if whose.is_ours(resource)}
    others = len(found) - len(kept)
    if others:
        what = "1 resource" if others == 1 else f"{others} resources"
        remarks.append(Remark(code="other-patient", text=f"{what} of another patient ignored."))
    return kept


class _Whose:
    """Tells whose a resource is; what a written reference means is found out once."""

    def __init__(self, found: dict[str, Json], patient_id: str, references: References) -> None:
        self.patient = found.get(f"Patient/{patient_id}", {})
        self.references = references
        self.ours = {f"Patient/{patient_id}", *_linked(self.patient, references)}
        self.known = dict.fromkeys(self.ours, True)

    def is_ours(self, resource: Json) -> bool:
        kind = resource["resourceType"]
        if kind == "Patient":
            return reference(resource) in self.ours
        if "focus" in resource and kind == "Observation" and self._is_about_another(resource):
            return False
        subject = resource.get(_SUBJECT.get(kind, "subject")) or resource.get("patient")
        if not subject or type(subject) is not dict:
            return True
        written = subject.get("reference")
        if not written:
            return _may_be(subject.get("identifier") or {}, self.patient)
        answer = self.known.get(written)
        return self._asked(written, resource) if answer is None else answer

    def _is_about_another(self, observation: Json) -> bool:
        """Whether an Observation on this patient's record is of somebody else: a relative, a donor."""
        for each in observation["focus"]:
            written = each.get("reference") or ""
            inside = contained(observation, written[1:]) if written.startswith("#") else None
            named = f"{inside['resourceType']}/" if inside else self.references.relative(written)
            if named.startswith(_OTHERS) or (named.startswith("Patient/") and named not in self.ours):
                return True
        return False

    def _asked(self, written: str, resource: Json) -> bool:
        if written.startswith("#"):
            inside = contained(resource, written[1:]) or {}
            born = self.patient.get("birthDate")
            return bool(inside.get("birthDate", born) == born)
        answer = self.references.relative(written) in self.ours or f"Patient/{written}" in self.ours
        self.known[written] = answer
        return answer


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
