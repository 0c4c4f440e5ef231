"""Codes in value sets, and ages."""

from collections.abc import Iterable
from typing import Any, Protocol

from smartapp.elm import chronology
from smartapp.elm.code import Code, Pair, Vocabulary, plain
from smartapp.elm.fhir import coding_pairs
from smartapp.elm.temporal import Date, DateTime

Pairs = frozenset[Pair]


class Coded(Protocol):
    """What a run keeps of the codes that it has read."""

    coded: dict[int, tuple[Any, Pairs]]


def known_pairs(run: Coded, concept: dict[str, Any]) -> Pairs:
    """The codes of a FHIR concept, read once in a run; it is kept with them, so that its id stays its own."""
    kept = run.coded.get(id(concept))
    if kept is None:
        codings = concept.get("coding") or ()
        pairs = [(coding.get("system"), coding.get("code")) for coding in codings] or coding_pairs(concept)
        kept = run.coded[id(concept)] = (concept, frozenset(pairs))
    return kept[1]


def in_valueset(run: Coded, concept: Any, pairs: Pairs) -> bool:
    """Whether a coding of the concept is in the value set, by system and code; nothing is in none."""
    if type(concept) is dict:
        kept = run.coded.get(id(concept))
        return not (kept[1] if kept is not None else known_pairs(run, concept)).isdisjoint(pairs)
    if concept is None:
        return False
    if isinstance(concept, str):
        return any(code == concept for _, code in pairs)
    return not pairs.isdisjoint(coding_pairs(concept))


def any_in_valueset(run: Coded, concepts: Iterable[Any] | None, pairs: Pairs) -> bool:
    """Whether one of the concepts is in the value set."""
    return any(in_valueset(run, concept, pairs) for concept in concepts or ())


def in_codesystem(concept: Any, system: str) -> bool:
    """Whether a coding of the concept is of the code system; which codes exist is not known here."""
    return any(pair[0] == system for pair in coding_pairs(concept))


def any_in_codesystem(concepts: Iterable[Any] | None, system: str) -> bool:
    """Whether one of the concepts is of the code system."""
    return any(in_codesystem(concept, system) for concept in concepts or ())


def same_concept(run: Coded, concept: Any, pairs: Pairs) -> bool:
    """Whether a CodeableConcept or Coding shares a code with a known concept (`~`)."""
    if type(concept) is dict:
        kept = run.coded.get(id(concept))
        return not (kept[1] if kept is not None else known_pairs(run, concept)).isdisjoint(pairs)
    return concept is not None and not pairs.isdisjoint(coding_pairs(concept))


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
