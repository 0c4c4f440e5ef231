"""The codes that a required binding allows, as far as they can be known without a terminology server."""

from collections.abc import Iterator, Mapping
from typing import Any

from davinci.packages import Guide

# Value sets of FHIR R4 that our resources are bound to; the packages refer to them without repeating them.
CORE = {
    "bundle-type": "document message transaction transaction-response batch batch-response history searchset "
    "collection",
    "item-type": "group display question boolean decimal integer date dateTime time string text url choice "
    "open-choice attachment reference quantity",
    "medicationrequest-intent": "proposal plan order original-order reflex-order filler-order instance-order option",
    "medicationrequest-status": "active on-hold cancelled completed entered-in-error stopped draft unknown",
    "narrative-status": "generated extensions additional empty",
    "publication-status": "draft active retired unknown",
    "questionnaire-answers-status": "in-progress completed amended entered-in-error stopped",
    "questionnaire-enable-behavior": "all any",
    "questionnaire-enable-operator": "exists = != > < >= <=",
    "request-intent": "proposal plan directive order original-order reflex-order filler-order instance-order option",
    "request-priority": "routine urgent asap stat",
    "request-status": "draft active on-hold revoked completed entered-in-error unknown",
    "task-intent": "unknown proposal plan order original-order reflex-order filler-order instance-order option",
    "task-status": "draft requested received accepted rejected ready cancelled in-progress on-hold failed completed "
    "entered-in-error",
}
_CORE_URL = "http://hl7.org/fhir/ValueSet/"


def unchecked(guide: Guide) -> set[str]:
    """The required value sets of the guide's profiles that cannot be looked into here."""
    elements = [e for d in guide.definitions.values() if "snapshot" in d for e in d["snapshot"]["element"]]
    bound = {url_of(e["binding"]) for e in elements if e.get("binding", {}).get("strength") == "required"}
    return {url for url in bound if url and codes(url, guide) is None}


def is_among(value: Any, allowed: frozenset[tuple[str | None, str]]) -> bool:
    if isinstance(value, str):
        return any(code == value for _, code in allowed)
    codings = value.get("coding", [value]) if isinstance(value, Mapping) else []
    return any(
        (c.get("system"), c.get("code")) in allowed or (None, c.get("code")) in allowed for c in codings
    )


def url_of(binding: Mapping[str, Any]) -> str:
    return str(binding.get("valueSet", "")).partition("|")[0]


def codes(url: str, guide: Guide) -> frozenset[tuple[str | None, str]] | None:
    """The codes of a value set; None: no telling without a terminology server."""
    if url.startswith(_CORE_URL) and (words := CORE.get(url.removeprefix(_CORE_URL))):
        return frozenset((None, word) for word in words.split())
    value_set = guide.find(url)
    if value_set is None:
        return None
    parts = [_included(part, guide) for part in value_set.get("compose", {}).get("include", ())]
    return None if None in parts else frozenset().union(*parts)


def _included(part: Mapping[str, Any], guide: Guide) -> frozenset[tuple[str | None, str]] | None:
    if "concept" in part:
        return frozenset((part["system"], concept["code"]) for concept in part["concept"])
    system = guide.find(part.get("system", ""))
    if system is None or "filter" in part:
        return None
    return frozenset((part["system"], code) for code in _all(system.get("concept", ())))


def _all(concepts: Any) -> Iterator[str]:
    for concept in concepts:
        yield concept["code"]
        yield from _all(concept.get("concept", ()))
