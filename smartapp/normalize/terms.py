"""The vocabulary that the normaliser is given: names of drugs and diseases, NDC products, stage codes."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from smartapp.normalize import uris

Pair = tuple[str, str]
"""A canonical (system, code)."""

DRUG_NAME = "https://smartapp.example/fhir/CodeSystem/drug-name"
DISEASE_NAME = "https://smartapp.example/fhir/CodeSystem/disease-name"
DRUG_SYSTEMS = (
    uris.RXNORM,
    uris.NDC,
    uris.HCPCS,
    uris.ICD10PCS,
    uris.ATC,
    uris.UNII,
    uris.SNOMED,
)
STAGE_SETS = ("m1", "m0", "stage-iv", "stage-iii", "stage-code", "m-code")


@dataclass(frozen=True, slots=True, kw_only=True)
class Disease:
    """A disease with the words that name it and the words that make such a mention uncertain."""

    code: str
    names: tuple[str, ...]
    doubts: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Terms:
    """What to look for; compared and hashed by identity, so that readings can be remembered per Terms."""

    drug_names: Mapping[str, str] = field(default_factory=dict)
    """Concept code by lower-case name."""
    acronyms: frozenset[str] = frozenset()
    """Those names that are words of a language unless written like this: "TIL"."""
    disease_names: tuple[Disease, ...] = ()
    ndc_products: frozenset[str] = frozenset()
    """Product codes as the value sets write them: labeler-product, 4-4, 5-3 or 5-4 digits."""
    drug_codes: frozenset[Pair] = frozenset()
    """Every code of a drug vocabulary in the value sets."""
    mute: frozenset[Pair] = frozenset()
    """Codes whose display is not read; a code that ends with * stands for any continuation."""
    mute_systems: frozenset[str] = frozenset()
    """Code systems whose displays are not read."""
    stage_sets: Mapping[str, frozenset[Pair]] = field(default_factory=dict)

    @classmethod
    def build(
        cls, *, code_systems: Iterable[Mapping[str, Any]], value_sets: Mapping[str, Iterable[Pair]]
    ) -> "Terms":
        """The terms in these FHIR CodeSystems (drug-name, disease-name) and value sets (by short name).

        A value set "mute" adds to what the disease concepts mute; NDC codes are taken from every value set.
        """
        concepts = {system.get("url"): system.get("concept", ()) for system in code_systems}
        diseases, drugs = concepts.get(DISEASE_NAME, ()), concepts.get(DRUG_NAME, ())
        mute = {*_muted(diseases), *value_sets.get("mute", ())}
        return cls(
            drug_names=dict(_drug_names(drugs)),
            acronyms=frozenset(name for drug in drugs for name in _designated(drug, "acronym")),
            disease_names=tuple(_disease(concept) for concept in diseases),
            ndc_products=frozenset(_ndc_codes(value_sets)),
            drug_codes=frozenset(
                pair for pairs in value_sets.values() for pair in pairs if pair[0] in DRUG_SYSTEMS
            ),
            mute=frozenset(pair for pair in mute if pair[1] != "*"),
            mute_systems=frozenset(system for system, code in mute if code == "*"),
            stage_sets={name: frozenset(value_sets.get(name, ())) for name in STAGE_SETS},
        )

    def is_mute(self, system: str | None, code: str | None) -> bool:
        """Whether the display beside this canonical coding is left unread."""
        if not system or not code:
            return system in self.mute_systems
        if system in self.mute_systems or (system, code) in self.mute:
            return True
        return any((system, code[:n] + "*") in self.mute for n in range(1, len(code) + 1))


def _designated(concept: Mapping[str, Any], *uses: str) -> Iterator[str]:
    for designation in concept.get("designation", ()):
        if designation.get("use", {}).get("code", "name") in uses:
            yield designation["value"]


def _drug_names(concepts: Iterable[Mapping[str, Any]]) -> Iterator[tuple[str, str]]:
    for concept in concepts:
        for name in _designated(concept, "name", "brand", "acronym"):
            yield name.lower(), concept["code"]


def _disease(concept: Mapping[str, Any]) -> Disease:
    return Disease(
        code=concept["code"],
        names=tuple(_designated(concept, "name")),
        doubts=tuple(_designated(concept, "doubt")),
    )


def _muted(concepts: Iterable[Mapping[str, Any]]) -> Iterator[Pair]:
    for concept in concepts:
        for item in concept.get("property", ()):
            if item.get("code") == "muted":
                system, _, code = item["valueString"].partition("|")
                yield system, code


def _ndc_codes(value_sets: Mapping[str, Iterable[Pair]]) -> Iterator[str]:
    return (code for pairs in value_sets.values() for system, code in pairs if system == uris.NDC)
