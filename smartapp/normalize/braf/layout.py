"""Lines and cells that belong together: a label and its value, a sentence that a laboratory's interface broke."""

import re

from smartapp.normalize.braf.polarity import cues, is_verdict
from smartapp.normalize.braf.variants import find

_BREAK = re.compile(r"\s*(?:[\n\r]+|(?<!\S)\|(?!\S)|\s-\s+(?=(?:no|not|without|negative)\b))\s*")
_ENDED = re.compile(r"[;.!](?:\s|$)")
_UNFINISHED = re.compile(
    r"(?:\b(?:was|were|is|are|been|be|not|no|for|the|an?|of|in|and|or|nor|by|with|to|from|on|at)|[,:=])$"
)
_SUBJECT = re.compile(r"b-?raf|v(?:al)?\s?-?(?:600|599)|1799|codon 600|exon 15")
_METHOD = re.compile(r"(?:seq\w*|ngs|dna|rna|pcr|tissue|tumou?r|dna-tumou?r|hotspot)")
"""The cell of a table that says how it was looked for."""
_LABELLED = re.compile(
    r"(?:variant|mutation|alteration|change|protein|amino acid change|codon|exon|transcript|nucleotide|coding|dna)"
    r"[\w ]*:.*"
)


def rejoined(wording: str) -> str:
    """A plain text whose lines and cells are put together where the next says what the one before leaves open."""
    if "\n" not in wording and "\r" not in wording and "|" not in wording and " - " not in wording:
        return wording
    joined: list[str] = []
    for piece in filter(None, _BREAK.split(wording)):
        if joined and _goes_on(_ENDED.split(joined[-1])[-1], piece):
            joined[-1] += " " + piece
        else:
            joined.append(piece)
    return "\n".join(joined)


def _goes_on(open_words: str, piece: str) -> bool:
    if _UNFINISHED.search(open_words):
        return True
    if not _SUBJECT.search(open_words) or cues(open_words):
        return False
    return is_verdict(piece) or (
        not cues(piece) and (_is_detail(piece) or _METHOD.fullmatch(piece) is not None)
    )


def _is_detail(piece: str) -> bool:
    """The cell of a variant, or a line with its label."""
    variants = find(piece)
    named = len(variants) == 1 and not re.sub(
        r"[\s().:p]+", "", piece.replace(piece[variants[0].start : variants[0].end], "")
    )
    return named or _LABELLED.fullmatch(piece) is not None
