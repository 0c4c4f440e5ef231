"""Which policy covers an order, and how the order names the product.

The product concept decides (its codings, its text); other text of the order (notes, dosage) is read only where the
product concept says nothing, so that "fludarabine, before lifileucel" stays an order for fludarabine.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from smartapp.facts import Facts, Resource, is_forbidden
from smartapp.normalize import aliases, drugs
from smartapp.normalize.coding import key_of
from smartapp.normalize.terms import DRUG_NAME

if TYPE_CHECKING:
    from smartapp.policies.policy import Policy

_VAGUE = re.compile(
    r"unclassified|not otherwise|biologic|cell(ular)?\s+therap|immunotherap|infusion|investigational|miscellaneous"
    r"|non-?formulary|other drug|^\W*(drug|injection|medication|order)\W*$|^\W*$",
    re.IGNORECASE,
)
_EXAMINATION = re.compile(
    r"patholog|histolog|immunohisto|\bIHC\b|\bstain|\bquantif|\bdensity|\bscor(e|ing)|\bcount|\bgrading|\bassay|\bassessment"
    r"|\blab(oratory)?\b|^(108252007|108257001)$",  # SNOMED CT: laboratory, anatomic pathology procedure
    re.IGNORECASE,
)
_TREATMENT = re.compile(
    r"therap|infusion|treatment|transfer|administ|autologous|adoptive|product", re.IGNORECASE
)
_TEXT_KEYS = ("text", "display", "patientInstruction")


class Product(StrEnum):
    """How an order names the product of a policy."""

    NAMED = "named"
    THERAPY = "therapy"
    """The therapy without the product: evaluated, and the product is to be confirmed."""
    BARE_CODE = "bare-code"
    """A code that names no product: evaluated only when the disease is on record."""
    OTHER = "other"
    """Another product of the same therapy."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderMatch:
    """An order that a policy covers."""

    policy: "Policy"
    product: Product


def match_order(policy: "Policy", order: Resource, facts: Facts | None = None) -> OrderMatch | None:
    """How the order is covered by the policy, or None; an order not to perform something is as if absent."""
    if order.get("resourceType") not in ("MedicationRequest", "ServiceRequest") or is_forbidden(order):
        return None
    product = _product(policy, order, facts)
    if product is Product.THERAPY and _is_examination(order):
        return None
    return OrderMatch(policy=policy, product=product) if product else None


def _product(policy: "Policy", order: Resource, facts: Facts | None) -> Product | None:
    rules = policy.orders
    concepts = list(_concepts(order, facts))
    codings = {pair for concept in concepts for pair in aliases.pairs(policy.terms, key_of(_clean(concept)))}
    texts = [text for concept in concepts for text in _strings(concept)]
    names = _names(texts, policy)
    if codings & rules.products:
        return Product.NAMED
    if _names_other_product(texts, names, policy):
        return Product.OTHER
    if names & rules.products:
        return Product.NAMED
    if names & rules.therapies:
        return Product.OTHER if _notes_other_product(policy, order) else Product.THERAPY
    if _is_specific(codings, texts, names, policy):
        return None
    return _from_other_text(policy, order) or _from_bare_code(codings, texts, policy)


def _is_examination(order: Resource) -> bool:
    """Whether the cells are to be looked for, not given: an order of a laboratory or of pathology."""
    texts = list(_strings(order.get("code")))
    if any(_TREATMENT.search(text) for text in texts):
        return False
    headings = order.get("category")
    texts += _strings(headings)
    for heading in headings if isinstance(headings, list) else ():
        texts += (
            [coding.get("code", "") for coding in _clean(heading)["coding"]]
            if isinstance(heading, dict)
            else []
        )
    return any(_EXAMINATION.search(text) for text in texts)


def _from_other_text(policy: "Policy", order: Resource) -> Product | None:
    texts = list(_strings(order))
    names = _names(texts, policy)
    if _names_other_product(texts, names, policy):
        return Product.OTHER
    if names & policy.orders.products:
        return Product.NAMED
    return Product.THERAPY if names & policy.orders.therapies else None


def _from_bare_code(codings: set[tuple[str, str]], texts: list[str], policy: "Policy") -> Product | None:
    rules = policy.orders
    if any(pattern.search(text) for pattern in rules.other_therapies for text in texts):
        return None
    return Product.BARE_CODE if any(code in rules.bare_codes for _, code in codings) else None


def _names_other_product(texts: list[str], names: set[tuple[str, str]], policy: "Policy") -> bool:
    """Another product of the therapy, and not the policy's own beside it."""
    rules = policy.orders
    if names & rules.products:
        return False
    patterns = rules.other_products + (rules.other_product_patterns if names & rules.therapies else ())
    return any(pattern.search(text) for pattern in patterns for text in texts)


def _notes_other_product(policy: "Policy", order: Resource) -> bool:
    """Whether an order for the therapy says in its notes or dosage which other product is meant."""
    texts = list(_strings(order))
    if _names(texts, policy) & policy.orders.products:
        return False
    return any(pattern.search(text) for pattern in policy.orders.other_products for text in texts)


def _is_specific(
    codings: set[tuple[str, str]], texts: list[str], names: set[tuple[str, str]], policy: "Policy"
) -> bool:
    """Whether the product concept itself says that this is another drug."""
    silent = policy.orders.unclassified | policy.orders.bare_codes
    if names or any(code not in silent for _, code in codings):
        return True
    return any(not _VAGUE.search(text) for text in texts if not codings)


def _names(texts: list[str], policy: "Policy") -> set[tuple[str, str]]:
    return {(DRUG_NAME, code) for text in texts for code in drugs.named(policy.terms, text, ordered=True)}


def _concepts(order: Resource, facts: Facts | None) -> Iterator[Mapping[str, Any]]:
    for key in ("code", "medicationCodeableConcept"):
        if isinstance(order.get(key), dict):
            yield order[key]
    reference = order.get("medicationReference")
    if isinstance(reference, dict):
        yield {"text": reference.get("display")} if isinstance(reference.get("display"), str) else {}
        medication = _medication(order, str(reference.get("reference", "")), facts)
        yield from _medication_concepts(medication or {})


def _clean(concept: Mapping[str, Any]) -> dict[str, Any]:
    """The concept without codings that are no codings."""
    codings = concept.get("coding")
    kept = [
        {key: coding.get(key) for key in ("system", "code") if isinstance(coding.get(key), str)}
        for coding in (codings if isinstance(codings, list) else ())
        if isinstance(coding, dict)
    ]
    return {"coding": kept}


def _medication(order: Resource, reference: str, facts: Facts | None) -> Resource | None:
    contained = order.get("contained")
    if reference.startswith("#") and isinstance(contained, list):
        return next((r for r in contained if isinstance(r, dict) and r.get("id") == reference[1:]), None)
    if facts is None:
        return None
    relative = facts.full_urls.get(reference, "/".join(reference.split("/")[-2:]))
    return facts.find(relative)


def _medication_concepts(medication: Resource) -> Iterator[Mapping[str, Any]]:
    if isinstance(medication.get("code"), dict):
        yield medication["code"]
    for ingredient in medication.get("ingredient") or ():
        if isinstance(ingredient, dict) and isinstance(ingredient.get("itemCodeableConcept"), dict):
            yield ingredient["itemCodeableConcept"]


def _strings(node: Any) -> Iterator[str]:
    """Every human-readable text below a node, but not the narrative."""
    if isinstance(node, dict):
        for key, value in node.items():
            if isinstance(value, str) and key in _TEXT_KEYS:
                yield value
            elif key != "div":
                yield from _strings(value)
    elif isinstance(node, list):
        for value in node:
            yield from _strings(value)
