"""Codes in value sets, and ages."""

from collections.abc import Iterable
from functools import lru_cache
from operator import itemgetter
from typing import Any, Protocol

from smartapp.elm import chronology
from smartapp.elm.code import Code, Pair, Vocabulary, plain
from smartapp.elm.fhir import coding_pairs
from smartapp.elm.temporal import Date, DateTime

Pairs = frozenset[Pair]


class Coded(Protocol):
    """What a run keeps of the codes that it has read."""

    coded: dict[int, Pairs]
    read: list[Any]
    """The concepts whose codes are kept, so that the id of each stays its own."""


def codes(run: Coded, concept: Any) -> frozenset[Any]:
    """The codes of a concept, by system and code; of a bare code itself, of nothing none."""
    return run.coded.get(id(concept)) or read(run, concept)


def read(run: Coded, concept: Any) -> frozenset[Any]:
    """The same, read anew; of a FHIR concept they are kept for the run."""
    if concept is None:
        return _NONE
    if type(concept) is not dict:
        return frozenset((concept,) if isinstance(concept, str) else coding_pairs(concept))
    codings = concept.get("coding")
    try:
        found = frozenset(map(_PAIR, (concept,) if codings is None else codings))
    except (KeyError, TypeError):
        found = frozenset(coding_pairs(concept))
    run.coded[id(concept)] = found
    run.read.append(concept)
    return found


_NONE: frozenset[Any] = frozenset()
_PAIR = itemgetter("system", "code")


@lru_cache(maxsize=1024)
def with_bare(pairs: Pairs) -> frozenset[Any]:
    """The codes of a value set with their systems, and bare, as elements of the type `code` have them."""
    return pairs | {code for _, code in pairs}


def in_valueset(run: Coded, concept: Any, pairs: Pairs) -> bool:
    """Whether a coding of the concept is in the value set, by system and code; nothing is in none."""
    return not codes(run, concept).isdisjoint(with_bare(pairs))


def any_in_valueset(run: Coded, concepts: Iterable[Any] | None, pairs: Pairs) -> bool:
    """Whether one of the concepts is in the value set."""
    return any(in_valueset(run, concept, pairs) for concept in concepts or ())


def in_codesystem(concept: Any, system: str) -> bool:
    """Whether a coding of the concept is of the code system; which codes exist is not known here."""
    return any(pair[0] == system for pair in coding_pairs(concept))


def any_in_codesystem(concepts: Iterable[Any] | None, system: str) -> bool:
    """Whether one of the concepts is of the code system."""
    return any(in_codesystem(concept, system) for concept in concepts or ())


def pairs_of(codes: Any) -> Pairs:
    """System and code of codes, concepts, or a list of them."""
    codes = plain(codes)
    if isinstance(codes, Vocabulary):
        return codes.codes or frozenset()
    if isinstance(codes, list):
        return frozenset(pair for code in codes for pair in coding_pairs(code))
    return frozenset(coding_pairs(codes))


def expand(vocabulary: Vocabulary | None) -> list[Code] | None:
    """The codes of a value set."""
    if vocabulary is None or vocabulary.codes is None:
        return None
    return [Code(code, system) for system, code in sorted(vocabulary.codes, key=str)]


def age(birth: Date | DateTime | None, at: Date | DateTime | None, precision: str) -> Any:
    """Whole years (months, days) from birth to a day; uncertain where the birth date is known in part."""
    if birth is None or at is None:
        return None
    if type(birth) is Date and type(at) is DateTime:
        at = Date(at.parts[:3])
    return chronology.duration(birth, at, precision)
