"""What a value says to what was asked: a stage, a metastasis, no evidence of disease."""

from collections.abc import Iterator
from functools import lru_cache

from smartapp.normalize.coding import Key, codings_of, texts_of
from smartapp.normalize.staging.asked import DISTANT_METASTASIS, Question
from smartapp.normalize.staging.groups import is_hedged, names_its_system, staged
from smartapp.normalize.systems import canonical
from smartapp.normalize.terms import Pair, Terms
from smartapp.normalize.uris import LOINC, SNOMED
from smartapp.normalize.words import any_of, plain, sentences

_FULL_REMISSION = (SNOMED, "550991000124107")
_PRESENT = {
    (SNOMED, "52101004"),
    (SNOMED, "10828004"),
    (SNOMED, "260373001"),
    (SNOMED, "373066001"),
    (LOINC, "LA9633-4"),
    (LOINC, "LA6576-8"),
    (LOINC, "LA33-6"),
}
_ABSENT = {
    (SNOMED, "2667000"),
    (SNOMED, "260385009"),
    (SNOMED, "260415000"),
    (SNOMED, "373067005"),
    (LOINC, "LA9634-2"),
    (LOINC, "LA6577-6"),
    (LOINC, "LA32-8"),
}
_PRESENT_WORDS = any_of(r"present", r"yes", r"positive", r"detected", r"true", r"confirmed", r"identified")
_ABSENT_WORDS = any_of(r"absent", r"no", r"none", r"not", r"negative", r"false", r"without")
_NOT_KNOWN = any_of(
    r"unknown",
    r"not (?:assess\w*|evaluat\w*|known|done|performed|applicable)",
    r"pending",
    r"n/a",
)
_NED = any_of(
    r"no evidence of (?:any |residual |recurrent |active |measurable )?disease(?! progress\w*| recurrence)",
    r"ned",
    r"complete (?:response|remission|metabolic response)",
    r"full remission",
    r"remission",
    r"disease[- ]free",
    r"cr",
    r"vollremission|komplette remission|tumorfrei",
)
_NOT_NED = any_of(r"not", r"partial", r"near", r"incomplete", r"no longer", r"almost")


@lru_cache(maxsize=8192)
def answer(terms: Terms, asked: Question, value: Key, boolean: bool | None) -> tuple[str, ...]:  # noqa: FBT001 - three answers
    """The readings of a value that answers this."""
    found: list[str] = []
    if boolean is None and (asked.stage or (asked.bare and names_its_system(value))):
        found += staged(terms, value, category=asked.stage == "m-code")
    if asked.metastasis and not found:
        found += _presence(value, boolean, history=asked.metastasis == "history")
    if asked.status:
        found += _status(value)
    found += anywhere(value)
    return tuple(dict.fromkeys(found))


def _presence(value: Key, boolean: bool | None, *, history: bool) -> Iterator[str]:  # noqa: FBT001 - three answers
    """A metastasis in the history is weaker than one now; its denial is a denial all the same."""
    present = _polarity(value, boolean)
    if present is not None:
        found = "metastatic-text" if history else "distant-metastasis"
        yield found if present else "no-distant-metastasis"


def _polarity(value: Key, boolean: bool | None) -> bool | None:  # noqa: FBT001 - three answers
    """Present, absent, or neither in so many words."""
    if boolean is not None:
        return boolean
    pairs = _pairs(value)
    said = {answer for answer, codes in ((True, _PRESENT), (False, _ABSENT)) if pairs & codes}
    for wording in map(plain, texts_of(value)):
        if is_hedged(wording) or _NOT_KNOWN.search(wording):
            return None
        if _ABSENT_WORDS.search(wording):
            said.add(False)
        elif _PRESENT_WORDS.search(wording):
            said.add(True)
    return said.pop() if len(said) == 1 else None


def _pairs(value: Key) -> set[Pair]:
    return {pair for system, code, _ in codings_of(value) if (pair := canonical(system, code))}


def _status(value: Key) -> Iterator[str]:
    wordings = [plain(text) for text in texts_of(value)]
    if _FULL_REMISSION in _pairs(value) or any(_NED.search(w) and not _NOT_NED.search(w) for w in wordings):
        yield "ned"


@lru_cache(maxsize=4096)
def concludes_ned(text: str) -> bool:
    """Whether the conclusion of a report says in so many words that there is no disease left."""
    return any(
        _NED_IN_WORDS.search(sentence) and not (_NOT_NED.search(sentence) or is_hedged(sentence))
        for sentence in sentences(plain(text))
    )


_NED_IN_WORDS = any_of(
    r"no evidence of (?:any |residual )?disease(?! progress\w*| recurrence)",
    r"ned",
    r"complete (?:remission|metabolic response)",
)


def anywhere(value: Key) -> Iterator[str]:
    """A value that says distant metastasis present by code says so whatever was asked."""
    if DISTANT_METASTASIS in _pairs(value):
        yield "distant-metastasis"
