"""Stage groups and M categories, from codes and from words: TNM notation of AJCC and UICC as charts write it."""

import re
from collections.abc import Iterator
from functools import lru_cache

from smartapp.normalize import aliases
from smartapp.normalize.coding import Key, codings_of, texts_of
from smartapp.normalize.systems import canonical
from smartapp.normalize.terms import Terms
from smartapp.normalize.uris import AJCC, UICC
from smartapp.normalize.words import HEDGE, any_of, plain

_M_CATEGORY = re.compile(
    r"(?<![a-z0-9])(?:[acpyr]{0,3}|[acpyr]{1,2}[tn]\w{1,4}(?:n\w{1,4})?)m(?:\s(?=[01x][a-d]))?([01x])([a-d])?(?![a-z0-9])"
)
_TNM = re.compile(
    r"(?<![a-z0-9])[yra]{0,2}[cp]?t(?:is|x|[0-4][a-d]?)\s?,?[cp]?n(?:x"
    r"|[0-3][a-d]?)(?:\(\w+\))?\s?,?[cp]?m(?:\s(?=[01x][a-d]))?([01x])([a-d])?(?!\d)"
)
_GROUP = re.compile(
    r"(?:(?<![a-z0-9])(?:(?:ajcc|uicc)(?: (?:v?\d(?:th)?|edition|ed\.?|prognostic|anatomic))* ?(?:stage)?"
    r"|[cpyr]{0,2}stage|stadium|stadio|estadio|stade)(?: group)?\s*:?\s*|^\s*)[cpyr]{0,2}-?"
    r"(iv|iii|ii|i|0|1|2|3|4)\s?([a-e][1-3]?|is|p)?(?![a-z0-9.])"
)
_SYSTEM = any_of(r"ajcc|uicc|tnm|american joint committee on cancer")
_BY_CODE = ("m1", "m0", "stage-iv", "stage-iii")
_FAMILIES = ({"m1", "m0"}, {"stage-iv", "stage-iii", "stage-early"})
_ADVANCED = {"m1", "stage-iv"}
_BARE_CATEGORY = re.compile(r"([01])[a-d]?(?:\([^)]*\))?")
_CATEGORIES = {"1": "m1", "0": "m0"}
_GROUPS = {"iv": "stage-iv", "4": "stage-iv", "iii": "stage-iii", "3": "stage-iii"}
_NEGATED = any_of(
    r"no",
    r"not",
    r"non",
    r"never",
    r"ruled out",
    r"excluded",
    r"without",
    r"at least",
    r"unknown",
    r"cannot",
    r"n/a",
)
_HEDGED = any_of(
    *HEDGE,
    r"either",
    r"if",
    r"pending",
    r"await\w*",
    r"revised",
    r"reclassified",
    r"down-?staged",
    r"corrected to",
    r"tbd",
)
_OF_SOMETHING_ELSE = any_of(
    r"tanner|contrast|iv (?:therapy|infusion|fluids?|access)"
    r"|ckd|kidney disease|renal disease|pressure|decubit\w*|sacral|heart|chf|copd|cirrhosis|gvhd"
)
_NO_DISTANT = any_of(
    r"no (?:evidence of )?(?:known )?distant metasta\w+",
    r"distant metasta\w+ (?:not|absent|none|negative)\w*",
)


def staged(terms: Terms, value: Key, *, category: bool) -> Iterator[str]:
    """The categories and groups of a value, by listed codes and by words; codes of AJCC and UICC are words."""
    pairs = frozenset(aliases.pairs(terms, value))
    by_code = {name for name in _BY_CODE if pairs & terms.stage_sets.get(name, frozenset())}
    by_words = dict.fromkeys(w for text in _stage_words(value) for w in _worded(text, category=category))
    for family in _FAMILIES:
        coded, worded = family & by_code, family & by_words.keys()
        agreed = coded | worded
        if (coded and worded and coded != worded) or agreed == {"m0", "m1"}:
            agreed -= _ADVANCED  # code and words disagree: the less advanced one
        yield from sorted(agreed)


def is_hedged(wording: str) -> bool:
    """Whether the words of a value make it of no use: "probably IV", "IV?"."""
    return "?" in wording or _HEDGED.search(wording) is not None


def names_its_system(value: Key) -> bool:
    """Whether a value says itself that it is a stage of AJCC or UICC, and so of a cancer."""
    systems = {pair[0] for system, code, _ in codings_of(value) if (pair := canonical(system, code))}
    return not systems.isdisjoint((AJCC, UICC)) or any(
        _SYSTEM.search(plain(text)) for text in texts_of(value)
    )


def _stage_words(value: Key) -> Iterator[str]:
    yield from texts_of(value)
    for system, code, _ in codings_of(value):
        known = canonical(system, code)
        if code and (known is None or known[0] in (AJCC, UICC)):
            yield code


@lru_cache(maxsize=4096)
def _worded(text: str, *, category: bool) -> tuple[str, ...]:
    """The readings of one text, as the answer to an M category or to a stage group."""
    wording = plain(text)
    if _OF_SOMETHING_ELSE.search(wording):
        return ()
    if is_hedged(wording) or _NEGATED.search(wording):
        return ("m0",) if _NO_DISTANT.search(wording) and not is_hedged(wording) else ()
    matches = (*_TNM.finditer(wording), *_M_CATEGORY.finditer(wording))
    found = [_CATEGORIES[match[1]] for match in matches if match[1] in _CATEGORIES]
    if category:
        bare = _BARE_CATEGORY.fullmatch(wording)
        return (*found, _CATEGORIES[bare[1]]) if bare else tuple(found)
    groups = [_GROUPS.get(match[1], "stage-early") for match in _GROUP.finditer(wording)]
    if groups and groups[-1] != "stage-iv":  # "stage IV, now stage IIIC"
        groups = [group for group in groups if group != "stage-iv"]
    return tuple(dict.fromkeys((*found, *groups)))
