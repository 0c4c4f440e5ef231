"""Observations and reports: canonical codes, and what was read from them as interpretations or conclusion codes."""

from collections.abc import Iterable
from functools import lru_cache

from smartapp.normalize import aliases, braf, diseases, staging
from smartapp.normalize.braf import Asked
from smartapp.normalize.coding import Json, Key, key_of, reading, with_codings
from smartapp.normalize.conditions import spoken
from smartapp.normalize.extent import says_metastatic, says_unresectable
from smartapp.normalize.terms import Terms

_NO_VALUE: Key = (None,)


def read(observation: Json, terms: Terms, inherited: Asked | None = None) -> Json:
    """The Observation with canonical codes and its readings among the interpretations."""
    changes = _canonical(observation, terms)
    readings = [*_staged(observation, terms), *_spread(_free_texts(observation))]
    readings += braf.of_observation(observation, inherited)
    if "contained" in observation:
        readings += braf.inside(observation)
    if readings:
        old = changes.get("interpretation") or observation.get("interpretation") or []
        changes["interpretation"] = [*old, *_concepts(readings)]
    return {**observation, **changes} if changes else observation


def report(report: Json, terms: Terms) -> Json:
    """The DiagnosticReport with canonical codes and its readings among the conclusion codes."""
    changes: Json = {}
    if "code" in report and (new := _aliased(report["code"], terms)) is not report["code"]:
        changes["code"] = new
    texts = [report["conclusion"]] if report.get("conclusion") else []
    readings = [*braf.of_report(report), *_spread(texts)]
    if readings:
        changes["conclusionCode"] = [*report.get("conclusionCode", ()), *_concepts(readings)]
    return {**report, **changes} if changes else report


def _concepts(readings: Iterable[Json]) -> list[Json]:
    unique: dict[tuple[str, str | None], Json] = {(c["code"], c.get("display")): c for c in readings}
    return [_concept(code, display) for code, display in unique]


@lru_cache(maxsize=512)
def _concept(code: str, display: str | None) -> Json:
    return {"coding": [reading(code, display)]}


def _aliased(concept: Json, terms: Terms) -> Json:
    extra = aliases.additions(terms, key_of(concept))
    return with_codings(concept, extra) if extra else concept


def _canonical(observation: Json, terms: Terms) -> Json:
    changes: Json = {}
    if "code" in observation and (new := _aliased(observation["code"], terms)) is not observation["code"]:
        changes["code"] = new
    value = observation.get("valueCodeableConcept")
    if value is not None:
        key = key_of(value)
        extra = (*aliases.additions(terms, key), *diseases.readings(terms, spoken(terms, key)))
        if extra and (new := with_codings(value, extra)) is not value:
            changes["valueCodeableConcept"] = new
    if "component" in observation:
        parts = [_component(part, terms) for part in observation["component"]]
        if any(a is not b for a, b in zip(parts, observation["component"], strict=True)):
            changes["component"] = parts
    return changes


def _component(part: Json, terms: Terms) -> Json:
    changes = {
        name: new
        for name in ("code", "valueCodeableConcept")
        if name in part and (new := _aliased(part[name], terms)) is not part[name]
    }
    return {**part, **changes} if changes else part


def _staged(observation: Json, terms: Terms) -> list[Json]:
    found = [*_stage_of(observation, terms)]
    for part in observation.get("component", ()):
        found += _stage_of(part, terms)
    return [reading(code) for code in found]


def _stage_of(holder: Json, terms: Terms) -> tuple[str, ...]:
    code = holder.get("code")
    if code is None:
        return ()
    value = holder.get("valueCodeableConcept")
    key = key_of(value) if value is not None else (holder.get("valueString"),)
    return staging.of_observation(terms, key_of(code), key, holder.get("valueBoolean"))


def _free_texts(observation: Json) -> list[str]:
    texts = [note["text"] for note in observation.get("note", ()) if note.get("text")]
    if observation.get("valueString"):
        texts.append(observation["valueString"])
    return texts


def _spread(texts: Iterable[str]) -> list[Json]:
    found = []
    for text in texts:
        if says_metastatic(text):
            found.append(reading("metastatic-text"))
        if says_unresectable(text):
            found.append(reading("unresectable-text"))
    return found
