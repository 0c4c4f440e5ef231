"""Statements about the BRAF gene in free text, one gene, one clause at a time.

"NRAS Q61R detected; BRAF V600E not detected" says two things. What explains a method, quotes a label or
advises says nothing about the patient.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from smartapp.normalize.braf.polarity import Polarity, cues
from smartapp.normalize.braf.variants import Kind, Variant, find
from smartapp.normalize.words import plain, sentences


class Finding(StrEnum):
    """What is said about codon 600."""

    V600 = "v600"
    NO_CHANGE = "no-change"
    """Nothing in the whole gene."""
    NO_V600 = "no-v600"
    NO_LETTER = "no-letter"
    """Not found, for named amino acids only."""
    OTHER = "other"
    SOME_CHANGE = "some-change"
    """A change, and it is not said which."""
    UNCLEAR = "unclear"


@dataclass(frozen=True, slots=True)
class Statement:
    """One finding; `name` is the amino acids of a V600 change or the name of another variant."""

    finding: Finding
    name: str = ""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a test was asked for, from its code and name: `letters` when only some V600 changes."""

    gene: bool = False
    others: bool = False
    v600: bool = False
    letters: str = ""
    structural: bool = False
    germline: bool = False
    scope_unknown: bool = False


NOTHING_ASKED = Asked()

RELEVANT = re.compile(
    r"b-?raf|v\s?-?600|val\s?600|v599|val599|1799|ve-?1|exon 15|codon 600|14045313|14075333|rs113488022"
    r"|cosm476|cosv56056643"
)
_BRAF = r"ve-?1(?![a-z0-9])|b-?raf1?(?:v600\w*)?(?=[^a-z]|$|v600|i(?:nh)?\b)"
_OTHER_GENE = (
    r"[nkh]-?ras|c-?kit|kit|egfr|alk|ros1|ret|met|her2|erbb2|pik3ca|tert|nf1|gna11|gnaq|cdkn2a|pten|tp53"
    r"|tp 53|idh[12]"
    r"|map2k[12]|mek[12]|akt1|ctnnb1|brca[12]|brca|jak[123]|ntrk\w*|bap1|sf3b1|rac1|fgfr\d|pdgfra|araf"
    r"|raf1|cdk4|mdm2|myc"
    r"|msi\w*|mmr|tmb|pd-?l1|ras(?! wild)|arid1a|stk11|keap1|apc|smad4|kras/nras|mlh1|msh2|msh6|pms2|b2m"
    r"|ccnd1|vegf\w*"
)
_GENE = re.compile(rf"(?<![a-z0-9])(?:(?P<braf>{_BRAF})|(?P<other>{_OTHER_GENE}))(?![a-z]|\d(?!\d\d))")
_JOINED = re.compile(r"[\s,/&+]*(?:\b(?:and|or|und|oder|y|et|gene|genes|as well as)\b[\s,/&+]*)*")

# The method, the literature, the label, advice: not this patient's result.
_GENERAL = re.compile(
    r"\b(?:this|the) (?:assay|test|method|panel|kit|procedure)\b|\bassay (?:detects|is|was|has|can|may)\b"
    r"|\btest detects\b"
    r"|\b(?:detects|interrogates|targets|evaluates|covers|screens for|designed to|intended to|validated"
    r"|cross-?react\w*)\b"
    r"|\bwas (?:tested|analy[sz]ed|evaluated|assessed|examined|sequenced|screened) for\b|\btesting (?:for"
    r"|was|is)\b(?!.*\b(?:negative|positive|detected)\b)"
    r"|\bsensitivity\b|\blimits? of detection\b(?!\s*[):]?\s*[\d<])|\bspecificity\b"
    r"|\bdoes not (?:exclude|rule out|preclude)\b|\b(?:cannot|can not) (?:exclude|rule out)\b"
    r"|\bdo not exclude\b"
    r"|\bmay (?:benefit|respond|be|predict|harbou?r|have|indicate)\b|\bshould\b|\brecommend\w*"
    r"|\bconsider(?:ed)?\b|\bindicated\b"
    r"|\bapproved\b|\bfda\b|\btherap(?:y|ies|eutic)\b|\binhibitors?\b|\btreat(?:ment|ed)\b|\bbenefit\b"
    r"|\bresponse to\b|\bresistan\w+"
    r"|\bassociated with\b|\bpatients with\b|\bindividuals with\b|\btumou?rs with\b|\bmelanomas? (?:with"
    r"|harbou?ring)\b"
    r"|\bmutations? (?:in|of|are|is|occur\w*) (?:\w+ ){0,4}(?:melanomas|patients|cancers|tumou?rs|%"
    r"|percent|found in|common|frequent)"
    r"|\boccurs? in\b|%\s?of\b|\bpercent of\b|\breported in\b|\bliterature\b|\breferences?\b(?! (?:range"
    r"|interval|sequence))"
    r"|\bclinical trials?\b|\beligib\w+|\bif (?:positive|negative|detected|mutated|clinically|braf|the)\b"
    r"|\bmethodolog\w+|\bprimers?\b"
    r"|\b(?:positive|negative|internal) controls?\b|\bfamily\b|\bmother\b|\bfather\b|\bsister\b|\bbrother\b"
)
_REFERENCE_RANGE = re.compile(
    r"\breference (?:range|interval|value)s?\b|\bnormal (?:range|value)\b|\bexpected (?:result|value)\b"
)
_TEST_WORD = re.compile(
    r"\b(?:analysis|assay|test(?:ing|s|ed)?|panel|sequencing|pcr|ngs|immunohisto\w+|ihc|stain\w*"
    r"|evaluation|study|studies|method|probe"
    r"|status|request\w*|order\w*|mutation detection|determination|bestimmung|analyse|untersuchung"
    r"|testung|clone|antibody)\b"
)
_PARENTHESES = re.compile(
    r"\([^()]*\b(?:limit|lod|sensitivity|reference|reported|method|ngs|pcr|vaf|allele|cobas|by)\b[^()]*\)"
)
_GERMLINE = re.compile(r"\b(?:germ-?line|constitutional|hereditary|inherited|keimbahn\w*)\b")
_SOMATIC = re.compile(r"\bsomatic|\btumou?r\b|somatisch")
_UNCERTAIN_SIGNIFICANCE = re.compile(
    r"\bvus\b|(?:uncertain|unknown) (?:clinical )?significance|\bbenign\b|\bpolymorphism\b"
)
_CLAUSE = re.compile(
    r",\s*(?:and |but |while |whereas )?|\bbut\b|\bwhile\b|\bwhereas\b|\bhowever\b|\baber\b"
    r"|\band\b(?=.*\b(?:not|no|negative)\b)"
)


@lru_cache(maxsize=8192)
def read(
    text: str, asked: Asked = NOTHING_ASKED, *, explicit: bool = True, default: Polarity | None = None
) -> tuple[Statement, ...]:
    """The statements about BRAF in a text.

    `asked` tells what "detected" refers to when the text is a result (not `explicit`); an explicit text has
    to name the gene or the variant itself. `default` is what a bare mention means.
    """
    wording = plain(text)
    if explicit and not RELEVANT.search(wording):
        return ()
    found: list[Statement] = []
    context: bool | None = asked.gene or None
    for sentence in _told(wording):
        for braf, alone, clause, inherited in _clauses(sentence, context, alone=not asked.others):
            context = braf
            if braf is not False:
                found += _statements(clause, asked, _Setting(braf, alone, explicit, default, inherited))
    return _settled(found)


@lru_cache(maxsize=4096)
def says_v600_positive(text: str) -> bool:
    """Whether a text says that a BRAF V600 mutation was found."""
    return any(statement.finding is Finding.V600 for statement in read(text))


@dataclass(frozen=True, slots=True)
class _Setting:
    """Around a clause.

    Is BRAF meant (None: not said), BRAF alone, must it be named, what a bare mention means.
    """

    braf: bool | None
    alone: bool
    explicit: bool
    default: Polarity | None
    inherited: frozenset[Polarity]


def _told(wording: str) -> Iterator[str]:
    for sentence in sentences(wording):
        result = _REFERENCE_RANGE.split(sentence)[0]
        if not _GENERAL.search(_PARENTHESES.sub(" ", result)):
            yield result


def _clauses(
    sentence: str,
    context: bool | None,  # noqa: FBT001 - three answers, not a switch
    *,
    alone: bool,
) -> list[tuple[bool | None, bool, str, frozenset[Polarity]]]:
    """The parts of a sentence, each about one group of genes.

    Whether BRAF is among them, whether alone, the words.

    The words before the first gene say it of all ("negative for NRAS Q61R and BRAF V600E"); a group without
    a verdict of its own shares that of the next ("BRAF V600E and NRAS Q61R were not detected").
    """
    groups = _gene_groups(sentence)
    if not groups:
        return [(context, alone and context is True, sentence, frozenset())]
    before = cues(sentence[: groups[0][0]])
    ends = [start for start, _, _ in groups[1:]] + [len(sentence)]
    parts: list[tuple[bool | None, bool, str, frozenset[Polarity]]] = []
    following: frozenset[Polarity] = frozenset()
    for i in range(len(groups) - 1, -1, -1):
        start, braf, only = groups[i]
        words = sentence[0 if i == 0 else start : ends[i]]
        own = cues(sentence[start : ends[i]])
        parts.append((braf, only, words, before or following if not own else frozenset()))
        following = own or following
    return parts[::-1]


def _gene_groups(sentence: str) -> list[tuple[int, bool, bool]]:
    """Where each group of joined gene names starts, whether BRAF is in it, whether it is alone."""
    groups: list[list[re.Match[str]]] = []
    for match in _GENE.finditer(sentence):
        if groups and _JOINED.fullmatch(sentence, groups[-1][-1].end(), match.start()):
            groups[-1].append(match)
        else:
            groups.append([match])
    return [
        (group[0].start(), any(m["braf"] for m in group), all(m["braf"] for m in group)) for group in groups
    ]


def _statements(clause: str, asked: Asked, setting: _Setting) -> list[Statement]:
    """What one clause says; when it says both found and not found it is divided at its commas."""
    variants = find(clause)
    if _GERMLINE.search(clause) and not _SOMATIC.search(clause):
        return [Statement(Finding.UNCLEAR)]
    said = cues(clause) or setting.inherited
    if len(said) > 1 and len(parts := [p for p in _CLAUSE.split(clause) if p and p.strip()]) > 1:
        return [s for part in parts for s in _divided(part, asked, setting)]
    if not variants and setting.explicit and not _names_braf(clause):
        return []
    if setting.braf is None and setting.explicit and not any(v.kind is Kind.V600 for v in variants):
        return []
    polarity = Polarity.UNCLEAR if len(said) > 1 else next(iter(said), None)
    return _judged(polarity, variants, clause, asked, setting)


def _divided(part: str, asked: Asked, setting: _Setting) -> list[Statement]:
    if not find(part) and not _names_braf(part) and not cues(part):
        return []
    said = cues(part)
    polarity = Polarity.UNCLEAR if len(said) > 1 else next(iter(said), None)
    return _judged(polarity, find(part), part, asked, setting)


def _names_braf(clause: str) -> bool:
    return any(match["braf"] for match in _GENE.finditer(clause))


def _judged(
    polarity: Polarity | None, variants: tuple[Variant, ...], clause: str, asked: Asked, setting: _Setting
) -> list[Statement]:
    if polarity is None:
        polarity = setting.default or _bare(variants, clause, setting)
    if polarity is None:
        return []
    if polarity is Polarity.UNCLEAR:
        return [Statement(Finding.UNCLEAR)]
    if polarity is Polarity.NOT_FOUND:
        return _not_found(variants, asked, setting)
    return _found(variants, clause, asked, setting)


def _bare(variants: tuple[Variant, ...], clause: str, setting: _Setting) -> Polarity | None:
    """A variant without a verdict is a finding; beside the name of a test it is none."""
    if not variants or all(v.kind in (Kind.REGION, Kind.AMPLIFICATION) for v in variants):
        return None
    if _TEST_WORD.search(clause):
        return None if setting.explicit else Polarity.UNCLEAR
    if any(v.kind is Kind.V600 for v in variants) or not setting.explicit:
        return Polarity.FOUND
    return Polarity.UNCLEAR


def _not_found(variants: tuple[Variant, ...], asked: Asked, setting: _Setting) -> list[Statement]:
    kinds = {variant.kind for variant in variants}
    if asked.structural or asked.scope_unknown or setting.braf is None:
        return [Statement(Finding.UNCLEAR)]
    if Kind.V600 in kinds:
        letters = [variant.name for variant in variants if variant.kind is Kind.V600]
        if "" in letters:
            return [Statement(Finding.NO_V600)]
        return [Statement(Finding.NO_LETTER, "".join(sorted(set("".join(letters)))))]
    if Kind.REGION in kinds:
        return [Statement(Finding.NO_V600)]
    if kinds:  # another variant, a fusion, an amplification: says nothing about V600
        return [Statement(Finding.UNCLEAR)]
    if asked.letters:
        return [Statement(Finding.NO_LETTER, asked.letters)]
    return [Statement(Finding.NO_V600 if asked.v600 else Finding.NO_CHANGE)]


def _found(variants: tuple[Variant, ...], clause: str, asked: Asked, setting: _Setting) -> list[Statement]:
    v600 = [variant.name for variant in variants if variant.kind is Kind.V600]
    if v600:
        return [Statement(Finding.V600, next((name for name in v600 if name), ""))]
    named = [variant.name for variant in variants if variant.kind in (Kind.OTHER, Kind.FUSION)]
    if any(variant.kind is Kind.INVOLVES for variant in variants) or (asked.structural and not named):
        return [Statement(Finding.UNCLEAR)]
    if named:
        plainly = setting.braf and setting.alone and not _UNCERTAIN_SIGNIFICANCE.search(clause)
        return [Statement(Finding.OTHER, named[0])] if plainly else [Statement(Finding.UNCLEAR)]
    if asked.v600 and not asked.others and not variants:
        return [Statement(Finding.V600, asked.letters)]
    return [Statement(Finding.SOME_CHANGE)]


def _settled(statements: Iterable[Statement]) -> tuple[Statement, ...]:
    """Statements of one text, taken together."""
    distinct = tuple(dict.fromkeys(statements))
    findings = {statement.finding for statement in distinct}
    if Finding.V600 in findings:
        return _beside_v600(distinct)
    if Finding.UNCLEAR in findings:
        return (Statement(Finding.UNCLEAR),)
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
