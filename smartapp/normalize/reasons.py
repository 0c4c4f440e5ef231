"""Why something was ordered, given or done: its own reasons and those of its order, each as one extension."""

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache

from smartapp.normalize import malignancy
from smartapp.normalize.coding import REASON, Json, as_sent, extended, has_added, key_of, texts_of, texts_sent
from smartapp.normalize.conditions import reason_readings
from smartapp.normalize.references import References
from smartapp.normalize.terms import Terms
from smartapp.normalize.words import plain, sentences

TYPES = (
    "Observation",
    "DiagnosticReport",
    "MedicationAdministration",
    "MedicationStatement",
    "MedicationRequest",
    "MedicationDispense",
    "Procedure",
    "ServiceRequest",
)
MEMBERS = {"Observation": "hasMember", "DiagnosticReport": "result"}
"""Where a panel or report names its members."""
_READ_INTO = {"Observation": "interpretation", "DiagnosticReport": "conclusionCode"}
_WORDS = {
    "Observation": ("valueString", ("code", "valueCodeableConcept", "method")),
    "DiagnosticReport": ("conclusion", ("code",)),
}
"""Which text and which concepts of a result may name what it is about."""
_ABOUT_MATERIAL = re.compile(
    r"\b(?:specimens?|samples?|blocks?|tissue|biops\w+|resection|ffpe|submitted|source|diagnosis|primary|stag(?:e|ing))\b"
)
"""A sentence of a note that says of what a result is; others explain, and name tumors in general."""
_TREATMENTS = {
    "MedicationAdministration": "medicationCodeableConcept",
    "MedicationStatement": "medicationCodeableConcept",
    "MedicationDispense": "medicationCodeableConcept",
    "Procedure": "code",
}
"""Where a treatment names its drug."""
_FOR = re.compile(r"\b(?:for|indication|to treat|bei)\b:?(.*)", re.IGNORECASE)
_ORDERS = ("request", "basedOn", "authorizingPrescription")
ELEMENTS = frozenset((*_ORDERS, "reasonCode", "reasonReference", "focus"))
"""Where a reason may be, or the order that gives it."""


def stated(resource: Json, terms: Terms, references: References, passed: Iterable[Json]) -> Json:
    """The resource with one reason extension for each reason that it or its order gives.

    What its panel or report `passed` on stands for it where it gives none itself.
    """
    if resource["resourceType"] not in TYPES:
        return resource
    concepts = _given(resource, references) or [*passed]
    if _is_read(resource):
        concepts += _said(resource, terms)
    if not concepts:
        return resource
    distinct = {key_of(concept): concept for concept in concepts}
    extensions = [
        {"url": REASON, "valueCodeableConcept": extended(concept, reason_readings(terms, key))}
        for key, concept in distinct.items()
    ]
    others = (extension for extension in resource.get("extension", ()) if extension["url"] != REASON)
    return {**resource, "extension": [*others, *extensions]}


def passed_on(panels: Iterable[Json], references: References, terms: Terms) -> Mapping[str, list[Json]]:
    """The reasons that panels and reports give for their members, or their words name, by the member's reference."""
    passed: dict[str, list[Json]] = {}
    for panel in panels:
        members = panel.get(MEMBERS.get(panel["resourceType"], ""))
        if members and (concepts := _given(panel, references) or _tumors(terms, tuple(_of_result(panel)))):
            for member in members:
                passed.setdefault(member.get("reference") or "", []).extend(concepts)
    return passed


def _is_read(result: Json) -> bool:
    """Whether something was read from the words of a result or a drug, which may name another tumor then."""
    kind = result["resourceType"]
    if kind in _TREATMENTS:
        drug = result.get(_TREATMENTS[kind])
        return drug is not None and has_added(drug)
    added_to = _READ_INTO.get(kind)
    return added_to in result and any(map(has_added, result[added_to]))


def _given(resource: Json, references: References) -> list[Json]:
    if ELEMENTS.isdisjoint(resource):
        return []
    return [*_own(resource, references), *_ordered(resource, references), *_about(resource, references)]


def _own(resource: Json, references: References) -> Iterator[Json]:
    yield from resource.get("reasonCode", ())
    for reference in resource.get("reasonReference", ()):
        found = references.resolve(reference, resource)
        if found is not None and found["resourceType"] == "Condition":
            yield from _code_of(found)
        elif reference.get("display"):
            yield {"text": reference["display"]}


def _ordered(resource: Json, references: References) -> Iterator[Json]:
    for name in _ORDERS:
        linked = resource.get(name, [])
        for reference in linked if isinstance(linked, list) else [linked]:
            order = references.resolve(reference, resource)
            if order is not None and order["resourceType"] in TYPES:
                yield from _own(order, references)


def _about(resource: Json, references: References) -> Iterator[Json]:
    """The Condition that an Observation is about, whatever its status."""
    for focus in resource.get("focus", ()):
        found = references.resolve(focus, resource)
        if found is None:
            if focus.get("display"):
                yield {"text": focus["display"]}
        elif found["resourceType"] == "Condition":
            yield from _code_of(found)
        elif found["resourceType"] == "BodyStructure":
            yield from ({"text": text} for text in words_for(found, focus))


def words_for(structure: Json, focus: Json) -> list[str]:
    """The words of a BodyStructure and of a reference to it."""
    concepts = [structure[name] for name in ("morphology", "location") if name in structure]
    named = [text for concept in concepts for text in texts_of(key_of(concept))]
    return [text for text in (*named, structure.get("description"), focus.get("display")) if text]


def _code_of(condition: Json) -> Iterator[Json]:
    code = as_sent(condition.get("code") or {})
    if code.get("text") or code.get("coding"):
        yield code


def _said(result: Json, terms: Terms) -> tuple[Json, ...]:
    """The other tumor that the words of a result or a treatment name, and a coded conclusion."""
    kind = result["resourceType"]
    if kind in _TREATMENTS:
        return _tumors(terms, tuple(_of_treatment(result)))
    concluded = [as_sent(concept) for concept in result.get("conclusionCode", ())]
    coded = [concept for concept in concluded if concept] if kind == "DiagnosticReport" else []
    return (*coded, *_tumors(terms, tuple(_of_result(result))))


def _of_result(result: Json) -> list[str | None]:
    """What may name the tumor that a result is about: its text, its name, its value, its specimen."""
    text_name, concept_names = _WORDS[result["resourceType"]]
    texts = [result.get(text_name)]
    for name in concept_names:
        texts += texts_sent(result.get(name) or {})
    if result["resourceType"] == "Observation":
        texts.append(result.get("specimen", {}).get("display"))
        texts += (
            sentence
            for note in result.get("note", ())
            for sentence in sentences(plain(note.get("text") or ""))
            if _ABOUT_MATERIAL.search(sentence)
        )
    return texts


def _of_treatment(treatment: Json) -> list[str]:
    """What says what a treatment was for: "ONC NSCLC PEMBROLIZUMAB", or a note "given for lung cancer"."""
    texts = texts_sent(treatment.get(_TREATMENTS[treatment["resourceType"]]) or {})
    said = [*treatment.get("note", ()), *_dosages(treatment)]
    return texts + [_purpose(each["text"]) for each in said if each.get("text")]


@lru_cache(maxsize=4096)
def _purpose(text: str) -> str:
    """What a text says that something is for; nothing where it does not."""
    found = _FOR.search(text)
    return found[1] if found else ""


def _dosages(treatment: Json) -> list[Json]:
    """The dosages of a treatment, one of an administration, a list of the others."""
    given = treatment.get("dosage") or treatment.get("dosageInstruction") or []
    return given if isinstance(given, list) else [given]


@lru_cache(maxsize=4096)
def _tumors(terms: Terms, texts: tuple[str | None, ...]) -> tuple[Json, ...]:
    named = (malignancy.of_result(terms, text) for text in texts if text)
    return tuple({"text": tumor} for tumor in named if tumor)
