"""What drug a medication resource is about, as one concept: its codes, its ingredients', the drugs it names."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from smartapp.normalize import aliases, circumstances, drugs, giving
from smartapp.normalize.coding import (
    INGREDIENT,
    Json,
    Key,
    added,
    extended,
    key_of,
    new_to,
    reading,
    texts_of,
    with_codings,
)
from smartapp.normalize.references import References
from smartapp.normalize.terms import Terms

TYPES = ("MedicationAdministration", "MedicationStatement", "MedicationRequest", "MedicationDispense")
_ORDERS = ("MedicationRequest", "ServiceRequest")
_AROUND = frozenset(("category", "reasonCode", "statusReason", "extension", "note", "reasonReference"))
"""Whose words may say of the drug that it was blinded, or adjuvant."""
_PRODUCTS = {"Procedure": "usedCode", "ServiceRequest": "orderDetail"}


def identified(resource: Json, terms: Terms, references: References) -> Json:
    """The resource with everything known about its drug in medicationCodeableConcept."""
    reference = resource.get("medicationReference")
    concept = resource.get("medicationCodeableConcept")
    ingredients: list[Json] = []
    if reference is not None:
        concept, ingredients = _referenced(reference, concept, resource, references)
    if not concept and not ingredients:
        return resource
    concept = concept or {}
    full = _full(concept, ingredients, resource, terms)
    if full is concept and reference is None:
        return resource
    result = {**resource, "medicationCodeableConcept": full}
    result.pop("medicationReference", None)
    return result


def procedure(resource: Json, terms: Terms, references: References) -> Json:
    """A Procedure or ServiceRequest with canonical codes and the drugs that code, products or details name."""
    result = resource
    ordered = resource["resourceType"] in _ORDERS
    used = [] if ordered else _used(resource, terms, references)
    if "code" in resource or used:
        code = resource.get("code") or {}
        key = key_of(code)
        read = readings(terms, key, ordered=ordered)
        extra = (*read.codings, *used)
        if read.is_drug or used:
            extra = (*extra, *_circumstances(key, read, resource))
        result = {**result, "code": with_codings(code, extra)} if extra else resource
    products = _PRODUCTS[resource["resourceType"]]
    if products in resource:
        named = [_named(concept, terms, ordered=ordered) for concept in resource[products]]
        result = {**result, products: named}
    return result


def _used(resource: Json, terms: Terms, references: References) -> list[Json]:
    """The codings of the drugs that a Procedure used: "infusion", with pembrolizumab."""
    concepts = [*resource.get("usedCode", ())]
    for reference in resource.get("usedReference", ()):
        concept, ingredients = _referenced(reference, None, resource, references)
        concepts += [concept, *ingredients] if concept else ingredients
    drugs_used = (concept for concept in concepts if readings(terms, key_of(concept)).is_drug)
    return [coding for concept in drugs_used for coding in _ingredient(concept, terms)]


def _named(concept: Json, terms: Terms, *, ordered: bool) -> Json:
    """The concept with canonical codings and the drugs that its texts name."""
    return extended(concept, readings(terms, key_of(concept), ordered=ordered).codings)


@dataclass(frozen=True, slots=True)
class Readings:
    """What to add to a concept, whether it is about a drug that the policies know, and what it says of it."""

    codings: tuple[Json, ...]
    is_drug: bool
    said: tuple[Json, ...]


@lru_cache(maxsize=8192)
def readings(terms: Terms, key: Key, *, ordered: bool = False) -> Readings:
    """The canonical codings and the names of drugs in the texts of a concept, and whether a text denies it."""
    names = drugs.codings(terms, texts_of(key), ordered=ordered)
    coded = any(pair in terms.drug_codes for pair in aliases.pairs(terms, key))
    is_drug = bool(names) or coded
    denied = is_drug and not ordered and _is_denied(terms, key, coded=coded)
    if not is_drug and not ordered:
        names = drugs.codings_left_open(terms, texts_of(key))
        denied = bool(names)
    said = [*names, reading("not-given-text")] if denied else names
    added_to = new_to(key, (*aliases.additions(terms, key), *said))
    return Readings(added_to, is_drug, _said(tuple(texts_of(key))))


def _is_denied(terms: Terms, key: Key, *, coded: bool) -> bool:
    """Whether the texts leave open that the drug was given; an aside does where no code says which drug it was."""
    texts = texts_of(key)
    if any(drugs.takes_back(terms, text) or circumstances.is_withheld(text) for text in texts):
        return True
    if any(drugs.left_open(terms, text) or giving.denies_giving(text) for text in texts):
        return True
    return not coded and any(drugs.is_aside(terms, text) for text in texts)


def _full(concept: Json, ingredients: list[Json], resource: Json, terms: Terms) -> Json:
    key = key_of(concept)
    read = readings(terms, key, ordered=resource["resourceType"] in _ORDERS)
    if not ingredients and not read.is_drug:
        return extended(concept, read.codings)
    further = [coding for ingredient in ingredients for coding in _ingredient(ingredient, terms)]
    further += _circumstances(key, read, resource)
    return with_codings(concept, (*read.codings, *further)) if further else extended(concept, read.codings)


def _ingredient(concept: Json, terms: Terms) -> Iterator[Json]:
    key = key_of(concept)
    for coding in concept.get("coding") or ():
        if coding.get("system") and coding.get("code"):
            yield added(coding["system"], coding["code"], INGREDIENT, coding.get("display"))
    for system, code in aliases.pairs(terms, key):
        yield added(system, code, INGREDIENT)
    yield from drugs.codings(terms, texts_of(key))


def _referenced(
    reference: Json, concept: Json | None, resource: Json, references: References
) -> tuple[Json, list[Json]]:
    """The concept and the ingredients' concepts of the Medication referred to; else the reference's display."""
    medication = references.resolve(reference, resource)
    own = concept or {}
    if medication is None or medication["resourceType"] != "Medication":
        display = reference.get("display")
        return ({**own, "text": display} if display and not own.get("text") else own), []
    code = medication.get("code") or {}
    merged = with_codings(own, code.get("coding") or []) if own else code
    if own.get("text") is None and code.get("text"):
        merged = {**merged, "text": code["text"]}
    return merged, list(_ingredients(medication, resource, references, depth=_DEEPEST))


def _ingredients(medication: Json, holder: Json, references: References, *, depth: int) -> Iterator[Json]:
    for item in medication.get("ingredient", ()):
        if item.get("isActive") is False:  # excipients: Amtagvi's label lists aldesleukin as one
            continue
        if "itemCodeableConcept" in item:
            yield item["itemCodeableConcept"]
        reference = item.get("itemReference")
        if reference and depth:
            yield from _item(reference, medication, holder, references, depth=depth - 1)


def _item(
    reference: Json, medication: Json, holder: Json, references: References, *, depth: int
) -> Iterator[Json]:
    found = references.resolve(reference, medication) or references.resolve(reference, holder)
    if found is not None and "code" in found:
        yield found["code"]
    elif reference.get("display"):
        yield {"text": reference["display"]}
    if found is not None:
        yield from _ingredients(found, holder, references, depth=depth)


_DEEPEST = 5
"""How many Medications may stand one inside the other: a kit, its vials, what is in them."""


def _circumstances(drug: Key, read: Readings, resource: Json) -> tuple[Json, ...]:
    """That it was blinded, or adjuvant, as the words for the drug and around it say."""
    alone = _AROUND.isdisjoint(resource)
    said = read.said if alone else _said((*texts_of(drug), *_around(resource)))
    return said if resource["resourceType"] in _ORDERS else (*said, *_denied(resource))


def _denied(resource: Json) -> tuple[Json, ...]:
    """That nothing was given, as a note, the reason of the status or a dose of zero says."""
    denied = giving.is_nothing(resource)
    for note in resource.get("note", ()):
        denied = denied or giving.denies_giving(note.get("text") or "")
    for name in _STATUS_REASONS.get(resource["resourceType"], ("statusReason",)):
        if name in resource and not denied:
            denied = _gives_up(resource[name], completed=resource.get("status") == "completed")
    return (reading("not-given-text"),) if denied else ()


_STATUS_REASONS = {"MedicationDispense": ("statusReason", "statusReasonCodeableConcept")}


def _gives_up(reason: Any, *, completed: bool) -> bool:
    """Whether the reason of the status says that it was not given; a refusal does where nothing was stopped."""
    concepts = reason if type(reason) is list else [reason]
    texts = [text for concept in concepts for text in texts_of(key_of(concept))]
    return any(giving.denies_giving(text) or (completed and giving.is_refusal(text)) for text in texts)


@lru_cache(maxsize=4096)
def _said(around: tuple[str, ...]) -> tuple[Json, ...]:
    blinded = (reading("blinded"),) if any(map(circumstances.is_blinded, around)) else ()
    adjuvant = (reading("adjuvant"),) if any(map(circumstances.is_adjuvant, around)) else ()
    return (*blinded, *adjuvant)


def _around(resource: Json) -> Iterator[str]:
    concepts: list[Json] = []
    for name in ("category", "reasonCode", "statusReason"):
        value = resource.get(name)
        concepts += value if isinstance(value, list) else [value] if value else []
    concepts += [
        e["valueCodeableConcept"] for e in resource.get("extension", ()) if "valueCodeableConcept" in e
    ]
    for concept in concepts:
        yield from texts_of(key_of(concept))
    for note in resource.get("note", ()):
        if note.get("text"):
            yield note["text"]
    for reference in resource.get("reasonReference", ()):
        if reference.get("display"):
            yield reference["display"]
