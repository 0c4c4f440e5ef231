"""Codings that the normaliser adds, and quick access to the codings of a CodeableConcept.

Added codings are shared constants: nobody may change them.
"""

from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Any

ADDED = "https://smartapp.example/fhir/StructureDefinition/added-coding"
REASON = "https://smartapp.example/fhir/StructureDefinition/reason"
CHART_READING = "https://smartapp.example/fhir/CodeSystem/chart-reading"

ALIAS = "alias"
NAME_MATCH = "name-match"
INGREDIENT = "ingredient"
READING = "reading"

Json = dict[str, Any]
Key = tuple[str | None, ...]
"""A CodeableConcept as a hashable value: text, then system, code, display of each coding."""


def key_of(concept: Json) -> Key:
    """What a well-formed concept says, to look up or to remember what was read from it."""
    key: Key = (concept.get("text"),)
    for coding in concept.get("coding") or ():
        key += (coding.get("system"), coding.get("code"), coding.get("display"))
    return key


def codings_of(key: Key) -> Iterator[Key]:
    """The (system, code, display) triples of a key."""
    return (key[i : i + 3] for i in range(1, len(key), 3))


def written(key: Key) -> set[tuple[str | None, str | None]]:
    """The (system, code) pairs of a key as they were sent."""
    return {(system, code) for system, code, _ in codings_of(key)}


def new_to(key: Key, codings: Iterable[Json]) -> tuple[Json, ...]:
    """Those of the codings that were not sent, each once."""
    first: dict[tuple[str, str], Json] = {}
    for coding in codings:
        first.setdefault((coding["system"], coding["code"]), coding)
    sent = written(key)
    return tuple(coding for pair, coding in first.items() if pair not in sent)


def texts_of(key: Key) -> list[str]:
    """The text and the displays of a key, each once."""
    return [text for text in dict.fromkeys((key[0], *key[3::3])) if text]


_MARKS = {kind: [{"url": ADDED, "valueCode": kind}] for kind in (READING, ALIAS, NAME_MATCH, INGREDIENT)}


@lru_cache(maxsize=4096)
def added(system: str, code: str, kind: str, display: str | None = None) -> Json:
    """A coding marked as added, of one of the kinds alias, name-match, ingredient, reading."""
    coding: Json = {"extension": _MARKS[kind], "system": system, "code": code}
    return coding if display is None else coding | {"display": display}


def is_added(coding: Mapping[str, Any]) -> bool:
    """Whether an earlier run of the normaliser added the coding."""
    extension = coding.get("extension")
    return extension is not None and extension in _MARKS.values()


def has_added(concept: Json) -> bool:
    """Whether a run of the normaliser added to the codings of a concept."""
    for coding in concept.get("coding") or ():  # noqa: SIM110 - asked of every result, and a loop is fastest
        if "extension" in coding and is_added(coding):
            return True
    return False


def as_sent(concept: Json) -> Json:
    """The concept without what an earlier run added; itself when that was nothing, empty when it was all."""
    if not has_added(concept):
        return concept
    sent = [coding for coding in concept["coding"] if not is_added(coding)]
    rest = {name: value for name, value in concept.items() if name != "coding"}
    return {**rest, "coding": sent} if sent else rest


def texts_sent(concept: Json) -> list[str]:
    """The text and the displays of a concept, each once, without those that an earlier run added."""
    texts = {concept.get("text"): None}
    for coding in concept.get("coding") or ():
        if "extension" not in coding or not is_added(coding):
            texts[coding.get("display")] = None
    return [text for text in texts if text]


def unread(resource: Json, element: str) -> Json:
    """The resource without the concepts that an earlier run read into this list; itself when it read none."""
    if element not in resource:
        return resource
    concepts = resource[element]
    sent = [concept for concept in concepts if not all(map(is_added, concept.get("coding") or ({},)))]
    return resource if len(sent) == len(concepts) else {**resource, element: sent}


def reading(code: str, display: str | None = None) -> Json:
    """A coding of the chart-reading system: what was read from the words of the chart."""
    return added(CHART_READING, code, READING, display)


def extended(concept: Json, extra: tuple[Json, ...]) -> Json:
    """The concept with codings that were read from itself, so that none is there already."""
    return {**concept, "coding": [*(concept.get("coding") or ()), *extra]} if extra else concept


def with_codings(concept: Json, extra: Iterable[Json]) -> Json:
    """The concept with further codings, those already there left out; itself when nothing is new."""
    old = concept.get("coding") or []
    have = {(coding.get("system"), coding.get("code")) for coding in old}
    new = []
    for coding in extra:
        pair = (coding.get("system"), coding.get("code"))
        if pair not in have:
            have.add(pair)
            new.append(coding)
    return {**concept, "coding": [*old, *new]} if new else concept
