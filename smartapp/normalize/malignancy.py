"""Malignancies other than the diseases looked for, as displays and free text name them."""

import re
from enum import StrEnum
from functools import lru_cache

from smartapp.normalize.diseases import names_any
from smartapp.normalize.terms import Terms
from smartapp.normalize.words import HEDGE, NEGATION, any_of, plain, sentences


class Kind(StrEnum):
    """What kind of other malignancy a text names."""

    PRIMARY = "primary"
    AS_REASON = "as-reason"
    """Skin and eye tumors, and sites where the tumor may be the melanoma itself.

    They are another disease as the reason of an order, and no other primary beside the melanoma.
    """


_SITES = (
    r"lung|bronch\w+|pulmonary|breast|mammary|colon|colorectal|rectal|rectum|gastric|stomach|esophag\w+"
    r"|oesophag\w+|pancrea\w+|liver|hepato\w+|biliary|kidney|renal|bladder|urothelial|prostate|ovar\w+"
    r"|cervi\w+|endometri\w+|uter\w+|testi\w+|thyroid|head and neck|oral|tongue|laryn\w+|pharyn\w+|brain"
    r"|bone|small cell|non-? ?small cell|nsclc|germ cell|neuroendocrine|cholangio\w*|squamous cell lung"
    r"|squamous|adeno\w*"
)
_SITES_ELSEWHERE = (
    r"poumons?|seins?|c[oô]lon|prostate|reins?|pulm[oó]n(?:es)?|mama|pr[oó]stata|riñ[oó]n|polmon[ei]|seno"
    r"|mammella|rene"
)
_ELSEWHERE = (
    r"(?:c[aá]ncer|cancro|(?:adeno)?carcinom[ae]|tumor[ei]) (?:malign[oe] )?(?:du|de|d[ei]l|della|ai|al|alla)"
    rf" (?:la )?(?:{_SITES_ELSEWHERE})"
)
"""As French, Spanish and Italian name the commonest."""
_COMPOUND = r"(?!haut|huid)\w+(?:krebs|kanker)"
"""As German and Dutch do; a cancer of the skin may be the melanoma."""
_HISTOLOGY = any_of(
    _ELSEWHERE,
    r"\w*carcinomes?|\w*carcino(?:om|men)|lymphomes?|\w*lymfo(?:om|men)|linfomas?|leucemias?|leucémies?|leukemie",
    r"\w*carcinoma\w*|\w*karzinom\w*|nsclc|sclc|crc|hcc|rcc|gist|\w*lymphoma\w*|\w*lymphom|leuk[ae]?emi\w*"
    r"|\w*leukämie|cll|aml|\w*sarcoma\w*|\w*sarkom|(?:multiple )?myeloma|plasmacytoma|glioma\w*"
    r"|glioblastoma\w*|astrocytoma\w*|seminoma\w*|mesothelioma\w*|\w*blastoma\w*|cholangiocarcinoma"
    r"|thymoma|hodgkin\w*|mycosis fungoides|waldenstr\w+|lymphoblastic|hnscc|tnbc|escc",
    rf"(?:{_SITES}) ca",
)
_GENERIC = any_of(
    r"cancers?",
    r"malignant (?:neoplasm\w*|tumou?rs?|growths?)",
    r"malignan(?:cy|cies)",
    r"\w+krebs|krebs\w*",
    r"c[áâ]ncer(?:es)?|cancro|cancri|\w*kanker",
    r"bösartige neubildung\w*",
    r"tumeurs? malignes?",
    r"neoplasia maligna",
    r"tumor maligno",
)
_SITED = any_of(
    rf"(?:{_SITES}) (?:\w+ )?(?:cancers?|carcinomas?|malignan\w+|neoplasms?|tumou?rs?)",
    r"\w+krebs",
    r"nsclc",
    _COMPOUND,
    _ELSEWHERE,
    r"(?:lungen|bronchial|mamma|kolon|rektum|prostata|nierenzell|urothel|pankreas|leberzell|magen|ovarial)karzinom\w*",
)
_SITED_COMPOUND = any_of(_COMPOUND)
_ORIGIN = any_of(
    rf"(?:cancers?|carcinomas?|malignan\w+|neoplasms?|tumou?rs?) of (?:the )?(?:\w+ )?(?:{_SITES})",
    rf"from (?:the |an? |known |primary )*(?:{_SITES})",
    rf"(?:{_SITES}) primary",
)
"""The tumor that a metastasis comes from, where no other words name it."""
_IS_PRIMARY = any_of(rf"(?:{_SITES}) primary")
_UNTYPED = re.compile(r"(?:carcin|karzin)om(?:as?|e|atos\w+)?")
"""Carcinoma, as "cancer" is used of any malignancy."""
_SECONDARY = any_of(r"secondary", r"\w*metasta\w+", r"mets", r"sekundär\w*", r"carcinomatosis", r"spread")
_DESTINATION = re.compile(
    r"\b(?:secondary|metasta\w+)(?: and unspecified)? (?:malignan\w+|cancers?|carcinomas?|tumou?rs?|neoplasms?)"
    r"(?: (?:neoplasms?|tumou?rs?))? (?:of|to|in) (?:(?!from\b|due\b|bei\b)[\w-]+ ?)+"
    r"|(?<=\s)(?:to|in) (?:(?!from\b|due\b|bei\b)[\w-]+ ?)+"
)
"""Where a metastasis is: "secondary malignant neoplasm of liver", "metastasized to bone"."""
_WHERE_IT_IS = any_of(
    r"(?:secondary|metasta\w+) (?:\w+ )?(?:liver|hepatic|bone|brain) (?:cancers?|tumou?rs?|neoplasms?|malignan\w+)"
)
"""Organs that other tumors spread to: "metastatic bone cancer" beside the code of a metastasis is one of them."""
_RISK_FLAG = re.compile(r"[(\[](?:cms ?[/-]? ?)?hcc\b[^)\]]*[)\]]")
"""A hierarchical condition category, which US EHRs write after a diagnosis; no hepatocellular carcinoma."""
_UNSAID = any_of(
    r"metastatic|metastasi[sz]ed|advanced|recurrent|progressive|active|known|disease|unspecified|nos|stage|iv|4"
    r"|of|the|a|site|primary|treatment|therapy|for|unknown|diagnosis|solid"
)
_IN_GENERAL = any_of(
    r"approv\w+|indicat\w+|therap\w+|treatment|inhibitors?|trials?|validat\w+|stud(?:y|ies)|patients"
    r"|literature|reported|associat\w+|recommend\w+|frequen\w+|common\w*|other tumou?r types?|panel|assay"
)
"""A laboratory's words about tumors in general."""
_CLAUSE = re.compile(r"[,:()|]|(?<=\s)(?:and|with|but)(?=\s)")
_NO_DISEASE = any_of(
    *NEGATION,
    *HEDGE,
    r"histor\w+",
    r"hx",
    r"h/o",
    r"former",
    r"previous",
    r"past",
    r"s/p",
    r"status[- ]post",
    r"zustand nach",
    r"z\.?\s?n",
    r"ant[eé]c[eé]dent\w*|storia di|pregress[oa]|voorgeschiedenis",
    r"family",
    r"familial risk",
    r"mother|father|sister|brother|parent|sibling|aunt|uncle|cousin|grand\w+",
    r"screen\w*",
    r"risk",
    r"in[- ]situ",
    r"in remission",
    r"remission",
    r"resolved",
    r"benign",
    r"borderline",
    r"uncertain behaviou?r",
    r"premalignant",
    r"precancer\w*",
    r"dysplasia",
    r"suspected",
    r"fear",
    r"worried",
    r"counsel\w*",
    r"education",
    r"survivor\w*",
    r"antigen",
    r"carcinomatous",
    r"-related|related",
    r"center",
    r"clinic",
    r"syndrome",
    r"pain",
    r"anemia",
    r"chemotherapy",
    r"paraneoplastic",
)
_NOT_A_DENIAL = any_of(
    r"non-? ?small[- ]?cell",
    r"non-? ?hodgkin\w*",
    r"non-? ?melanoma",
    r"not otherwise specified",
    r"not (?:having achieved|in) remission",
    r"without (?:mention of )?remission",
    r"not specified",
    r"non-? ?(?:muscle[- ])?invasive",
    r"without (?:mention of )?\w+",
)
_SKIN = any_of(
    r"basal cell",
    r"basal-cell",
    r"bcc",
    r"cscc",
    r"merkel\w*",
    r"(?:squamous cell|keratinocyt\w+|cutaneous squamous).{0,40}\bskin",
    r"skin.{0,40}\bsquamous cell",
    r"cutaneous squamous",
    r"non-? ?melanoma skin",
    r"skin cancers?",
    r"(?:cancer|carcinoma|malignant neoplasm|malignant tumou?r)s? of (?:the )?skin",
    r"basaliom\w*",
)
_EYE = any_of(
    r"eye|eyeball|uveal|uvea|choroid\w*|ocular|retina\w*|ciliary|retinoblastoma|conjunctiva\w*|orbit\w*"
    r"|lacrimal|cornea\w*"
)
_MAYBE_ITSELF = any_of(
    r"vulva\w*|labi\w+|clitor\w+|vagina\w*|penis|penile|glans|prepuce|scrot\w+|lips?|mouth|rectum|rectal"
    r"|anus|anal\w*|nasal|accessory sinus\w*|sinus(?:es)?|o?esophag\w+|male genital\w*|mucosa\w*"
)


_OF_A_TUMOR = (_HISTOLOGY, _SITED, _IS_PRIMARY)


@lru_cache(maxsize=8192)
def other(terms: Terms, text: str) -> Kind | None:
    """The kind of malignancy other than the diseases looked for that a text plainly names, or None."""
    wording = _RISK_FLAG.sub(" ", plain(text))
    if not any(named.search(wording) for named in (_HISTOLOGY, _GENERIC, _IS_PRIMARY)):
        return None
    kinds = {kind for sentence in sentences(wording) if (kind := _in_sentence(terms, sentence))}
    return Kind.PRIMARY if Kind.PRIMARY in kinds else next(iter(kinds), None)


@lru_cache(maxsize=8192)
def spread_of_another(terms: Terms, text: str) -> bool:
    """Whether a text calls a metastasis that of another tumor: "colon cancer metastasized to liver"."""
    wording = _RISK_FLAG.sub(" ", plain(text))
    if not _SECONDARY.search(wording) or names_any(terms, text):
        return False
    return any(
        _SECONDARY.search(sentence)
        and not _NO_DISEASE.search(_NOT_A_DENIAL.sub(" ", sentence))
        and not _SKIN.search(sentence)
        and _names_an_origin(_WHERE_IT_IS.sub("metastasis", sentence))
        for sentence in sentences(wording)
    )


@lru_cache(maxsize=4096)
def is_unspecific(text: str) -> bool:
    """Whether a text says that it is a malignancy and nothing of which: "cancer", "metastatic malignant neoplasm"."""
    wording = _RISK_FLAG.sub(" ", plain(text))
    if _SITED_COMPOUND.search(wording):
        return False
    return bool(_GENERIC.search(wording)) and not _UNSAID.sub(" ", _GENERIC.sub(" ", wording)).strip(
        " ,.;:()-"
    )


@lru_cache(maxsize=4096)
def of_result(terms: Terms, text: str) -> str | None:
    """What of a result's words plainly names the other tumor that it is about, or None.

    "BRAF V600 not detected, colorectal carcinoma specimen"; nothing where a disease looked for is named too.
    """
    wording = _RISK_FLAG.sub(" ", plain(text))
    if not any(kind.search(wording) for kind in _OF_A_TUMOR) or names_any(terms, text):
        return None
    clauses = (
        clause.strip()
        for sentence in sentences(wording)
        if not _IN_GENERAL.search(sentence)
        for clause in _CLAUSE.split(sentence)
    )
    return next((clause for clause in clauses if _is_other_tumor(clause)), None)


def _is_other_tumor(clause: str) -> bool:
    named = any(kind.search(clause) for kind in _OF_A_TUMOR)
    return named and not _NO_DISEASE.search(clause) and _names_a_primary(clause)


def _in_sentence(terms: Terms, sentence: str) -> Kind | None:
    kept = _NOT_A_DENIAL.sub(lambda m: m[0] if "cell" in m[0] or "hodgkin" in m[0] else " ", sentence)
    if _NO_DISEASE.search(_SMALL_CELL.sub("smallcell", kept)) or not _names_a_primary(sentence):
        return None
    if _SKIN.search(sentence) or _EYE.search(sentence):
        return Kind.AS_REASON
    if _HISTOLOGY.search(sentence):
        return Kind.PRIMARY
    if _MAYBE_ITSELF.search(sentence):
        return None if names_any(terms, sentence) else Kind.AS_REASON
    return Kind.PRIMARY if _SITED.search(sentence) or not names_any(terms, sentence) else None


_SMALL_CELL = any_of(r"non-? ?small[- ]?cell", r"non-? ?hodgkin\w*")


def _names_a_primary(sentence: str) -> bool:
    """Whether a primary is named: by "metastatic colon cancer", not by "metastatic carcinoma to lung"."""
    if not _SECONDARY.search(sentence):
        return any(named.search(sentence) for named in (_HISTOLOGY, _GENERIC, _IS_PRIMARY))
    return _names_an_origin(sentence)


def _names_an_origin(sentence: str) -> bool:
    """Whether a sentence about a metastasis says which tumor it is of."""
    rest = _DESTINATION.sub(" ", sentence)
    if _ORIGIN.search(rest):
        return True
    if "secondary" in sentence or "sekundär" in sentence:
        return False
    return bool(_SITED.search(rest)) or any(
        not _UNTYPED.fullmatch(match[0]) for match in _HISTOLOGY.finditer(rest)
    )
