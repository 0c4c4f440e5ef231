"""Stage group, M category and disease status, from codes and from words.

On Observations and on Condition.stage.

Only what is the stage of a cancer is read: kidney disease, pressure ulcers, fibrosis, Clark levels have
stages too.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from smartapp.normalize import aliases
from smartapp.normalize.coding import Json, Key, codings_of, key_of, reading, texts_of, with_codings
from smartapp.normalize.systems import canonical
from smartapp.normalize.terms import Terms
from smartapp.normalize.uris import AJCC, LOINC, SNOMED, UICC
from smartapp.normalize.words import HEDGE, any_of, plain

DISTANT_METASTASIS = (SNOMED, "399409002")
HISTORY_OF_METASTATIC = (SNOMED, "1287652008")
DISEASE_STATUS = (LOINC, "97509-4")
FULL_REMISSION = (SNOMED, "550991000124107")

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

_STAGING = any_of(
    r"(?:cancer|tumou?r|ajcc|uicc|tnm|clinical|pathologic(?:al)?|prognostic|melanoma|oncolog\w+|overall"
    r"|neoplasm)"
    r" (?:\w+ )?(?:stage|staging)(?: group\w*)?",
    r"stage group\w*",
    r"stage,? (?:cancer|tumou?r|ajcc|tnm|clinical|pathologic(?:al)?)",
    r"(?:ajcc|uicc|tnm)(?: \w+)?",
    r"(?:stage|staging) of (?:cancer|tumou?r|melanoma|disease)",
    r"stage at diagnosis",
    r"tumorstadium|uicc-stadium",
)
_CATEGORY = any_of(
    r"(?:distant )?metastas[ei]s? (?:category|status|stage)",
    r"distant metastas\w+",
    r"[cpy]{0,2}-?m[- ](?:category|stage|classification|descriptor|kategorie)",
    r"fernmetastas\w+",
)
_NOT_CANCER_STAGING = any_of(
    r"ckd|kidney|renal|pressure|decubit\w*|ulcer|heart|cardiac|hf|nyha|copd|gold|fibrosis|clark\w*"
    r"|breslow|tanner"
    r"|pubert\w*|cirrhosis|gvhd|graft|endometriosis|retinopathy|parkinson\w*|sleep|labor|dental"
    r"|periodont\w*|wound"
    r"|lymphedema|hypertension|dementia|alzheimer\w*|hiv|cin|sleep|nutrition\w*|t category|n category"
    r"|ct category"
    r"|cn category|pt category|pn category|primary tumou?r|regional (?:lymph )?nodes?|site"
)
_SITE_OF = any_of(r"sites? of", r"number of", r"date of", r"laterality", r"location")

_M_CATEGORY = re.compile(
    r"(?<![a-z0-9])(?:[acpyr]{0,3}|[acpyr]{1,2}[tn]\w{1,4}(?:n\w{1,4})?)m([01x])([a-d])?(?![a-z])"
)
_TNM = re.compile(
    r"(?<![a-z0-9])[yra]{0,2}[cp]?t(?:is|x|[0-4][a-d]?)\s?,?[cp]?n(?:x"
    r"|[0-3][a-d]?)(?:\(\w+\))?\s?,?[cp]?m([01x])([a-d])?"
)
_GROUP = re.compile(
    r"(?:(?<![a-z0-9])(?:(?:ajcc|uicc)(?: (?:v?\d(?:th)?|edition|ed\.?|prognostic|anatomic))* ?(?:stage)?"
    r"|stage|stadium|stadio|estadio|stade)(?: group)?\s*:?\s*|^\s*)[cpyr]{0,2}-?"
    r"(iv|iii|ii|i|0|1|2|3|4)\s?([a-e][1-3]?|is|p)?(?![a-z0-9.])"
)
_BY_CODE = ("m1", "m0", "stage-iv", "stage-iii")
_FAMILIES = ({"m1", "m0"}, {"stage-iv", "stage-iii", "stage-early"})
_ADVANCED = {"m1", "stage-iv"}
_BARE_CATEGORY = re.compile(r"([01])[a-d]?(?:\([^)]*\))?")
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
_HEDGED = any_of(*HEDGE, r"\?", r"either")
_NED = any_of(
    r"no evidence of (?:any |residual |recurrent |active |measurable )?disease",
    r"ned",
    r"complete (?:response|remission|metabolic response)",
    r"full remission",
    r"in remission",
    r"disease[- ]free",
    r"cr",
    r"vollremission|komplette remission|tumorfrei",
)
_NOT_NED = any_of(r"not", r"partial", r"near", r"incomplete", r"no longer", r"almost")
_PRESENCE = any_of(r"distant metastas[ei]s present", r"distant metastas\w+")
_NO_DISTANT = any_of(
    r"no (?:evidence of )?(?:known )?distant metasta\w+",
    r"distant metasta\w+ (?:not|absent|none|negative)\w*",
)
_PROGRESS = any_of(
    r"disease (?:status|progression|response)",
    r"(?:tumou?r|treatment|therapy) response",
    r"recist\w*",
    r"cancer status",
)


@dataclass(frozen=True, slots=True)
class Question:
    """What a code asks about the extent of a tumor."""

    stage: str | None = None
    """"m-code" or "stage-code" when it asks for an M category or a stage group."""
    metastasis: str | None = None
    """"now" or "history" when it asks whether there is (or was) a distant metastasis."""
    status: bool = False

    @property
    def any(self) -> bool:
        """Whether anything of this is asked."""
        return bool(self.stage or self.metastasis or self.status)


@lru_cache(maxsize=8192)
def question(terms: Terms, code: Key) -> Question:
    """What an Observation, or a component, with this code asks."""
    asked = frozenset(aliases.pairs(terms, code))
    return Question(
        stage=_asks_stage(terms, code, asked),
        metastasis=_asks_metastasis(code, asked),
        status=DISEASE_STATUS in asked or any(_PROGRESS.search(plain(text)) for text in texts_of(code)),
    )


@lru_cache(maxsize=8192)
def answer(terms: Terms, asked: Question, value: Key, boolean: bool | None) -> tuple[str, ...]:  # noqa: FBT001
    """The readings of a value that answers this."""
    found: list[str] = []
    if asked.stage and boolean is None:
        found += _staged(terms, value, category=asked.stage == "m-code")
    if asked.metastasis and not found:
        found += _presence(value, boolean, history=asked.metastasis == "history")
    if asked.status:
        found += _status(value)
    found += _anywhere(value)
    return tuple(dict.fromkeys(found))


def stage(stage: Json, terms: Terms) -> Json:
    """A Condition.stage whose summary carries its readings and canonical codings."""
    summary = stage.get("summary")
    kind = stage.get("type")
    if summary is None or (
        kind and any(_NOT_CANCER_STAGING.search(plain(t)) for t in texts_of(key_of(kind)))
    ):
        return stage
    extra = summary_readings(terms, key_of(summary))
    new = with_codings(summary, extra) if extra else summary
    return stage if new is summary else {**stage, "summary": new}


@lru_cache(maxsize=4096)
def summary_readings(terms: Terms, key: Key) -> tuple[Json, ...]:
    """The codings to add to a Condition's stage summary."""
    found = [*_staged(terms, key, category=False), *_anywhere(key)]
    return (*aliases.additions(terms, key), *(reading(code) for code in dict.fromkeys(found)))


def _asks_stage(terms: Terms, code: Key, asked: frozenset[tuple[str, str]]) -> str | None:
    """Whether the code asks for an M category ("m-code") or a stage group ("stage-code") of a cancer."""
    for name in ("m-code", "stage-code"):
        if asked & terms.stage_sets.get(name, frozenset()):
            return name
    wordings = [plain(text) for text in texts_of(code)]
    if any(_NOT_CANCER_STAGING.search(w) or _SITE_OF.search(w) for w in wordings):
        return None
    if any(_CATEGORY.search(w) for w in wordings):
        return "m-code"
    return "stage-code" if any(_STAGING.search(w) for w in wordings) else None


def _staged(terms: Terms, value: Key, *, category: bool) -> Iterator[str]:
    """By code where a code is listed, and by the words of the value and AJCC or UICC codes.

    Which are words.
    """
    pairs = frozenset(aliases.pairs(terms, value))
    by_code = {name for name in _BY_CODE if pairs & terms.stage_sets.get(name, frozenset())}
    by_words = dict.fromkeys(w for text in _stage_words(value) for w in _worded(text, category=category))
    for family in _FAMILIES:
        coded, worded = family & by_code, family & by_words.keys()
        agreed = coded | worded
        if coded and worded and coded != worded:
            agreed -= _ADVANCED  # code and words disagree: the less advanced one
        yield from sorted(agreed)


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
    if _HEDGED.search(wording) or _NEGATED.search(wording):
        return ("m0",) if _NO_DISTANT.search(wording) and not _HEDGED.search(wording) else ()
    found = [
        {"1": "m1", "0": "m0"}[match[1]]
        for match in (*_TNM.finditer(wording), *_M_CATEGORY.finditer(wording))
        if match[1] != "x"
    ]
    if category:
        bare = _BARE_CATEGORY.fullmatch(wording)
        return (*found, *([{"1": "m1", "0": "m0"}[bare[1]]] if bare else []))
    groups = [_GROUPS.get(match[1], "stage-early") for match in _GROUP.finditer(wording)]
    return tuple(dict.fromkeys((*found, *groups)))


def _asks_metastasis(code: Key, asked: frozenset[tuple[str, str]]) -> str | None:
    if HISTORY_OF_METASTATIC in asked:
        return "history"
    wordings = [plain(text) for text in texts_of(code)]
    in_words = any(_PRESENCE.search(w) for w in wordings) and not any(_SITE_OF.search(w) for w in wordings)
    return "now" if DISTANT_METASTASIS in asked or in_words else None


def _presence(value: Key, boolean: bool | None, *, history: bool) -> Iterator[str]:  # noqa: FBT001 - three answers, not a switch
    """A metastasis in the history is weaker than one now; its denial is a denial all the same."""
    polarity = _polarity(value, boolean)
    if polarity is not None:
        yield {True: "metastatic-text" if history else "distant-metastasis", False: "no-distant-metastasis"}[
            polarity
        ]


def _polarity(value: Key, boolean: bool | None) -> bool | None:  # noqa: FBT001 - three answers  # noqa: FBT001
    """Present, absent, or neither in so many words."""
    if boolean is not None:
        return boolean
    pairs = _pairs(value)
    said = {answer for answer, codes in ((True, _PRESENT), (False, _ABSENT)) if pairs & codes}
    for wording in map(plain, texts_of(value)):
        if _HEDGED.search(wording) or _NOT_KNOWN.search(wording):
            return None
        if _ABSENT_WORDS.search(wording):
            said.add(False)
        elif _PRESENT_WORDS.search(wording):
            said.add(True)
    return said.pop() if len(said) == 1 else None


def _pairs(value: Key) -> set[tuple[str, str]]:
    return {pair for system, code, _ in codings_of(value) if (pair := canonical(system, code))}


def _status(value: Key) -> Iterator[str]:
    wordings = [plain(text) for text in texts_of(value)]
    if FULL_REMISSION in _pairs(value) or any(_NED.search(w) and not _NOT_NED.search(w) for w in wordings):
        yield "ned"


def _anywhere(value: Key) -> Iterator[str]:
    """A value that says distant metastasis present by code says so whatever was asked."""
    if DISTANT_METASTASIS in _pairs(value):
        yield "distant-metastasis"
