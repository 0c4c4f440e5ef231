"""What a test asked for, from its code and its name; never what it found."""

import re
from dataclasses import replace
from functools import lru_cache

from smartapp.normalize.braf import material
from smartapp.normalize.braf.clauses import RELEVANT
from smartapp.normalize.braf.findings import Asked
from smartapp.normalize.braf.variants import Kind, find
from smartapp.normalize.coding import Key, codings_of, texts_of
from smartapp.normalize.systems import canonical
from smartapp.normalize.uris import CPT, LOINC
from smartapp.normalize.words import plain

_BY_CODE = {
    (LOINC, "53844-7"): Asked(gene=True),
    (LOINC, "58483-9"): Asked(gene=True),
    (LOINC, "58415-1"): Asked(gene=True, v600=True, letters="E"),
    (LOINC, "85101-4"): Asked(gene=True, v600=True, letters="E"),
    (LOINC, "89861-9"): Asked(gene=True, v600=True, letters="K"),
    (LOINC, "97025-1"): Asked(gene=True, v600=True),
    (CPT, "81210"): Asked(gene=True, v600=True),
} | {
    # Tied to BRAF by one source, meaning not found: neither answer settles anything.
    (LOINC, code): Asked(gene=True, scope_unknown=True)
    for code in ("93690-6", "85299-6", "85511-4", "81705-6")
}
_NO_TEST = re.compile(
    r"inhibitor|\bbrafi\b|methylat|therap|vcf|tested for|signature|consent|counsel|request|ordered|availab|adequa"
    r"|quality|contaminat|inhibition|eligib|authori[sz]|education"
)
_GENE = re.compile(r"(?<![a-z0-9])b-?raf(?![a-z])|ve-?1(?![a-z0-9])")
_OTHERS = re.compile(
    r"(?<![a-z0-9])(?:[nkh]-?ras|c-?kit|kit|egfr|alk|ros1|ret|met|her2|pik3ca|tert|nf1|gna11|gnaq|pten"
    r"|tp53|idh[12]|map2k1|ntrk\w*|ras)(?![a-z0-9])"
)
_STAIN = re.compile(r"\bve-?1\b|\bihc\b|immunohisto|immunostain|immune stain")
_STRUCTURAL = re.compile(r"fusion|rearrange|translocation|amplification|copy number|\bfish\b|break-?apart")
_ELSEWHERE = {Kind.ELSEWHERE, Kind.OTHER, Kind.INVOLVES}
"""What a test may ask for that is not codon 600: exon 11, K601E."""
_NO_SEQUENCE = re.compile(r"delet|\bloss\b|\bgains?\b|duplicat|express|\bmrna\b|split signal")
_SEQUENCE = re.compile(r"mutat|v600|sequenc|variant")
_PART = re.compile(r"resistan|acquired|secondary")
_WILD = re.compile(r"\bwild|\bwt\b")


@lru_cache(maxsize=4096)
def asked(key: Key) -> Asked:
    """What the test with this code asks about BRAF; by a known code first, else by its name."""
    names = " ; ".join(name for text in texts_of(key) if RELEVANT.search(name := plain(text)))
    for system, code, _ in codings_of(key):
        known = _BY_CODE.get(canonical(system, code) or ("", ""))
        if known is not None:
            return _limited(known, names)
    return _by_name(names) if names else Asked()


def _limited(known: Asked, name: str) -> Asked:
    """What a known code asks, where the name beside it says that it asks less."""
    return replace(
        known,
        germline=known.germline or material.is_germline(name) or material.is_of_another(name),
        scope_unknown=known.scope_unknown or material.is_weak(name),
    )


def _by_name(name: str) -> Asked:
    variants = [variant for variant in find(name) if variant.kind is Kind.V600]
    if _NO_TEST.search(name) or not (_GENE.search(name) or variants):
        return Asked()
    letters = "".join(sorted({letter for variant in variants for letter in variant.name}))
    whole = any(not variant.name for variant in variants) or {"E", "K"} <= set(letters)
    stain = bool(_STAIN.search(name))
    named = {variant.kind for variant in find(name)}
    elsewhere = not variants and named and named <= _ELSEWHERE
    return Asked(
        gene=True,
        others=bool(_OTHERS.search(name)),
        v600=bool(variants) or stain,
        letters="" if whole else letters or ("E" if stain else ""),
        structural=_is_structural(name, stain=stain),
        germline=material.is_germline(name) or material.is_of_another(name),
        scope_unknown=bool(elsewhere) or material.is_weak(name) or _is_partial(name),
    )


def _is_structural(name: str, *, stain: bool) -> bool:
    if _STRUCTURAL.search(name):
        return True
    return bool(_NO_SEQUENCE.search(name)) and not (stain or _SEQUENCE.search(name))


def _is_partial(name: str) -> bool:
    """Whether it asks for a part of what may be found, or for the wild type, whose absence is a mutation."""
    return bool(_PART.search(name) or (_WILD.search(name) and not _SEQUENCE.search(name)))
