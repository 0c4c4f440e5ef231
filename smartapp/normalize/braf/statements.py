"""Statements about the BRAF gene in free text."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import lru_cache

from smartapp.normalize.braf import material
from smartapp.normalize.braf.clauses import RELEVANT, Clause, clauses, names_braf
from smartapp.normalize.braf.findings import NOTHING_ASKED, UNCLEAR, Asked, Finding, Statement, no_letter
from smartapp.normalize.braf.polarity import Polarity, cues
from smartapp.normalize.braf.variants import Kind, Variant, find
from smartapp.normalize.words import plain

_TEST_WORD = re.compile(
    r"\b(?:analysis|assay|test(?:ing|s|ed)?|panel|sequencing|pcr|ngs|immunohisto\w+|ihc|stain\w*"
    r"|evaluation|study|studies|method|probe|status|request\w*|order\w*|mutation detection|determination"
    r"|bestimmung|analyse|untersuchung|testung|clone|antibody)\b"
)
_UNCERTAIN_SIGNIFICANCE = re.compile(
    r"\bvus\b|(?:uncertain|unknown) (?:clinical )?significance|\bbenign\b|\bpolymorphism\b"
)
_COMMAS = re.compile(
    r",\s*(?:and |but |while |whereas )?|\bbut\b|\bwhile\b|\bwhereas\b|\bhowever\b|\baber\b"
    r"|\band\b(?=.*\b(?:not|no|negative)\b)"
)

_VALUE_OPEN = re.compile(
    r"[^:=]*[:=](?!.*(?:%|\d\d|pathogenic|oncogenic|activating|tier|hotspot|mutation|variant|somatic))"
)
"""After the variant a value that is not there, or that nobody can read: "BRAF V600E: A"."""
_WILD = re.compile(r"\b(?:wt|wild-? ?type)\b")
_NO_SEQUENCE = re.compile(
    r"fusion|rearrang|transloc|copy[- ]number|\bcnv|\bdeletions?\b|\bloss\b|\bgains?\b|duplicat|amplif|methylat"
    r"|\bfish\b|break-?apart|split signal|express|\bmrna\b|polysomy"
)
_SEQUENCE = re.compile(
    r"mutat|mutant|mutiert|variant|\bsnvs?\b|\bindels?\b|v(?:al)?600|wild|\bwt\b|exon|codon|sequenc|\b[pc]\."
)
_UNJUDGED = re.compile(r"\bvariants? of (?:unknown|uncertain)[\w ]*significance|\bvus\b")
_JUDGED = re.compile(r"pathogenic|oncogenic|mutat|v600|wild|\bwt\b|reportable")
_FOUND_AFTER_ALL = re.compile(r"(?:but|then|later|subsequently)?\s*(?:detected|mutated)\b")
"""A sentence that starts like this goes on about the gene that the one before it names."""
_FUSED = re.compile(r"(?:fusion )?partners?")
_HALF = re.compile(r"hetero-?zyg")
_FOREIGN = re.compile(r"[^\W\d_a-z\u00aa-\u024f]")
"""Letters of another alphabet."""
_CHANGE = re.compile(r"[A-Z]\d+[A-Z]|p\..*")
_GLUED = re.compile(r"(?<![a-z0-9])(b-?raf)(wt|wild-?type|wildtyp\w*|mut\w*|neg\w*|pos\w*)(?![a-z0-9])")
"""The gene and its verdict as one word: "BRAFwt"."""
_STATED = re.compile(
    r"\b(?:mutations?|mutated|mutant|pathogenic|oncogenic|activating)\b|(?:vaf|frequency|allel\w*|af)\D{0,20}\d"
)
"""What makes the mention of a variant a finding."""
_NO_ALLELE = re.compile(r"(?<![\d.])0(?:\.0+)?\s?%")


@dataclass(frozen=True, slots=True)
class _Reading:
    """How a text is read."""

    asked: Asked
    explicit: bool
    default: Polarity | None


@lru_cache(maxsize=8192)
def read(
    text: str, asked: Asked = NOTHING_ASKED, *, explicit: bool = True, default: Polarity | None = None
) -> tuple[Statement, ...]:
    """The statements about BRAF in a text.

    `asked` tells what "detected" refers to when the text is a result (not `explicit`); an explicit text has
    to name the gene or the variant itself. `default` is what a bare mention means.
    """
    wording = _GLUED.sub(r"\1 \2", plain(text))
    if explicit and not RELEVANT.search(wording):
        return ()
    how = _Reading(asked, explicit, default)
    told = clauses(wording, gene=asked.gene, alone=not asked.others)
    said = _settled(said for clause in told if clause.braf is not False for said in _statements(clause, how))
    taken_back = said and (material.is_void(wording) or material.is_weak(wording))
    return _settled(material.weakened(said)) if taken_back else said


@lru_cache(maxsize=4096)
def says_v600_positive(text: str) -> bool:
    """Whether a text says that a BRAF V600 mutation was found."""
    return any(statement.finding is Finding.V600 for statement in read(text))


def _statements(clause: Clause, how: _Reading) -> list[Statement]:
    """What one clause says; when it says both found and not found it is divided at its commas."""
    words = clause.words
    if material.is_germline(words):
        return [UNCLEAR]
    said = cues(words) or clause.inherited
    parts = [part for part in _COMMAS.split(words) if part and part.strip()] if len(said) > 1 else []
    if len(parts) > 1:
        return [s for part in parts for s in _of_part(replace(clause, words=part), how)]
    variants = find(words)
    if how.explicit and not variants and not names_braf(words):
        return [UNCLEAR] if clause.braf and _FOUND_AFTER_ALL.match(words) else []
    if how.explicit and clause.braf is None and not any(v.kind is Kind.V600 for v in variants):
        return []
    return _judged(said, variants, clause, how)


def _of_part(part: Clause, how: _Reading) -> list[Statement]:
    said, variants = cues(part.words), find(part.words)
    if not said and not variants and not names_braf(part.words):
        return []
    return _judged(said, variants, part, how)


def _judged(
    said: frozenset[Polarity], variants: tuple[Variant, ...], clause: Clause, how: _Reading
) -> list[Statement]:
    polarity = next(iter(said), None) or how.default or _bare(variants, clause, how)
    if polarity is None:
        return []
    if polarity is Polarity.UNCLEAR or len(said) > 1:
        return [UNCLEAR]
    if polarity is Polarity.FOUND and _NO_ALLELE.search(clause.words):
        return [UNCLEAR]
    judge = _not_found if polarity is Polarity.NOT_FOUND else _found
    return [judge(variants, clause, how.asked)]


def _bare(variants: tuple[Variant, ...], clause: Clause, how: _Reading) -> Polarity | None:
    """A variant without a verdict is a finding; beside the name of a test it is none."""
    if not variants or all(v.kind in (Kind.REGION, Kind.ELSEWHERE, Kind.AMPLIFICATION) for v in variants):
        return None
    if all(clause.words.startswith("ve", variant.start) for variant in variants):
        return None  # the antibody
    if _VALUE_OPEN.match(clause.words, variants[-1].end) or _FOREIGN.search(clause.words):
        return Polarity.UNCLEAR
    if _TEST_WORD.search(clause.words):
        return None if how.explicit else Polarity.UNCLEAR
    if any(v.kind is Kind.V600 for v in variants) or not how.explicit:
        return Polarity.FOUND
    if _STATED.search(clause.words) and any(
        v.kind is Kind.OTHER and _CHANGE.fullmatch(v.name) for v in variants
    ):
        return Polarity.FOUND
    return Polarity.UNCLEAR


def _not_found(variants: tuple[Variant, ...], clause: Clause, asked: Asked) -> Statement:
    kinds = {variant.kind for variant in variants}
    if asked.structural or asked.scope_unknown or clause.braf is None or _denies_little(clause.words):
        return UNCLEAR
    if Kind.V600 in kinds and not clause.alone and _WILD.search(clause.words):
        return UNCLEAR  # "BRAF/NRAS: V600E / WT"
    if Kind.V600 in kinds:
        letters = [variant.name for variant in variants if variant.kind is Kind.V600]
        return Statement(Finding.NO_V600) if "" in letters else no_letter(letters)
    if Kind.REGION in kinds:
        return Statement(Finding.NO_V600)
    if kinds:  # another variant, a fusion, an amplification: says nothing about V600
        return UNCLEAR
    if asked.letters:
        return Statement(Finding.NO_LETTER, asked.letters)
    return Statement(Finding.NO_V600 if asked.v600 else Finding.NO_CHANGE)


def _denies_little(words: str) -> bool:
    """Whether what is denied is no change of the sequence, one allele, or what nobody knows the significance of."""
    return bool(
        (_NO_SEQUENCE.search(words) and not _SEQUENCE.search(words))
        or (_UNJUDGED.search(words) and not _JUDGED.search(words))
        or _HALF.search(words)
        or material.is_weak(words)
        or _of_another(words)
    )


def _of_another(words: str) -> bool:
    """Whether it is somebody else's result; the partner of a fusion is nobody."""
    return material.is_of_another(_FUSED.sub(" ", words))


def _found(variants: tuple[Variant, ...], clause: Clause, asked: Asked) -> Statement:
    v600 = [variant.name for variant in variants if variant.kind is Kind.V600]
    if v600:
        return Statement(Finding.V600, next((name for name in v600 if name), ""))
    named = [variant.name for variant in variants if variant.kind in (Kind.OTHER, Kind.FUSION)]
    if any(variant.kind is Kind.INVOLVES for variant in variants) or (asked.structural and not named):
        return UNCLEAR
    if named:
        plainly = clause.braf and clause.alone and not _UNCERTAIN_SIGNIFICANCE.search(clause.words)
        return Statement(Finding.OTHER, named[0]) if plainly else UNCLEAR
    if asked.v600 and not asked.others and not variants:
        return Statement(Finding.V600, asked.letters)
    return Statement(Finding.SOME_CHANGE)


def _settled(statements: Iterable[Statement]) -> tuple[Statement, ...]:
    """Statements of one text, taken together."""
    distinct = tuple(dict.fromkeys(statements))
    findings = {statement.finding for statement in distinct}
    if Finding.V600 in findings:
        return _beside_v600(distinct)
    if Finding.UNCLEAR in findings:
        return (UNCLEAR,)
    if Finding.SOME_CHANGE in findings and Finding.OTHER not in findings:
        # "Mutation detected; V600E not detected" may be V600K; "no V600 mutation" leaves another variant.
        kept = tuple(s for s in distinct if s.finding is Finding.NO_V600)
        return kept or (Statement(Finding.SOME_CHANGE),)
    return tuple(s for s in distinct if s.finding is not Finding.SOME_CHANGE)


def _beside_v600(distinct: tuple[Statement, ...]) -> tuple[Statement, ...]:
    """A V600 change stands; a denial contradicts it unless it denies other amino acids."""
    names = "".join(s.name for s in distinct if s.finding is Finding.V600)
    denials = (Finding.NO_CHANGE, Finding.NO_V600)
    return tuple(
        s
        for s in distinct
        if s.finding is Finding.V600
        or s.finding in denials
        or (s.finding is Finding.NO_LETTER and (not names or set(s.name) & set(names)))
    )
