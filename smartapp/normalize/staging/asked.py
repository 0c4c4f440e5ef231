"""What the code of an Observation, or of a component, asks about the extent of a tumor.

Only the stage of a cancer is asked for: kidney disease, pressure ulcers, fibrosis have stages too.
"""

import re
from dataclasses import dataclass, replace
from functools import lru_cache

from smartapp.normalize import aliases, persons
from smartapp.normalize.coding import Key, texts_of
from smartapp.normalize.terms import Pair, Terms
from smartapp.normalize.uris import LOINC, SNOMED
from smartapp.normalize.words import any_of, plain

DISTANT_METASTASIS = (SNOMED, "399409002")
_HISTORY_OF_METASTATIC = (SNOMED, "1287652008")
_DISEASE_STATUS = (LOINC, "97509-4")

_STAGING = any_of(
    r"(?:cancer|tumou?r|neoplasm|melanoma|oncolog\w+|ajcc|uicc|tnm|clinical|pathologic(?:al)?|prognostic"
    r"|overall) (?:\w+ )?(?:stage|staging)(?: group\w*)?",
    r"stage group\w*",
    r"stage,? (?:cancer|tumou?r|ajcc|tnm|clinical|pathologic(?:al)?)",
    r"(?:ajcc|uicc|[cp]?tnm)(?: \w+)?",
    r"staging form",
    r"(?:stage|staging) of (?:cancer|tumou?r|melanoma|disease)",
    r"stage at diagnosis",
    r"tumorstadium|uicc-stadium",
)
_BARE_STAGING = re.compile(
    r"(?:disease )?(?:stage|staging|stadium)(?: (?:result|value|assessment|classification))?"
)
_CATEGORY = any_of(
    r"[cpy]{0,2}-?m[- ](?:category|stage|classification|descriptor|kategorie)",
    r"(?:clinical|pathologic(?:al)?) m",
)
_METASTASIS = any_of(
    r"(?:distant )?metastas[ei]s? (?:category|status|stage)", r"distant metastas\w+", r"fernmetastas\w+"
)
_ONLY_WHETHER = re.compile(
    r"(?:\W|\b(?:distant|metastas[ei]s|fernmetastas\w+|yes/no|y/n|present|presence|any|are|is|there|does|has|have|the"
    r"|patient|of|with|in|at|diagnosis|current|known|documented|evidence|found|identified|detected|confirmed"
    r"|finding|observation|result|value|status|clinical|pathologic(?:al)?|pathology|other|class|cancer|tumou?r|melanoma"
    r"|category|kategorie|classification|stage|staging|group|code|descriptor|[cp]?m|tnm|ajcc|uicc|edition|ed|v?[678](?:th)?"
    r")(?![\w-]))*"
)
"""The name of a question for distant metastases, and for nothing else about them: their risk, absence, history."""
_NOT_CANCER_STAGING = any_of(
    r"ckd|kidney|renal|pressure|decubit\w*|ulcer|wound|heart|cardiac|hf|nyha|hypertension|copd|gold|sleep",
    r"clark\w*|breslow|fibrosis|cirrhosis|endometriosis|retinopathy|lymphedema|gvhd|graft|hiv|cin",
    r"tanner|pubert\w*|labor|dental|periodont\w*|nutrition\w*|parkinson\w*|dementia|alzheimer\w*",
    r"[cp]?[tn] category|primary tumou?r|regional (?:lymph )?nodes?|site",
)
_OF_NOBODY = any_of(r"donors?", r"eligib\w+", r"required", r"criteri\w+", r"goal")
"""A stage that somebody else has, or that is only asked for."""
_SITE_OF = any_of(r"sites? of", r"number of", r"date of", r"laterality", r"location")
_PRESENCE = any_of(r"distant metastas\w+", r"fernmetastas\w+")
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
    """Whether it asks how the disease goes."""
    bare: bool = False
    """Whether it asks for a stage and does not say of what."""

    @property
    def any(self) -> bool:
        """Whether anything of this is asked."""
        return bool(self.stage or self.metastasis or self.status or self.bare)

    @property
    def of_its_focus(self) -> "Question":
        """The same where the Observation names the disease: CQL finds out whether that is the melanoma."""
        return replace(self, stage="stage-code") if self.bare else self


@lru_cache(maxsize=8192)
def question(terms: Terms, code: Key) -> Question:
    """What an Observation, or a component, with this code asks."""
    asked = frozenset(aliases.pairs(terms, code))
    wordings = tuple(plain(text) for text in texts_of(code))
    if any(persons.named_in(w) or _OF_NOBODY.search(w) for w in wordings):
        return Question()
    return Question(
        stage=_asks_stage(terms, wordings, asked),
        metastasis=_asks_metastasis(wordings, asked),
        status=_DISEASE_STATUS in asked or any(map(_PROGRESS.search, wordings)),
        bare=bool(wordings) and all(map(_BARE_STAGING.fullmatch, wordings)),
    )


def is_of_something_else(code: Key) -> bool:
    """Whether the words speak of the stage of something else than a cancer, or of T and N categories."""
    return any(_NOT_CANCER_STAGING.search(plain(text)) for text in texts_of(code))


def _asks_stage(terms: Terms, wordings: tuple[str, ...], asked: frozenset[Pair]) -> str | None:
    """Whether an M category ("m-code") or a stage group ("stage-code") of a cancer is asked for."""
    for name in ("m-code", "stage-code"):
        if asked & terms.stage_sets.get(name, frozenset()):
            return name
    if any(_NOT_CANCER_STAGING.search(w) or _SITE_OF.search(w) for w in wordings):
        return None
    if any(_CATEGORY.search(w) or (_METASTASIS.search(w) and _ONLY_WHETHER.fullmatch(w)) for w in wordings):
        return "m-code"
    return "stage-code" if any(map(_STAGING.search, wordings)) else None


def _asks_metastasis(wordings: tuple[str, ...], asked: frozenset[Pair]) -> str | None:
    if _HISTORY_OF_METASTATIC in asked:
        return "history"
    in_words = any(map(_PRESENCE.search, wordings)) and all(map(_ONLY_WHETHER.fullmatch, wordings))
    return "now" if DISTANT_METASTASIS in asked or in_words else None
