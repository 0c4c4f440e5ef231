"""Statements as readings: codings of the chart-reading system that CQL asks for.

braf-v600-positive, braf-v600-negative, braf-v600e-negative, braf-non-v600, braf-unclear.
"""

from functools import lru_cache

from smartapp.normalize.braf.findings import Finding, Statement
from smartapp.normalize.coding import Json, reading


def codings(statements: list[Statement]) -> tuple[Json, ...]:
    """The readings for these statements, each once."""
    return _codings(tuple(statements))


@lru_cache(maxsize=1024)
def _codings(statements: tuple[Statement, ...]) -> tuple[Json, ...]:
    letters = {letter for s in statements if s.finding is Finding.NO_LETTER for letter in s.name}
    found = {_code(s, letters) for s in statements}
    return tuple(reading(*pair) for pair in sorted(found))


def _negative_letter(letters: set[str]) -> tuple[str, str]:
    """Without E and K nothing common is left; without E only it is an E-only assay; K only says too little."""
    if {"E", "K"} <= letters:
        return "braf-v600-negative", "BRAF V600 not detected"
    if "E" in letters:
        return "braf-v600e-negative", "BRAF V600E not detected"
    return "braf-unclear", "BRAF result unclear"


_UNCLEAR_CODING = ("braf-unclear", "BRAF result unclear")
_CODE = {
    Finding.NO_CHANGE: ("braf-v600-negative", "BRAF mutation not detected"),
    Finding.NO_V600: ("braf-v600-negative", "BRAF V600 not detected"),
    Finding.SOME_CHANGE: _UNCLEAR_CODING,
    Finding.UNCLEAR: _UNCLEAR_CODING,
}


def _code(statement: Statement, letters: set[str]) -> tuple[str, str]:
    if statement.finding is Finding.V600:
        return "braf-v600-positive", f"BRAF V600{'/'.join(statement.name)}"
    if statement.finding is Finding.OTHER:
        return "braf-non-v600", f"BRAF {statement.name}"
    if statement.finding is Finding.NO_LETTER:
        return _negative_letter(letters)
    return _CODE[statement.finding]
