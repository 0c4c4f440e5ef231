"""Clinical wording in general: one spelling for comparison, sentences, what negates and what doubts."""

import re
from functools import lru_cache

_SIGNS = str.maketrans(
    {"®": "", "™": "", "©": "", "\u00a0": " ", "\u2007": " ", "\u202f": " ", "\u00ad": ""}
    | dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2212", "-")
    | dict.fromkeys("\u2018\u2019\u02bc", "'")
)
_MARKS = re.compile(r"\((?:r|tm|c)\)")
_SPACE = re.compile(r"[^\S\n]+")
_LEADER = re.compile(r"[._]{3,}|…|-{3,}|={3,}")
"""What fills a line between a label and its value."""
_SNAKE = re.compile(r"(?<=[a-z])_(?=[a-z])|(?<=\d)_(?=[a-z]+(?![a-z0-9]))")
"""The words of a code: "v600_not_detected"; "nm_004333" and "v600_k601delinse" are one word."""
_MARKUP = re.compile(
    r"<(?P<line>/?(?:br|p|div|tr|li|h\d)\b[^<>]*)>|<(?P<cell>/?t[dh]\b[^<>]*)>|</?[a-z][^<>]*>"
)
_ESCAPES = {
    "&nbsp;": " ",
    "&#160;": " ",
    "&lt;": "<",
    "&gt;": ">",
    "&amp;": "&",
    "\\.br\\": "\n",
    "\\t\\": "&",
}
"""Of HTML, and of HL7 version 2."""
_SENTENCE = re.compile(r"[;\n\r]+|[.!](?=\s|$)|\s\|\s|(?<=\S)\s+-\s+(?=(?:no|not|without|negative)\b)")
_ABBREVIATION = re.compile(r"\b(v\.\s?a|zust\.\s?n|z\.\s?n|st\.\s?p|vs|dr|mut|e\.\s?g|i\.\s?e|bzw)\.(?=\s)")


@lru_cache(maxsize=4096)
def plain(text: str) -> str:
    """Lower case, one kind of hyphen and space, no trademark signs, no markup."""
    folded = text.translate(_SIGNS).lower()
    if "_" in folded:
        folded = _SNAKE.sub(" ", folded)
    if "<" in folded or "&" in folded or "\\" in folded:
        folded = _unmarked(folded)
    return _SPACE.sub(" ", _MARKS.sub("", _LEADER.sub(": ", folded))).strip()


def _unmarked(text: str) -> str:
    for escape, meant in _ESCAPES.items():
        text = text.replace(escape, meant)
    return _MARKUP.sub(lambda m: "\n" if m["line"] else " | " if m["cell"] else " ", text)


@lru_cache(maxsize=4096)
def sentences(text: str) -> tuple[str, ...]:
    """The sentences of a plain text; a full stop inside a name or an abbreviation ends none."""
    kept = _ABBREVIATION.sub(lambda m: m[1].replace(".", ""), text)
    return tuple(part.strip() for part in _SENTENCE.split(kept) if part and part.strip())


def any_of(*patterns: str) -> re.Pattern[str]:
    """One expression for any of these, each standing as whole words."""
    return re.compile(r"(?<![a-z0-9])(?:" + "|".join(patterns) + r")(?![a-z0-9])")


NEGATION = (
    r"no",
    r"not",
    r"non",
    r"nor",
    r"never",
    r"none",
    r"without",
    r"w/o",
    r"denies",
    r"denied",
    r"negative for",
    r"free of",
    r"absence of",
    r"absent",
    r"lacks?",
    r"exclude[sd]?",
    r"excluding",
    r"ruled out",
    r"rules out",
    r"kein\w*",
    r"nicht",
    r"ohne",
    r"ausschluss",
    r"ausgeschlossen",
    r"pas de",
    r"sans",
    r"sin",
    r"neg(?:ative)? ?(?:for|:)",
    r"absence",
    r"ausencia",
    r"ausência",
    r"assenza",
    r"senza",
    r"nessun\w*",
    r"sem",
    r"geen",
    r"niet",
    r"zonder",
    r"ingen",
    r"ej",
    r"exclu[es]?",
    r"exclu[ií]d[oa]",
    r"[eé]cart[eé]e?",
    r"descartad[oa]",
    r"escluso",
    r"uitgesloten",
)
"""Words that take back what stands beside them (English, German, the commonest of six other languages)."""

HEDGE = (
    r"suspect\w*",
    r"suspicio\w*",
    r"possibl[ey]",
    r"probabl[ey]",
    r"likely",
    r"unlikely",
    r"presum\w*",
    r"questionable",
    r"r/o",
    r"rule[- ]?out",
    r"ruling out",
    r"concern(?:ing|ed|s)? (?:for|about)",
    r"cannot (?:be )?(?:exclude\w*|ruled out)",
    r"can't (?:be )?(?:exclude\w*|ruled out)",
    r"not (?:be )?(?:excluded|ruled out|confirmed)",
    r"differential\w*",
    r"ddx?",
    r"may be",
    r"might",
    r"could",
    r"vs",
    r"versus",
    r"consistent with",  # ICD-10-CM Guidelines IV.H counts it among uncertain diagnoses
    r"compatible with",
    r"c/w",
    r"working diagnosis",
    r"work-?up",
    r"evaluat\w+",
    r"equivocal",
    r"indeterminate",
    r"provisional\w*",
    r"query",
    r"atypical",
    r"verdacht\w*",
    r"v\.?\s?a",
    r"fraglich\w*",
    r"moglich\w*",
    r"möglich\w*",
    r"suspicion",
    r"sospech\w*",
    r"suspici[oó]n",
    r"suspicions? de",
    r"soupçon\w*",
    r"sospett\w*",
    r"suspeit\w*",
    r"verdenking",
    r"misst[aä]nk\w*",
    r"posible",
    r"possibile",
    r"poss[ií]vel",
    r"(?:a|para|por) descartar",
    r"descarta",
    r"da escludere",
    r"[aà] [eé]liminer",
    r"favou?r(?:s|ed|ing)?",
)
"""Words that make a statement uncertain."""
