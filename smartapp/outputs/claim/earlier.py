"""A request that the payer has: taken along by the one that takes its place, and the cancellation of it.

PAS 2.2.1 "Updating authorization requests": the Claim that is updated is in the Bundle with all that it refers to,
but not the one that it updated itself. The Bundle of 2.0.1 has room for one Claim: there it is named by its identifier.
"""

from collections.abc import Iterable, Iterator, Mapping
from copy import deepcopy
from datetime import datetime
from typing import Any

from smartapp.facts import reference_of
from smartapp.outputs.claim.closure import references, renamed

PAS = "http://hl7.org/fhir/us/davinci-pas/StructureDefinition/"
_X12_1322 = "https://codesystem.x12.org/005010/1322"
_CANCEL = "3"
_RELATED = "http://terminology.hl7.org/CodeSystem/ex-relatedclaimrelationship"
_KEPT = ("type", "patient", "insurer", "provider", "priority", "diagnosis", "insurance")
_OWN = ("extension", "informationSequence")
_UNTOLD = ("requestedService", "itemTraceNumber", "infoChanged")
"""Extensions of an item that say nothing of what is requested."""

Json = dict[str, Any]
Bundle = Mapping[str, Any]


def claim(bundle: Bundle | None) -> Mapping[str, Any]:
    """The Claim of a request; empty without one."""
    held: Mapping[str, Any] = bundle["entry"][0]["resource"] if bundle else {}
    return held


def related(bundle: Bundle) -> list[Json]:
    """How an update, or a cancellation, names the request that it is about."""
    named = (
        {"reference": url(bundle)}
        if _is_later(bundle)
        else {"identifier": dict(claim(bundle)["identifier"][0])}
    )
    return [{"claim": named, "relationship": {"coding": [{"system": _RELATED, "code": "prior"}]}}]


def url(bundle: Bundle) -> str:
    """By which the Claim is known in its Bundle."""
    return str(bundle["entry"][0]["fullUrl"])


def carried(bundle: Bundle, names: Mapping[str, str]) -> list[Json]:
    """The entries of an earlier request that its Claim needs and that the new Bundle does not hold itself.

    `names` are the fullUrls of what the new one holds, by "Type/id": what is in both is in the new one once.
    """
    if not _is_later(bundle):
        return []
    held = {entry["fullUrl"]: entry["resource"] for entry in bundle["entry"]}
    held[url(bundle)] = _unrelated(claim(bundle))
    moved = {old: names[name] for old, r in held.items() if (name := reference_of(r)) in names}
    needed = _needed([url(bundle)], held, moved)
    return [{"fullUrl": old, "resource": renamed(held[old], moved)} for old in needed]


def cancellation(bundle: Bundle, *, identifier: Mapping[str, str], now: datetime, new_id: Any) -> Json:
    """The request to cancel all of an earlier one: an update with certification type 3 on the Claim.

    The profile wants items all the same: each is marked as cancelled.
    """
    before, name = claim(bundle), new_id()
    extensions = [_cancelled()] if _is_later(bundle) else []
    asking = {
        "resourceType": "Claim",
        "id": name,
        "meta": {"profile": [f"{PAS}profile-claim-update"]},
        **({"extension": extensions} if extensions else {}),
        "identifier": [dict(identifier)],
        "status": "active",
        "use": "preauthorization",
        "created": now.isoformat(timespec="seconds"),
        "related": related(bundle),
        **{key: deepcopy(before[key]) for key in _KEPT if key in before},
        "item": [_without(item) for item in before["item"]],
    }
    entry = {"fullUrl": f"urn:uuid:{name}", "resource": asking}
    others = bundle["entry"][1:]
    needed = carried(bundle, {}) if _is_later(bundle) else _reached(asking, others)
    return _again(bundle, [entry, *needed], now=now, new_id=new_id)


def inquiry(bundle: Bundle, *, identifier: Mapping[str, str], now: datetime, new_id: Any) -> Json:
    """An inquiry as one before, about the Claim with this identifier."""
    first, *others = bundle["entry"]
    asking = {**first["resource"], "id": new_id(), "identifier": [dict(identifier)]}
    entry = {"fullUrl": f"urn:uuid:{asking['id']}", "resource": asking}
    return _again(bundle, [entry, *others], now=now, new_id=new_id)


def is_same_item(before: Mapping[str, Any], now: Mapping[str, Any]) -> bool:
    """Whether an item requests the same as before."""
    return _told(before) == _told(now)


def _told(item: Mapping[str, Any]) -> tuple[Json, list[Json]]:
    plain = {key: value for key, value in item.items() if key not in _OWN}
    extensions = [e for e in item["extension"] if not e["url"].endswith(_UNTOLD)]
    return plain, sorted(extensions, key=lambda e: str(e["url"]))


def _again(bundle: Bundle, entries: list[Json], *, now: datetime, new_id: Any) -> Json:
    return {
        **bundle,
        "id": new_id(),
        "identifier": {"system": "urn:ietf:rfc:3986", "value": f"urn:uuid:{new_id()}"},
        "timestamp": now.isoformat(timespec="seconds"),
        "entry": entries,
    }


def _is_later(bundle: Bundle) -> bool:
    """Whether it is of an edition after 2.0.1: that brought documentInformation, too."""
    infos = claim(bundle).get("supportingInfo", ())
    return any(e["url"].endswith("documentInformation") for info in infos for e in info.get("extension", ()))


def _without(item: Mapping[str, Any]) -> Json:
    """The item, marked as cancelled (spec-69 to spec-72)."""
    kept = [e for e in item["extension"] if not e["url"].endswith(("certificationType", "infoChanged"))]
    changed = {"url": f"{PAS}extension-infoChanged", "valueCode": "changed"}
    flag = {"url": f"{PAS}modifierextension-infoCancelled", "valueBoolean": True}
    plain = {key: value for key, value in item.items() if key not in _OWN}
    return {"extension": [changed, _cancelled(), *kept], "modifierExtension": [flag], **plain}


def _cancelled() -> Json:
    coding = {"system": _X12_1322, "code": _CANCEL}
    return {"url": f"{PAS}extension-certificationType", "valueCodeableConcept": {"coding": [coding]}}


def _unrelated(held: Mapping[str, Any]) -> Json:
    """The Claim that names the one before it by its identifier only (spec-66)."""
    return {key: value for key, value in held.items() if key != "related"}


def _reached(asking: Json, entries: list[Json]) -> list[Json]:
    """The entries that a Claim needs."""
    held = {entry["fullUrl"]: entry["resource"] for entry in entries}
    return [{"fullUrl": name, "resource": held[name]} for name in _needed(references(asking), held, {})]


def _needed(start: Iterable[str], held: Mapping[str, Json], moved: Mapping[str, str]) -> Iterator[str]:
    """The fullUrls that are reached from one, without those that the new Bundle holds itself."""
    seen, waiting = set(moved), list(start)
    while waiting:
        name = waiting.pop(0)
        if name in seen or name not in held:
            continue
        seen.add(name)
        yield name
        waiting += references(held[name])
