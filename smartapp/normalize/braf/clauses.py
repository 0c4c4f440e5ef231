"""Free text divided into clauses, each about one group of genes.

"NRAS Q61R detected; BRAF V600E not detected" says two things. What explains a method, quotes a label or
advises says nothing about the patient.
"""

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass

from smartapp.normalize.braf.layout import rejoined
from smartapp.normalize.braf.polarity import Polarity, cues
from smartapp.normalize.braf.variants import find
from smartapp.normalize.words import sentences

RELEVANT = re.compile(
    r"b-?raf|v\s?-?600|val\s?600|v599|val599|1799|ve-?1|exon 15|codon 600|14045313|14075333|rs113488022"
    r"|cosm476|cosv56056643"
)
_BRAF = r"ve-?1(?![a-z0-9])|b-?raf1?(?:v600\w*)?(?=[^a-z]|$|v600|i(?:nh)?\b)"
_OTHER_GENE = (
    r"[nkh]-?ras|c-?kit|kit|egfr|alk|ros1|ret|met|her2|erbb2|pik3ca|tert|nf1|gna11|gnaq|cdkn2a|pten|tp53"
    r"|tp 53|idh[12]|map2k[12]|mek[12]|akt1|ctnnb1|brca[12]|brca|jak[123]|ntrk\w*|bap1|sf3b1|rac1|fgfr\d"
    r"|pdgfra|araf|raf1|cdk4|mdm2|myc|msi\w*|mmr|tmb|pd-?l1|ras(?! wild)|arid1a|stk11|keap1|apc|smad4"
    r"|kras/nras|mlh1|msh2|msh6|pms2|b2m|ccnd1|vegf\w*"
)
_GENE = re.compile(rf"(?<![a-z0-9])(?:(?P<braf>{_BRAF})|(?P<other>{_OTHER_GENE}))(?![a-z]|\d(?!\d\d))")
_JOINED = re.compile(r"[\s,/&+]*(?:\b(?:and|or|und|oder|y|et|gene|genes|as well as)\b[\s,/&+]*)*")

# The method, the literature, the label, advice: not this patient's result.
_GENERAL = re.compile(
    r"\b(?:this|the) (?:assay|test|method|panel|kit|procedure)\b|\bassay (?:detects|is|was|has|can|may)\b"
    r"|\btest detects\b|\b(?:detects|interrogates|targets|evaluates|covers|screens for|designed to"
    r"|intended to|validated|cross-?react\w*)\b|\bwas (?:tested|analy[sz]ed|evaluated|assessed|examined"
    r"|sequenced|screened) for\b|\btesting (?:for|was|is)\b(?!.*\b(?:negative|positive|detected)\b)"
    r"|\bsensitivity\b|\blimits? of detection\b(?!\s*[):]?\s*[\d<])|\bspecificity\b|\bdoes not (?:exclude"
    r"|rule out|preclude)\b|\b(?:cannot|can not) (?:exclude|rule out)\b|\bdo not exclude\b"
    r"|\bmay (?:benefit|respond|be|predict|harbou?r|have|indicate)\b|\bshould\b|\brecommend\w*"
    r"|\bconsider(?:ed)?\b|\bindicated\b|\bapproved\b|\bfda\b|\btherap(?:y|ies|eutic)\b|\binhibitors?\b"
    r"|\btreat(?:ment|ed)\b|\bbenefit\b|\bresponse to\b|\bresistan\w+|\bassociated with\b"
    r"|\bpatients with\b|\bindividuals with\b|\btumou?rs with\b|\bmelanomas? (?:with|harbou?ring)\b"
    r"|\bmutations? (?:in|of|are|is|occur\w*) (?:\w+ ){0,4}(?:melanomas|patients|cancers|tumou?rs|%"
    r"|percent|found in|common|frequent)|\boccurs? in\b|%\s?of\b|\bpercent of\b|\breported in\b"
    r"|\bliterature\b|\breferences?\b(?! (?:range|interval|sequence))|\bclinical trials?\b|\beligib\w+"
    r"|\bif (?:positive|negative|detected|mutated|clinically|braf|the)\b|\bmethodolog\w+|\bprimers?\b"
    r"|\b(?:positive|negative|internal|wild-? ?type|wt|no[- ]template) controls?\b"
    r"|\bfamily\b|\bmother\b|\bfather\b|\bsister\b"
    r"|\bbrother\b"
    # an earlier version of the report
    r"|\b(?:previously|originally|initially|formerly|erroneously) (?:reported|resulted|called|released|issued)\b"
    r"|\b(?:corrected|amended|changed|revised) from\b"
    r"|\b(?:original|initial|previous|prior|preliminary) (?:report|result|value)s?(?: was| were| stated| read|:)"
)
_BY_THIS_ASSAY = re.compile(
    r"(^no\b[^.;]*\b|\b(?:was|were) (?:not )?)(detected|identified|found|seen|observed)"
    r" (?:by|with|in|using|on) (?:this|the) (?:assay|test|method|panel)\b"
)
"""How a result was found; "are not detected by this assay" speaks of the method."""
_REFERENCE_RANGE = re.compile(
    r"\breference (?:range|interval|value)s?\b|\bnormal (?:range|value)\b|\bexpected (?:result|value)\b"
)
_PARENTHESES = re.compile(
    r"\([^()]*\b(?:limit|lod|sensitivity|reference|reported|method|ngs|pcr|vaf|allele|cobas|by)\b[^()]*\)"
)


@dataclass(frozen=True, slots=True)
class Clause:
    """Words about one group of genes."""

    words: str
    braf: bool | None
    """Whether BRAF is among the genes; None where no gene was named so far."""
    alone: bool
    """Whether it is the only one."""
    inherited: frozenset[Polarity] = frozenset()
    """What other words of the sentence say of it, where its own say nothing."""


def clauses(wording: str, *, gene: bool, alone: bool) -> Iterator[Clause]:
    """The clauses of a plain text.

    `gene` and `alone` tell whether the text answers a test of BRAF, and of BRAF only.
    """
    context: bool | None = gene or None
    for sentence in _told(wording):
        for clause in _divided(sentence, context, alone=alone):
            context = clause.braf
            yield clause


def names_braf(words: str) -> bool:
    """Whether the words name the gene."""
    return any(match["braf"] for match in _GENE.finditer(words))


def _told(wording: str) -> Iterator[str]:
    for sentence in sentences(rejoined(wording)):
        result = _BY_THIS_ASSAY.sub(r"\1\2", _REFERENCE_RANGE.split(sentence)[0])
        if not _GENERAL.search(_PARENTHESES.sub(" ", result)):
            yield result


def _divided(sentence: str, context: bool | None, *, alone: bool) -> list[Clause]:  # noqa: FBT001 - three answers
    """The parts of a sentence, each about one group of genes.

    The words before the first gene say it of all ("negative for NRAS Q61R and BRAF V600E"). A group without
    a verdict of its own shares that of the next where they are listed together ("BRAF V600E and NRAS Q61R
    were not detected"), not in "BRAF V600E, NRAS wild type".
    """
    groups = _gene_groups(sentence)
    if not groups:
        return [Clause(sentence, context, alone and context is True)]
    before = cues(sentence[: groups[0][0]])
    starts = [0] + [_start(sentence, a[0], b[0]) for a, b in itertools.pairwise(groups)]
    parts: list[Clause] = []
    following = _NOTHING_FOLLOWS
    for i in range(len(groups) - 1, -1, -1):
        start, braf, only = groups[i]
        words = sentence[starts[i] : starts[i + 1] if i + 1 < len(groups) else None]
        own = cues(words[start:] if i == 0 else words)
        listed = i == 0 or (starts[i] == start and _LISTED.search(sentence[:start]))
        shared = following.repeated_in(words) if braf and following.braf else following.shared_by(words)
        parts.append(Clause(words, braf, only, frozenset() if own else (before if listed else ()) or shared))
        following = _Following(own or shared, words, listed=not own and bool(shared), braf=braf)
    return parts[::-1]


_LISTED = re.compile(r"(?:,|\b(?:and|or|nor|und|oder|et|y|e|o)\b|[/+&])\s*$")
_JOINT = re.compile(r"(?:\b(?:and|or|nor|und|oder|et|y|e|o)\b|[/+&])\s*$")
_PLURAL = re.compile(
    r"\b(?:were|are|both|all|none|neither|mutations|variants|changes|alterations|waren|sind|wurden)\b"
    r"|\b(?:p\.)?[a-z]\d{2,4}[a-z]\b|\bcodon \d"
)
"""What says of the next gene what may be said of several: "were not detected", a variant of its own."""
_LEAD = re.compile(
    r"(?:[,(]|\b(?:and|but|with|while|whereas)\b)\s*"
    r"(?P<lead>(?:(?!\band\b|\bbut\b|\bwith\b|\bwhile\b|\bwhereas\b)[^,()])*?(?:\b(?:for|of|in|no|without|not|a|an)|:)\s+)$"
    r"|(?P<denial>\b(?:without|(?:with )?no|lacking)(?:\s(?:any|evidence of|an?|associated|concurrent|other))*\s+)$"
)
"""Words at the end of one group that lead to the next: "NRAS negative, positive for" BRAF."""


def _start(sentence: str, previous: int, gene: int) -> int:
    """Where the words about a gene start: at its name, or at what leads to it."""
    match = _LEAD.search(sentence, previous, gene)
    if match is None:
        return gene
    start = match.start("lead" if match["lead"] else "denial")
    return start if cues(sentence[start:gene]) or find(sentence[start:gene]) else gene


@dataclass(frozen=True, slots=True)
class _Following:
    """What is said of the next group of genes."""

    said: frozenset[Polarity]
    words: str
    listed: bool
    """Whether it shares the verdict of the one after it."""
    braf: bool

    def repeated_in(self, words: str) -> frozenset[Polarity]:
        """What of it holds for words before it about the same gene: "BRAF V600E BRAF WT" says two things."""
        apart = _WILD.search(self.words) or _ends_with_variant(words.rstrip(" ,/|-"))
        if self.said == {Polarity.NOT_FOUND} and apart and find(words) and not find(self.words):
            return frozenset({Polarity.UNCLEAR})
        return self.said

    def shared_by(self, words: str) -> frozenset[Polarity]:
        """What of it holds for the words before it too: all, nothing, or what cannot be told."""
        if self.said == {Polarity.NOT_FOUND} and _GENE.match(self.words) and _ends_with_variant(words):
            return frozenset({Polarity.UNCLEAR})  # "BRAF V600E NRAS WT": headings and values, in some order
        if not self.said or not _LISTED.search(words):
            return frozenset()
        alike = bool(_PLURAL.search(self.words))
        joint = bool(_JOINT.search(words))
        if (alike and (joint or self.listed)) or (joint and not find(words)):
            return self.said
        return frozenset({Polarity.UNCLEAR}) if joint or alike or not find(words) else frozenset()


_WILD = re.compile(r"\b(?:wt|wild)")


def _ends_with_variant(words: str) -> bool:
    """Whether nothing, not even a comma, stands between a variant and the next gene."""
    variants = find(words)
    return bool(variants) and variants[-1].end == len(words.rstrip())


_NOTHING_FOLLOWS = _Following(frozenset(), "", listed=False, braf=False)


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
