"""Of what material a result is: none of the tumor, or too little of it to show that a mutation is not there."""

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

from smartapp.normalize import persons
from smartapp.normalize.braf.findings import UNCLEAR, Finding, Statement
from smartapp.normalize.coding import Json, key_of, texts_of
from smartapp.normalize.words import plain

_GERMLINE = re.compile(
    r"germ-?line|constitutional|hereditary|inherited|keimbahn|noonan|rasopath|cardio-?facio|costello|\bleopard\b"
    r"|saliva|buccal|\b(?:matched|adjacent|paired) (?:\w+ )?normal|\bnormal (?:blood|tissue|skin|control)\b"
)
_SOMATIC = re.compile(r"somatic|somatisch|(?<!matched to )tumou?r")
_OTHER_TISSUE = re.compile(r"thyroid|schilddrüse|\bn(?:a?e)v(?:us|i)\b")
_DONOR = re.compile(r"\bdonor\b|prenatal|\bfamily\b")
_VOID = re.compile(
    r"\bwrong (?:patient|specimen|sample|chart|block)|\bmis-?labell?ed|\bmix(?:ed)?[- ]?up|\bswapped"
    r"|\bresults? (?:(?:is|was|are|were|has been) )?(?:invalid|withdrawn|retracted|void)|\binvalid(?:ated)? result"
    r"|\b(?:entered|reported|issued|resulted|released) in error|\bbelongs? to another|\banother patient"
)
_DENIALS = {Finding.NO_CHANGE, Finding.NO_V600, Finding.NO_LETTER, Finding.OTHER}


def is_germline(words: str) -> bool:
    """Whether plain words say that no tumor was looked at."""
    return _GERMLINE.search(words) is not None and _SOMATIC.search(words) is None


def is_of_another(words: str) -> bool:
    """Whether the plain name of a test says that somebody else was tested."""
    return persons.named_in(words) or _DONOR.search(words) is not None


def is_weak(words: str) -> bool:
    """Whether plain words name what cannot show that the melanoma has no mutation: a nevus, the thyroid."""
    return _OTHER_TISSUE.search(words) is not None and "melanom" not in words


def is_void(words: str) -> bool:
    """Whether plain words take a result back as a whole: another specimen's, invalid."""
    return _VOID.search(words) is not None


def weakened(statements: Iterable[Statement]) -> list[Statement]:
    """What was found stands, what was not found is unclear."""
    return [UNCLEAR if statement.finding in _DENIALS else statement for statement in statements]


def judged(statements: list[Statement], observation: Json) -> list[Statement]:
    """The statements of an Observation in the light of its material and of notes that take it back."""
    words = _around(observation) if statements else ()
    if any(map(is_germline, words)):
        return [UNCLEAR]
    notes = (note["text"] for note in observation.get("note", ()) if note.get("text"))
    doubted = any(map(is_weak, words)) or any(_takes_back(note) for note in notes)
    return weakened(statements) if doubted else statements


@lru_cache(maxsize=2048)
def _takes_back(note: str) -> bool:
    return is_void(plain(note))


def _around(observation: Json) -> tuple[str, ...]:
    return tuple(map(plain, _named(observation)))


def _named(observation: Json) -> Iterator[str]:
    for element in ("method", "bodySite"):
        if element in observation:
            yield from texts_of(key_of(observation[element]))
    if display := observation.get("specimen", {}).get("display"):
        yield display
