"""Drugs named in text: whole words; what takes the statement back, or leaves it open, is told in `mentions`."""

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

from smartapp.normalize import mentions
from smartapp.normalize.coding import NAME_MATCH, Json, added
from smartapp.normalize.terms import DRUG_NAME, Terms
from smartapp.normalize.words import plain, sentences


@lru_cache(maxsize=8192)
def named(terms: Terms, text: str, *, ordered: bool = False) -> tuple[str, ...]:
    """Codes of the drugs that a text names as given (or, in an order, to be given), in alphabetical order."""
    wording = plain(text)
    if not _matcher(terms).search(wording):
        return ()
    return _named(terms, text, ordered=ordered, is_open=False)


@lru_cache(maxsize=8192)
def left_open(terms: Terms, text: str) -> tuple[str, ...]:
    """Codes of the drugs that a text leaves open: "nivolumab allergy", "possible nivolumab"; none beside one given."""
    wording = plain(text)
    if named(terms, text) or not _matcher(terms).search(wording):
        return ()
    return _named(terms, text, ordered=False, is_open=True)


def _named(terms: Terms, text: str, *, ordered: bool, is_open: bool) -> tuple[str, ...]:
    """What no words take back, of the mentions that are left open or of the others."""
    codes = _codes(terms)
    found = {
        codes[_squeezed(name)]
        for before, name, after in _mentions(terms, text, plain(text))
        if not mentions.is_taken_back(before, after, ordered=ordered)
        and mentions.is_left_open(before, after, ordered=ordered) is is_open
    }
    return tuple(sorted(found))


def _mentions(terms: Terms, text: str, wording: str) -> Iterator[tuple[str, str, str]]:
    """Each name in its sentence: what stands before it, the name, what stands after it."""
    unmeant = {name.lower() for name in terms.acronyms if not _is_acronym(name, text)}
    for sentence in sentences(_DASH.sub(", ", wording)):
        for match in _matcher(terms).finditer(sentence):
            if match[1] not in unmeant:
                yield sentence[: match.start()], match[1], sentence[match.end() :]


_DASH = re.compile(r"\s+-\s+")
"""What follows a dash is still about the drug: "nivolumab - not given"."""


@lru_cache(maxsize=1024)
def _is_acronym(name: str, text: str) -> bool:
    """Whether the text writes the name as an acronym ("TIL"), not as a word ("til").

    Where all is in capitals, only at an end of what is said: "CELL THERAPY: TIL", not "APPLY TIL DRY".
    """
    found = re.search(rf"(?<![A-Za-z0-9])(?:{name}|{name.upper()})(?![A-Za-z0-9])", text)
    if found is None or any(letter.islower() for letter in text):
        return found is not None
    before, after = text[: found.start()], text[found.end() :]
    return not (re.search(r"[A-Z0-9]\s*$", before) and re.match(r"\s*[A-Z0-9<>=]", after))


@lru_cache(maxsize=8192)
def takes_back(terms: Terms, text: str) -> bool:
    """Whether a text names a drug only to deny it: "nivolumab not given"; a drug that is planned is not denied."""
    return any(_mentions(terms, text, plain(text))) and not named(terms, text, ordered=True)


@lru_cache(maxsize=8192)
def is_aside(terms: Terms, text: str) -> bool:
    """Whether a text names a drug only beside what it is about: "prednisone for pembrolizumab colitis"."""
    found = list(_mentions(terms, text, plain(text)))
    return bool(found) and all(mentions.is_aside(before, after) for before, _, after in found)


def codings(terms: Terms, texts: Iterable[str], *, ordered: bool = False) -> list[Json]:
    """The drug-name codings for what these texts name."""
    return _added({code for text in texts for code in named(terms, text, ordered=ordered)})


def codings_left_open(terms: Terms, texts: Iterable[str]) -> list[Json]:
    """The drug-name codings for what these texts name as not tolerated."""
    return _added({code for text in texts for code in left_open(terms, text)})


def _added(codes: set[str]) -> list[Json]:
    return [added(DRUG_NAME, code, NAME_MATCH) for code in sorted(codes)]


@lru_cache(maxsize=8)
def _matcher(terms: Terms) -> re.Pattern[str]:
    names = sorted({plain(name) for name in terms.drug_names}, key=lambda name: (-len(name), name))
    if not names:
        return re.compile(r"(?!)")
    alternatives = "|".join(_loose(name) for name in names)
    return re.compile(rf"(?<![a-z0-9])({alternatives})(?![a-z0-9])")


@lru_cache(maxsize=8)
def _codes(terms: Terms) -> dict[str, str]:
    return {_squeezed(plain(name)): code for name, code in terms.drug_names.items()}


def _squeezed(name: str) -> str:
    return re.sub(r"[\s-]", "", name)


def _loose(name: str) -> str:
    """A hyphen or space in a name may be written as either, or left out."""
    return r"[\s-]?".join(re.escape(part) for part in re.split(r"[\s-]", name))
