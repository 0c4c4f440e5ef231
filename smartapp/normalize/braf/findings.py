"""What can be said about BRAF, and what a test was asked for."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


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


UNCLEAR = Statement(Finding.UNCLEAR)


def no_letter(letters: Iterable[str]) -> Statement:
    """Not found, for these amino acids."""
    return Statement(Finding.NO_LETTER, "".join(sorted(set("".join(letters)))))


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
