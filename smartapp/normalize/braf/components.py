"""The components of a variant Observation: which genes, which change, from which cells."""

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from smartapp.normalize.braf import results
from smartapp.normalize.braf.variants import Kind, Variant, find
from smartapp.normalize.coding import Json, Key, codings_of, key_of, texts_of
from smartapp.normalize.systems import canonical
from smartapp.normalize.uris import ENTREZ, HGNC, LOINC, SNOMED
from smartapp.normalize.words import plain


class Role(StrEnum):
    """What a component is about."""

    GENE = "gene"
    CHANGE = "change"
    TRANSCRIPT = "transcript"
    SOURCE = "source"
    SIGNIFICANCE = "significance"
    RESULT = "result"
    DETAIL = "detail"
    """Method, allele frequency, position, copy number ...: no statement."""
    FREE = "free"


# LOINC codes of HL7 genomics-reporting (STU2 and STU3) components.
_BY_CODE = {
    "48018-6": Role.GENE,
    "48005-3": Role.CHANGE,
    "48004-6": Role.CHANGE,
    "81290-9": Role.CHANGE,
    "81252-9": Role.CHANGE,
    "81255-2": Role.CHANGE,
    "47998-0": Role.CHANGE,
    "51958-7": Role.TRANSCRIPT,
    "48002-0": Role.SOURCE,
    "53037-8": Role.SIGNIFICANCE,
    "48006-1": Role.DETAIL,
    "48019-4": Role.DETAIL,
    "93044-6": Role.DETAIL,
    "62374-4": Role.DETAIL,
    "81258-6": Role.DETAIL,
    "47999-8": Role.DETAIL,
    "48013-7": Role.DETAIL,
    "48000-4": Role.DETAIL,
    "81254-5": Role.DETAIL,
    "53034-5": Role.DETAIL,
    "69547-8": Role.DETAIL,
    "69551-0": Role.DETAIL,
    "81259-4": Role.DETAIL,
    "51963-7": Role.DETAIL,
}
_BY_NAME = (
    (re.compile(r"gene(?: studied| symbol| name)?s?(?: \[?id\]?)?|gen|gene symbol|hgnc\w*"), Role.GENE),
    (
        re.compile(
            r"(?:amino acid|protein|dna|coding|nucleotide|genomic|cdna)? ?(?:change|variant|alteration"
            r"|mutation)s?"
            r"(?: \(?(?:[pcg]\.?|[pcg]?hgvs|[pcg]\.hgvs|name|detected|type)\)?)?|(?:[pcg][. ]?)?hgvs\w*"
            r"|variante?|mutation"
        ),
        Role.CHANGE,
    ),
    (re.compile(r".*\b(?:source class|origin|somatic status)\b.*"), Role.SOURCE),
    (re.compile(r".*\b(?:clinical significance|pathogenicity|classification)\b.*"), Role.SIGNIFICANCE),
    (
        re.compile(r"(?:overall |test )?(?:result|interpretation|assessment|finding|ergebnis|call)s?"),
        Role.RESULT,
    ),
    (
        re.compile(
            r".*\b(?:method|frequency|vaf|depth|coverage|transcript|exon|region|position|chromosome"
            r"|copy number|assembly|zygosity|level of evidence|specimen|tumou?r content|purity|quality"
            r"|comment on method|therapy|drug)\b.*"
        ),
        Role.DETAIL,
    ),
)
_BRAF_SEQUENCE = re.compile(
    r"nm_004333|np_004324|nm_001354609|np_001341538|nm_001374258|np_001361187|enst00000288602"
    r"|enst00000646891|ensg00000157764|ng_007873|lrg_299|braf"
)
_BRAF_LOCUS = re.compile(r"(?:nc_000007\.\d+:(?:g\.)?|chr7[:_](?:g\.)?|7:g\.)(?:140[47]\d{5})")
_BRAF_GENE = {(HGNC, "HGNC:1097"), (ENTREZ, "673"), ("", "HGNC:1097"), ("", "1097")}
_GERMLINE = (LOINC, "LA6683-2")
_PRESENT: dict[bool, Key] = {True: ("present",), False: ("absent",)}
_YES = {(SNOMED, "373066001"), (LOINC, "LA33-6")}
_NO = {(SNOMED, "373067005"), (LOINC, "LA32-8")}
_YES_WORDS = frozenset(("yes", "y", "ja", "oui", "si", "sí"))
_NO_WORDS = frozenset(("no", "n", "nein", "non", "nee"))
_ABOUT_TESTING = re.compile(
    r"\b(?:test(?:ed|ing)?|performed|done|ordered|requested|collected|sent|available|received|reviewed|discussed"
    r"|documented|recorded|reported|known|indicated|needed|required|planned|pending|scheduled|completed?|eligib\w+"
    r"|file|consent\w*)\b"
)
_ASKS_THE_OPPOSITE = re.compile(
    r"\b(?:no|not|non|without|negativ\w*|absen\w+|normal|excluded|ruled out|wild-? ?type?|wildtyp\w*|wt|unmutated"
    r"|free of|kein\w*|ohne|lack\w*|intact)\b"
)
"""What a "no" answers with a mutation."""
_NOT_THE_TUMOR = re.compile(r"germ|keimbahn|f[oe]+tal|prenatal|maternal|donor")
_UNCERTAIN = {(LOINC, "LA26333-7"), (LOINC, "LA6682-4"), (LOINC, "LA6675-8"), (LOINC, "LA26334-5")}
_STRUCTURAL = re.compile(
    r"copy[- ]number (?:var|alter|change|gain|loss)|\bcnv\b|fusion|rearrang|transloc|structural var"
)
_UNCERTAIN_WORDS = re.compile(r"uncertain|unknown|\bvus\b|benign|unklar")


@dataclass(frozen=True, slots=True)
class Described:
    """What the components say together."""

    braf: bool
    other_genes: bool
    changes: tuple[Variant, ...]
    unread_change: bool
    """A change is given that names no variant known here."""
    germline: bool
    uncertain: bool
    structural: bool
    """The change is one of the gene's copies or place, not of its sequence."""


@lru_cache(maxsize=4096)
def role(key: Key) -> Role:
    """What a component with this code is about, by LOINC code or by name."""
    for system, code, _ in codings_of(key):
        pair = canonical(system, code)
        if pair is not None and pair[0] == LOINC and pair[1] in _BY_CODE:
            return _BY_CODE[pair[1]]
    names = [plain(text) for text in texts_of(key)]
    return next((found for pattern, found in _BY_NAME if any(pattern.fullmatch(n) for n in names)), Role.FREE)


def described(keys: tuple[tuple[Role, Key], ...]) -> Described:
    """Genes, changes, source and significance from (role, value) of every component."""
    genes = [key for kind, key in keys if kind is Role.GENE]
    changes = [key for kind, key in keys if kind is Role.CHANGE]
    sequences = changes + [key for kind, key in keys if kind is Role.TRANSCRIPT]
    variants = tuple(v for key in changes for v in _variants(key))
    return Described(
        braf=any(_is_braf(key) for key in genes) or any(_on_braf(key) for key in sequences),
        other_genes=any(not _is_braf(key) for key in genes),
        changes=variants,
        unread_change=bool(changes) and not variants,
        germline=any(_is_germline(key) for kind, key in keys if kind is Role.SOURCE),
        uncertain=any(_is_uncertain(key) for kind, key in keys if kind is Role.SIGNIFICANCE),
        structural=any(
            _STRUCTURAL.search(plain(t)) for kind, key in keys if kind is Role.DETAIL for t in texts_of(key)
        ),
    )


def value_key(component: Json) -> Key | None:
    """The value of a component or Observation as a key: coded, or a string as text."""
    concept = component.get("valueCodeableConcept")
    if concept is not None:
        return key_of(concept)
    written = component.get("valueString")
    if written is not None:
        return (written,)
    said = component.get("valueBoolean")
    return None if said is None or _is_about_testing(component) else _PRESENT[said]


def answered(component: Json, value: Key | None) -> Key | None:
    """The value of a component or Observation; a yes, a no or a share of alleles as what it says was found."""
    if value is None:
        return _PRESENT[True] if _has_mutant_share(component) else None
    return value if _is_about_testing(component) else _found_or_not(value)


@lru_cache(maxsize=2048)
def _found_or_not(value: Key) -> Key:
    """A yes or a no as found or not; anything else as it is."""
    pairs = {canonical(system, code) for system, code, _ in codings_of(value)}
    words = {plain(text) for text in texts_of(value)}
    if pairs & _YES or (words and words <= _YES_WORDS):
        return _PRESENT[True]
    return _PRESENT[False] if pairs & _NO or (words and words <= _NO_WORDS) else value


def _has_mutant_share(component: Json) -> bool:
    """Whether a share or number of mutant alleles is given that is more than none."""
    quantity = component.get("valueQuantity") or {}
    number, comparator = quantity.get("value"), quantity.get("comparator")
    if not isinstance(number, int | float) or number <= 0 or comparator in ("<", "<="):
        return False
    return any(_SHARE.search(plain(name)) for name in texts_of(key_of(component.get("code") or {})))


_SHARE = re.compile(r"\bvaf\b|\bmaf\b|allel|fraction|frequency|copies|ctdna|percent")


def _is_about_testing(component: Json) -> bool:
    """Whether it is asked if a test was done or is known, not what it found; or if there is no mutation."""
    return _names_testing(key_of(component.get("code") or {}))


@lru_cache(maxsize=2048)
def _names_testing(code: Key) -> bool:
    names = [plain(name) for name in texts_of(code)]
    return any(_ABOUT_TESTING.search(name) or _ASKS_THE_OPPOSITE.search(name) for name in names)


@lru_cache(maxsize=2048)
def _is_braf(key: Key) -> bool:
    pairs = {canonical(system, code) or (system or "", code or "") for system, code, _ in codings_of(key)}
    if pairs & _BRAF_GENE:
        return True
    codes = [code for _, code, _ in codings_of(key) if code]
    return any(
        re.fullmatch(r"b-?raf1?\b.*|.*\bbraf\b.*|hgnc:\s?1097", plain(t)) for t in (*texts_of(key), *codes)
    )


@lru_cache(maxsize=2048)
def _on_braf(key: Key) -> bool:
    return any(
        _BRAF_SEQUENCE.search(text) or _BRAF_LOCUS.search(text) for raw in _all(key) if (text := plain(raw))
    )


@lru_cache(maxsize=2048)
def _variants(key: Key) -> tuple[Variant, ...]:
    kinds = (Kind.V600, Kind.INVOLVES, Kind.OTHER, Kind.FUSION)
    found = {(v.kind, v.name): v for raw in _all(key) for v in find(plain(raw)) if v.kind in kinds}
    return tuple(found.values())


def _all(key: Key) -> tuple[str, ...]:
    codes = [code for system, code, _ in codings_of(key) if code and canonical(system, code) is None]
    return (*results.words(key), *codes)


def _is_germline(key: Key) -> bool:
    pairs = {canonical(system, code) for system, code, _ in codings_of(key)}
    return _GERMLINE in pairs or any(_NOT_THE_TUMOR.search(plain(text)) for text in texts_of(key))


def _is_uncertain(key: Key) -> bool:
    pairs = {canonical(system, code) for system, code, _ in codings_of(key)}
    return bool(pairs & _UNCERTAIN) or any(_UNCERTAIN_WORDS.search(plain(text)) for text in texts_of(key))
