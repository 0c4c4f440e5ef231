"""Observations and reports: canonical codes, and what was read as interpretations or conclusion codes."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from operator import is_not

from smartapp.normalize import aliases, braf, diseases, extent, staging
from smartapp.normalize.braf import Asked
from smartapp.normalize.coding import Json, Key, extended, key_of, new_to, reading, unread
from smartapp.normalize.conditions import spoken
from smartapp.normalize.terms import Terms

_SPEAKING = frozenset(("valueCodeableConcept", "valueString", "component", "note", "contained"))
_NOT_GIVEN: Key = (None,)


@dataclass(frozen=True, slots=True)
class Question:
    """What an Observation with a certain code asks; most ask nothing that a criterion reads."""

    aliases: tuple[Json, ...]
    stage: staging.Question
    braf: Asked
    is_quiet: bool
    """Whether only the Observation's own words could matter."""


@lru_cache(maxsize=8192)
def question(terms: Terms, code: Key) -> Question:
    """What is asked with this code, found out once."""
    added, stage, gene = aliases.additions(terms, code), staging.question(terms, code), braf.asked(code)
    return Question(added, stage, gene, is_quiet=not added and not stage.any and not gene.gene)


def read(observation: Json, terms: Terms, inherited: Asked | None = None) -> Json:
    """The Observation with canonical codes and its readings among the interpretations."""
    code = observation.get("code")
    asked = question(terms, key_of(code) if code else _NOT_GIVEN)
    if asked.is_quiet and inherited is None and _SPEAKING.isdisjoint(observation):
        return observation
    observation = unread(observation, "interpretation")
    value = braf.value_key(observation)
    changes = _canonical(observation, value, asked, terms)
    readings = [reading(code) for code in staging.observed(observation, value, asked.stage, terms)]
    readings += extent.readings(_free_texts(observation))
    readings += braf.of_observation(observation, value, asked.braf, inherited)
    if "contained" in observation:
        readings += braf.inside(observation)
        readings += [reading(code) for code in staging.of_panel(observation, terms)]
    if readings:
        changes["interpretation"] = [*observation.get("interpretation", ()), *_concepts(readings)]
    return {**observation, **changes} if changes else observation


def report(report: Json, terms: Terms) -> Json:
    """The DiagnosticReport with canonical codes and its readings among the conclusion codes."""
    report = unread(report, "conclusionCode")
    changes: Json = {}
    if "code" in report and (extra := aliases.additions(terms, key_of(report["code"]))):
        changes["code"] = extended(report["code"], extra)
    texts = [report["conclusion"]] if report.get("conclusion") else []
    readings = [*braf.of_report(report), *extent.readings(texts)]
    if any(map(staging.concludes_ned, texts)):
        readings.append(reading("ned"))
    if "contained" in report:
        readings += [reading(code) for code in staging.of_report(report, terms)]
    if readings:
        changes["conclusionCode"] = [*report.get("conclusionCode", ()), *_concepts(readings)]
    return {**report, **changes} if changes else report


def _concepts(readings: Iterable[Json]) -> list[Json]:
    unique: dict[tuple[str, str | None], Json] = {(c["code"], c.get("display")): c for c in readings}
    return [_concept(code, display) for code, display in unique]


@lru_cache(maxsize=512)
def _concept(code: str, display: str | None) -> Json:
    return {"coding": [reading(code, display)]}


def _canonical(observation: Json, value: Key | None, asked: Question, terms: Terms) -> Json:
    changes: Json = {}
    if asked.aliases:
        changes["code"] = extended(observation["code"], asked.aliases)
    coded = observation.get("valueCodeableConcept")
    if coded is not None and value is not None and (extra := _value_readings(terms, value)):
        changes["valueCodeableConcept"] = extended(coded, extra)
    if "component" in observation:
        parts = [_component(part, terms) for part in observation["component"]]
        if any(map(is_not, parts, observation["component"])):
            changes["component"] = parts
    return changes


@lru_cache(maxsize=8192)
def _value_readings(terms: Terms, key: Key) -> tuple[Json, ...]:
    """A histology comes as a value: the disease that it names is added."""
    named = diseases.readings(terms, spoken(terms, key))
    return new_to(key, (*aliases.additions(terms, key), *named))


def _component(part: Json, terms: Terms) -> Json:
    changes: Json = {
        name: extended(part[name], extra)
        for name in ("code", "valueCodeableConcept")
        if name in part and (extra := aliases.additions(terms, key_of(part[name])))
    }
    return {**part, **changes} if changes else part


def _free_texts(observation: Json) -> list[str]:
    texts = [note["text"] for note in observation.get("note", ()) if note.get("text")]
    if observation.get("valueString"):
        texts.append(observation["valueString"])
    return texts
