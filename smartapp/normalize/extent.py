"""How far a tumor has spread, in words: metastatic, stage IV, unresectable; denials and plans understood."""

import re
from collections.abc import Iterable
from functools import lru_cache

from smartapp.normalize.coding import Json, reading
from smartapp.normalize.words import any_of, plain, sentences

_STAGE = r"(?:stage|stadium|stadio|stadie|stade|estadio|est[áa]dio)"
_SPREAD = any_of(
    r"(?:ge|oligo-?)?m[eé]t[aá]sta\w+(?![- ]free)",
    r"\w{3,}metastasen",
    r"mets",
    r"disseminat\w+",
    r"carcinomatosis",
    rf"{_STAGE} (?:iv|4)[a-d]?",
    r"[cp]?m(?:1[a-d]?| 1[a-d])(?:\([01]\))?",
)
_M1_OF_OTHER = any_of(
    r"mca|middle cerebral|occlusion|segment|stroke|motor cortex|macrophages?|muscarinic|receptors?"
)
"""M1 of an artery, of the cortex, of a cell."""
_TOLD_OTHERWISE = any_of(
    r"no",
    r"not",
    r"non",
    r"nor",
    r"none",
    r"never",
    r"without",
    r"w/o",
    r"denies",
    r"negative for",
    r"free of",
    r"absence of",
    r"ruled? out",
    r"r/o",
    r"exclude\w*",
    r"suspect\w*",
    r"suspicio\w*",
    r"possibl[ey]",
    r"probabl[ey]",
    r"likely",
    r"questionable",
    r"equivocal",
    r"concern\w*(?: for)?",
    r"risk(?: of| for)?",
    r"potential\w*",
    r"prone",
    r"pre",
    r"history of",
    r"h/o",
    r"prior",
    r"previous(?:ly)?",
    r"resected",
    r"resolved",
    r"treated",
    r"monitor\w* for",
    r"surveillance for",
    r"screen\w* for",
    r"evaluat\w+",
    r"staging for",
    r"if",
    r"unless",
    r"kein\w*",
    r"ohne",
    r"nicht",
    r"niet",
    r"verdacht\w*",
    r"v\.?\s?a",
    r"sans",
    r"senza",
    r"sin",
    r"sem",
    r"geen",
    r"zonder",
    r"ingen",
    r"pas de",
    r"absence",
    r"ausencia",
    r"fear of",
    r"worr(?:y|ied)",
    r"\?",
)
_ATTACHED_NO = re.compile(r"(?:non|nicht|niet|anti|pre)[-\s]?$")
_TAKEN_BACK = re.compile(
    r"[\s:,(\-]*(?:(?:disease|lesions?|spread|is|are|was|were|has been|have been|been|\w+ly)\s)*"
    r"(?:none\b|absent|no\b|not\b|negative|ruled out|excluded|unlikely|resolved|resected|suspected"
    r"|ausgeschlossen|exclue?\b|[eé]cart[eé]e?\b|descartad[oa]|escluso|uitgesloten"
    r"|possible\b|\?|surveillance|work-?up|survey|evaluation|screening|potential|risk|cannot be)"
)
_REGIONAL = any_of(
    r"nodal|lymph node\w*|lymph nodes?|lymph-?knoten\w*|sentinel|regional|in-?transit|satellite\w*"
    r"|microsatellite\w*|micrometasta\w*|micro|sln|axillary|inguinal|locoregional"
)
_TUMORS = (
    r"\w*carcinoma\w*|\w*cancer\w*|\w*sarcoma\w*|lymphoma\w*|leuk\w+|myeloma|glioma|nsclc|sclc|\w*karzinom\w*"
)
_OTHER_TUMOR = any_of(_TUMORS)
_ITS_OWN = re.compile(rf"[\s-]+(?:(?!to\b|in\b|with\b|and\b|from\b)\w+[\s-]+){{0,2}}?(?:{_TUMORS})\b")
"""Behind "metastatic": what it is said of, "melanoma, metastatic colon cancer"."""
_OTHER_STAGE = any_of(
    r"ckd|kidney disease|renal|pressure|decubit\w*|ulcer|heart failure|chf|copd|fibrosis|clark\w*|tanner"
    r"|nyha|cirrhosis|gvhd|endometriosis|retinopathy|parkinson\w*"
)
_OF_SOMETHING_ELSE = re.compile(
    r"[\s,:(\-]*(?:\w+ )?(?:ckd|kidney|renal|pressure|decubit\w*|ulcer|sacral|heart|chf|copd|fibrosis|cirrhosis)\b"
)
_DIRECTLY_BEFORE = re.compile(
    r"(?:(?:ge|oligo-?)?metasta(?:tic|sed|sized|sizing|sierend\w*|sierte\w*|seerde?)|m[eé]tastatique|disseminated"
    rf"|uitgezaaide?|(?<!\w)secondary|{_STAGE} (?:iv|4)[a-d]?)"
    r"[\s,]*(?:\([^)]*\)\s*)?(?:(?:malignant|cutaneous|skin|mucosal|acral|nodular"
    r"|v600\w*|braf[\w -]*|mutant|mutated|wild-?type|recurrent|unresectable|advanced|amelanotic"
    r"|desmoplastic|superficial|spreading|lentiginous|bösartige\w*|maligne\w*|and|or|/)[\s,/]*)*$"
)
_DIRECTLY_AFTER = re.compile(
    r"[\s,:(\-]*(?:(?:nos|malignant|of (?:the )?\w+(?: \w+)?|is|now|currently|which)[\s,]*){0,3}"
    r"(?:(?:ge|oligo-?)?metasta(?:tic|sed|sized|siert|seerd)\b|carcinomatosis|m[eé]tastatique|metast[aá][st]ic[oa]"
    rf"|disseminated|uitgezaaid|\(?{_STAGE} (?:iv|4)[a-d]?\b)"
)

_UNRESECTABLE = any_of(
    r"un-?resectable",
    r"(?:non|not)-? ?(?:surgically )?resectable",
    r"in-?operable",
    r"(?:non|not)-? ?operable",
    r"not (?:a )?(?:surgical|operative|operable|resection)(?: resection)? candidates?",
    r"not (?:a )?candidates? for (?:surgery|surgical resection|resection|surgical\w*|operation)",
    r"not amenable to (?:complete |surgical |curative |further )*(?:resection|surgery|excision)",
    r"can ?not be (?:completely |surgically |fully )*(?:resected|removed|excised)",
    r"surgery (?:is )?not (?:feasible|possible|an option)",
    r"resection (?:is )?not (?:feasible|possible)",
    r"in-?operab(?:el|les)",
    r"nicht (?:resektabel|operabel|resezierbar)",
    r"in-?résécable|non résécable",
    r"irresecable",
)
_NOW_RESECTED = any_of(
    r"now (?:completely |fully |been )*(?:resected|resectable|removed|excised|ned|operable)",
    r"(?:was|were|been|became|has been|subsequently|later|then|finally)\s(?:\w+ly )?(?:resected|removed"
    r"|excised|resectable)",
    r"(?:completely|fully) (?:resected|excised|removed)",
    r"(?:is|status) ned",
    r"ned",
    r"no evidence of disease",
    r"complete (?:response|resection|remission)",
)
_GONE = any_of(
    r"ned", r"no evidence of (?:any )?disease", r"complete (?:response|remission)", r"now (?:\w+ )?resected"
)
"""Words beside a metastatic disease that leave open whether it still is."""
_NOT_UNRESECTABLE = any_of(
    r"no",
    r"not (?:considered |deemed )?",
    r"never",
    r"without",
    r"previously",
    r"was",
    r"were",
    r"formerly",
    r"initially",
    r"if",
    r"until",
    r"unless",
    r"possib\w+",
    r"potentially",
    r"probably",
    r"borderline",
    r"suspect\w*",
    r"\?",
    r"whether",
    r"r/o",
)


@lru_cache(maxsize=4096)
def says_metastatic(text: str) -> bool:
    """Whether a text says somewhere, undenied and unhedged, that the disease is metastatic or of stage IV."""
    wording = plain(text)
    return bool(_SPREAD.search(wording)) and any(
        _is_stated(sentence, match)
        for sentence in sentences(wording)
        if not _OTHER_STAGE.search(sentence)
        for match in _SPREAD.finditer(sentence)
    )


@lru_cache(maxsize=4096)
def says_unresectable(text: str) -> bool:
    """Whether a text says that the tumor cannot be removed, and not that by now it was."""
    wording = plain(text)
    if not _UNRESECTABLE.search(wording) or _NOW_RESECTED.search(_UNRESECTABLE.sub(" ", wording)):
        return False
    return any(
        not _NOT_UNRESECTABLE.search(_clause(sentence[: match.start()]))
        for sentence in sentences(wording)
        for match in _UNRESECTABLE.finditer(sentence)
    )


def readings(texts: Iterable[str]) -> list[Json]:
    """What these texts say of metastases and of removal, as codings."""
    said = []
    for text in texts:
        if says_metastatic(text):
            said.append(reading("metastatic-text"))
        if says_unresectable(text):
            said.append(reading("unresectable-text"))
    return said


def is_metastatic_mention(sentence: str, start: int, end: int) -> bool:
    """Whether the sentence plainly calls the disease named at start..end metastatic or of stage IV."""
    if _GONE.search(sentence):
        return False
    before, after = sentence[:start], sentence[end:]
    adjacent = _DIRECTLY_BEFORE.search(before)
    if adjacent and not _is_doubted(before[: adjacent.start()]):
        return True
    following = _DIRECTLY_AFTER.match(after)
    if (
        following
        and not _OF_SOMETHING_ELSE.match(after[following.end() :])
        and not _TAKEN_BACK.match(after[following.end() :])
        and not _ITS_OWN.match(after[following.end() :])
        and not _is_doubted(after[: following.end()])
    ):
        return True
    return _has_spread_elsewhere(sentence)


def _has_spread_elsewhere(sentence: str) -> bool:
    if _OTHER_TUMOR.search(sentence) or _OTHER_STAGE.search(sentence) or _REGIONAL.search(sentence):
        return False
    return any(_is_stated(sentence, match) for match in _SPREAD.finditer(sentence))


def _is_stated(sentence: str, match: re.Match[str]) -> bool:
    if "1" in match[0] and _M1_OF_OTHER.search(sentence):
        return False
    return not (_is_doubted(sentence[: match.start()]) or _TAKEN_BACK.match(sentence[match.end() :]))


def _is_doubted(before: str) -> bool:
    return bool(_ATTACHED_NO.search(before) or _TOLD_OTHERWISE.search(_clause(before)))


def _clause(before: str) -> str:
    """What stands before in the same clause."""
    return re.split(r",|\bbut\b|\bnow\b|\bthen\b|:", before)[-1]
