"""What one resource says about another: a panel about its members, a Condition about its staging Observation."""

import re
from collections.abc import Iterable, Iterator, Mapping

from smartapp.normalize import aliases, braf, identity, malignancy, reasons, references
from smartapp.normalize.braf import Asked
from smartapp.normalize.coding import Json, key_of, texts_of
from smartapp.normalize.references import References
from smartapp.normalize.terms import Pair, Terms
from smartapp.normalize.words import plain

ELEMENTS = references.ELEMENTS | reasons.ELEMENTS
"""What may name another resource, or a reason."""
_GENERIC_NAME = re.compile(
    r"(?:(?:test|overall|final|lab(?:oratory)?|genetic|gene|mutation|variant|molecular|interpretation"
    r"|qualitative|analysis) )*"
    r"(?:result|interpretation|finding|mutation|variant|analysis|assessment|conclusion|status)s?"
)


def inherited_questions(resources: Iterable[Json]) -> dict[str, Asked]:
    """What a panel or report asked about BRAF alone, by the reference of each of its members."""
    questions: dict[str, Asked] = {}
    for resource in resources:
        members = resource.get(reasons.MEMBERS.get(resource["resourceType"], ""))
        if members and "code" in resource:
            asked = braf.asked(key_of(resource["code"]))
            if asked.gene and not asked.others:
                questions.update(dict.fromkeys(_named(members), asked))
    return questions


def may_inherit(observation: Json) -> bool:
    """Whether the Observation's own name is so general that the panel's question is its question."""
    names = [plain(text) for text in texts_of(key_of(observation.get("code") or {}))]
    return all(_GENERIC_NAME.fullmatch(name) for name in names)


def staged_conditions(resources: Iterable[Json]) -> dict[str, str]:
    """The Condition whose stage each Observation assesses, by the Observation's reference."""
    return {
        assessment: identity.reference(resource)
        for resource in resources
        if resource["resourceType"] == "Condition" and "stage" in resource
        for stage in resource["stage"]
        for assessment in _named(stage.get("assessment", ()))
    }


def outward(observation: Json, own: Mapping[str, Json], terms: Terms) -> Json:
    """The Observation about the patient's own Conditions that share a code with the one inside that it names."""
    if "focus" not in observation or "contained" not in observation:
        return observation
    focus = [named for each in observation["focus"] for named in _outward(each, observation, own, terms)]
    return observation if focus == observation["focus"] else {**observation, "focus": focus}


def _outward(focus: Json, observation: Json, own: Mapping[str, Json], terms: Terms) -> list[Json]:
    written = focus.get("reference") or ""
    inside = references.contained(observation, written[1:]) if written.startswith("#") else None
    wanted = _codes(inside, terms) if inside else set()
    return [
        {"reference": identity.reference(resource)}
        for resource in own.values()
        if resource["resourceType"] == "Condition" and wanted & _codes(resource, terms)
    ] or [focus]


def placed(observation: Json, references: References, terms: Terms) -> Json:
    """The Observation about the Conditions that a BodyStructure in its focus belongs to; a mere place is no tumor."""
    if "focus" not in observation:
        return observation
    focus = [
        tumor for each in observation["focus"] for tumor in _tumors(each, observation, references, terms)
    ]
    if focus == observation["focus"]:
        return observation
    rest = {name: value for name, value in observation.items() if name != "focus"}
    return {**rest, "focus": focus} if focus else rest


def _tumors(focus: Json, observation: Json, references: References, terms: Terms) -> list[Json]:
    structure = references.resolve(focus, observation)
    kind = structure["resourceType"] if structure else (focus.get("reference") or "").partition("/")[0]
    if kind != "BodyStructure":
        return [focus]
    if any(malignancy.other(terms, text) for text in reasons.words_for(structure or {}, focus)):
        return [focus]
    extensions = (structure or {}).get("extension", ())
    related = (each.get("valueReference") for each in extensions if each["url"].endswith("related-condition"))
    return [_tumor(condition, references) for condition in related if condition]


def _tumor(condition: Json, references: References) -> Json:
    """A Condition by its relative reference; by what else is said of it where it has none."""
    written = condition.get("reference")
    return {"reference": references.relative(written)} if written else condition


def _codes(condition: Json, terms: Terms) -> set[Pair]:
    return set(aliases.pairs(terms, key_of(condition.get("code") or {})))


def focused(observation: Json, condition: str | None) -> Json:
    """The Observation about this Condition, unless it says itself what it is about."""
    if condition is None or observation.get("focus"):
        return observation
    return {**observation, "focus": [{"reference": condition}]}


def _named(references: Iterable[Json]) -> Iterator[str]:
    return (reference["reference"] for reference in references if reference.get("reference"))
