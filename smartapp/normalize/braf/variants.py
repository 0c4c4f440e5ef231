"""Variants of the BRAF gene as reports write them: HGVS names, the numbering before 2004, classes, fusions.

Matched on plain (lower-case) text.
"""

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache


class Kind(StrEnum):
    """What a mention says about codon 600."""

    V600 = "v600"
    INVOLVES = "involves-v600"
    """A change that includes codon 600 and is no plain V600 substitution, or "other than V600E"."""
    OTHER = "other"
    FUSION = "fusion"
    AMPLIFICATION = "amplification"
    REGION = "region"
    """Exon 15, where codon 600 lies: without a change there, codon 600 has none."""
    ELSEWHERE = "elsewhere"
    """Another exon: without a change there, codon 600 may have one."""


@dataclass(frozen=True, slots=True)
class Variant:
    """One mention: where, of what kind, and which amino acid or name."""

    start: int
    end: int
    kind: Kind
    name: str
    """For V600 the new amino acids ("E", "K", "EK"), "" when it is not said; else the variant's name."""


_THREE = {"glu": "E", "lys": "K", "asp": "D", "arg": "R", "met": "M", "ala": "A", "gly": "G", "leu": "L"}
_START = r"(?:(?<![a-z0-9_])|(?<=braf)|(?<=braf_))"
_PROTEIN = re.compile(
    rf"{_START}(?:p\.\s?)?\(?(?:v|val)[\s-]?600"
    r"(?P<letter>e2|e1|glu2?|lys|asp|arg|met|ala|gly|leu|[ekdrmagl](?![a-z0-9])"
    r"|(?<=600)\s[ekdr](?![a-z0-9]))?\)?"
    r"(?:mut\w*|x)?(?![a-z0-9_=*])"
)
_LISTED = re.compile(
    rf"{_START}(?:p\.)?v[\s-]?600\s?(?P<letters>[ekdrmagl]2?(?:\s?[/,]\s?[ekdrmagl]2?(?![a-z0-9]))+)(?![a-z0-9])"
)
_OLD = re.compile(rf"{_START}(?:p\.)?\(?(?:v599e|val599glu)\)?(?![a-z0-9])")  # until 2004, one codon less
_CODON = re.compile(r"(?<![a-z0-9])(?:codon 600|class (?:i|1))(?![a-z0-9])")
_OTHER_EXON = re.compile(
    r"(?<![a-z0-9])exons? (?:#\s?)?(?:1[0-46-8]|[1-9])(?![0-9]|\s?(?:-|to|through|bis)\s?\d|[^.;]*\b15\b)"
)
_GENOMIC_E = ("a>t", "a:t")
_CODONS = re.compile(
    r"(?<![a-z0-9])codons? (?:#\s?)?(?P<list>\d{3}(?:\s?(?:-|to|through|bis|and|und|or|[,/&+])+\s?\d{3})*)"
)
_RESIDUE = re.compile(rf"{_START}[acdefghiklmnpqrstvwy](?P<codon>\d{{3}})(?![a-z0-9])")
_RANGE = re.compile(r"(\d{3})(?:\s?(?:-|to|through|bis)\s?(\d{3}))?")
_EXON = re.compile(r"(?<![a-z0-9])exon (?:#\s?)?15(?![a-z0-9])")
_CODING = re.compile(
    r"(?<![0-9])(?:c\.\s?)?(?P<change>1799\s?t\s?>\s?[acg]|1798\s?g\s?>\s?[act]|1796\s?t\s?>\s?a"
    r"|1798_1799\s?(?:del\s?(?:gt)?\s?)?ins\s?(?:aa|ag)|1799_1800\s?(?:del\s?(?:tg)?\s?)?ins\s?(?:aa|at"
    r"|ac)|1798_1799\s?gt\s?>\s?(?:aa|ag)|1799_1800\s?tg\s?>\s?(?:aa|at|ac))(?![a-z])"
)
_CODING_LETTER = (
    ("1799t>a", "E"),
    ("1799t>c", "A"),
    ("1799t>g", "G"),
    ("1798g>a", "M"),
    ("1798g>", "L"),
    ("1796t>a", "E"),
    ("1798_1799", ""),
    ("1799_1800", ""),
)
_DELINS_LETTER = {("1798_1799", "aa"): "K", ("1798_1799", "ag"): "R", ("1799_1800", "aa"): "E"}
_GENOMIC = re.compile(
    r"(?:140453136|140753336|140453137|140753337)\s?(?P<change>[acgt]\s?>\s?[acgt])?"
    r"|(?<=:)(?:140453135|140753335):(?P<spdi>[acgt]+:[acgt]+)(?![a-z])"  # SPDI counts from 0
)
_NAMED_BY_DATABASE = re.compile(r"(?<![a-z0-9])(?:rs113488022|cosm476|cosv56056643|ve-?1)(?![a-z0-9])")
_INVOLVES = re.compile(
    r"(?:(?:v|val)600|(?<![a-z0-9])\w{1,3}\d{3})_(?:\w+)|(?:p\.)?\(?(?:v|val)600(?:fs\w*|del\w*|dup\w*"
    r"|ins\w*|_\w+|=|\*)"
    # V600 as the transcript NM_001374258 numbers it
    r"|(?<![a-z0-9])(?:p\.\s?)?\(?(?:v|val)640(?:glu|lys|asp|arg|met|ala|gly|leu|[ekdrmagl])\)?(?![a-z0-9])"
    r"|(?<![0-9])c\.\s?19(?:19\s?t\s?>|18\s?g\s?>|18_1919|19_1920)\s?\w*"
    r"|(?:non|not)[\s-]?(?:v|val)600[a-z]\w*|(?:other than|except|excluding"
    r"|besides) (?:braf )?(?:p\.)?(?:v|val)600\w*|(?<![0-9])(?:c\.)?1(?:79\d|80\d)_1\d{3}\w*"
)
_NON_V600 = re.compile(r"(?<![a-z0-9])non[\s-]?(?:v|val)600(?![a-z0-9])(?:\s(?:mutation|variant)\w*)?")
_CLASS = re.compile(r"(?<![a-z0-9])class (?P<class>ii|iii|2|3)(?![a-z0-9])")
_AMINO = "ala|arg|asn|asp|cys|gln|glu|gly|his|ile|leu|lys|met|phe|pro|ser|thr|trp|tyr|val"
_SUBSTITUTION = re.compile(
    rf"{_START}(?P<p>p\.\s?)?\(?(?P<old>{_AMINO}|[acdefghiklmnpqrstvwy])(?P<codon>\d{{2,3}})"
    rf"(?P<new>{_AMINO}|ter|del|dup|fs\w*|ins\w*|\*|[acdefghiklmnpqrstvwy])\)?(?![a-z0-9])"
)
_FUSION = re.compile(
    r"(?<![a-z0-9])(?:\w+(?:::|--?|/))?braf(?:(?:::|--?)\w+)?[\s-](?:gene )?(?:fusions?|rearrange\w+"
    r"|translocations?)|\w+::braf|braf::\w+|(?:fusions?|rearrange\w+) (?:of|involving|in) (?:the )?braf"
    r"|kiaa1549-braf|agk-braf"
)
_AMPLIFICATION = re.compile(r"(?<![a-z0-9])(?:amplif\w+|copy[- ]number (?:gain|increase)\w*|polysomy)")
_KINASE_DOMAIN = range(440, 721)
_PROTEIN_LENGTH = 766
_V600 = 600


@lru_cache(maxsize=4096)
def find(text: str) -> tuple[Variant, ...]:
    """The variants that a plain text mentions, in order; a mention inside another is not counted."""
    found: list[Variant] = []
    for finder in (_involving, _non_v600, _fusions, _listed, _v600, _others, _amplified, _regions):
        for variant in finder(text):
            if not any(variant.start < other.end and other.start < variant.end for other in found):
                found.append(variant)
    return tuple(sorted(found, key=lambda variant: variant.start))


def _mention(match: re.Match[str], kind: Kind, name: str = "") -> Variant:
    return Variant(match.start(), match.end(), kind, name)


def _involving(text: str) -> list[Variant]:
    simple = [*_CODING.finditer(text)]
    return [
        _mention(match, Kind.INVOLVES, match[0])
        for match in _INVOLVES.finditer(text)
        if not any(s.start() < match.end() and match.start() < s.end() for s in simple)
        and any(part in match[0] for part in ("600", "640", "_1", "c.19"))
    ]


def _non_v600(text: str) -> list[Variant]:
    named = [_mention(match, Kind.OTHER, "non-V600") for match in _NON_V600.finditer(text)]
    classes = [_mention(m, Kind.OTHER, f"class {m['class'].upper()}") for m in _CLASS.finditer(text)]
    return named + classes


def _fusions(text: str) -> list[Variant]:
    return [_mention(match, Kind.FUSION, "fusion") for match in _FUSION.finditer(text)]


def _listed(text: str) -> list[Variant]:
    """A list, "V600E/K", is one mention of several amino acids."""
    return [
        _mention(match, Kind.V600, "".join(re.findall(r"[EKDRMAGL]", match["letters"].upper())))
        for match in _LISTED.finditer(text)
    ]


def _regions(text: str) -> list[Variant]:
    elsewhere = [_mention(match, Kind.ELSEWHERE, match[0]) for match in _OTHER_EXON.finditer(text)]
    codons = [
        _mention(match, Kind.REGION if _holds_600(match["list"]) else Kind.ELSEWHERE, match[0])
        for match in _CODONS.finditer(text)
    ]
    codons += [
        _mention(match, Kind.ELSEWHERE, match[0])
        for match in _RESIDUE.finditer(text)
        if int(match["codon"]) in _KINASE_DOMAIN and int(match["codon"]) != _V600
    ]
    return elsewhere + codons + [_mention(match, Kind.REGION, "exon 15") for match in _EXON.finditer(text)]


def _holds_600(codons: str) -> bool:
    ranges = (match.groups() for match in _RANGE.finditer(codons))
    return any(int(first) <= _V600 <= int(last or first) for first, last in ranges)


def _v600(text: str) -> list[Variant]:
    protein = [_mention(m, Kind.V600, _letter(m["letter"])) for m in _PROTEIN.finditer(text)]
    coding = [_mention(m, Kind.V600, _coded(m["change"])) for m in _CODING.finditer(text)]
    genomic = [
        _mention(m, Kind.V600, "E" if re.sub(r"\s", "", m["change"] or m["spdi"] or "") in _GENOMIC_E else "")
        for m in _GENOMIC.finditer(text)
    ]
    others = [_mention(m, Kind.V600, "E") for m in (*_OLD.finditer(text), *_NAMED_BY_DATABASE.finditer(text))]
    return protein + coding + genomic + others + [_mention(m, Kind.V600) for m in _CODON.finditer(text)]


def _letter(written: str | None) -> str:
    bare = (written or "").strip()
    return _THREE.get(bare.rstrip("2"), bare[:1].upper())


def _coded(change: str) -> str:
    bare = re.sub(r"\s", "", change)
    for start, letter in _CODING_LETTER:
        if bare.startswith(start):
            return letter or _DELINS_LETTER.get((start, bare[-2:]), "D")
    return ""


def _others(text: str) -> list[Variant]:
    return [_mention(m, Kind.OTHER, _name(m)) for m in _SUBSTITUTION.finditer(text) if _is_plausible(m)]


def _is_plausible(match: re.Match[str]) -> bool:
    """Written as a protein change, or inside the kinase domain: "S100B" is no variant."""
    codon = int(match["codon"])
    if codon in (600, 599) and match["old"] in ("v", "val"):
        return False
    return 1 < codon <= _PROTEIN_LENGTH and (bool(match["p"]) or codon in _KINASE_DOMAIN)


def _name(match: re.Match[str]) -> str:
    return (
        f"{match['old']}{match['codon']}{match['new']}".upper()
        if len(match["old"]) == 1
        else match[0].strip("()")
    )


def _amplified(text: str) -> list[Variant]:
    return [_mention(match, Kind.AMPLIFICATION, "amplification") for match in _AMPLIFICATION.finditer(text)]
