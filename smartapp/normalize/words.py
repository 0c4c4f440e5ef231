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
_SENTENCE = re.compile(r"[;\n\r]+|[.!](?=\s|$)|\s\|\s|(?<=\S)\s+-\s+(?=(?:no|not|without|negative)\b)")
_ABBREVIATION = re.compile(r"\b(v\.\s?a|z\.\s?n|st\.\s?p|vs|dr|e\.\s?g|i\.\s?e|bzw)\.(?=\s)")


@lru_cache(maxsize=4096)
def plain(text: str) -> str:
    """Lower case, one kind of hyphen and space, no trademark signs."""
    return _SPACE.sub(" ", _MARKS.sub("", text.translate(_SIGNS).lower())).strip()


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
)
"""Words that take back what stands beside them (English, German, some French and Spanish)."""

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
    r"sospecha",
)
"""Words that make a statement uncertain."""
