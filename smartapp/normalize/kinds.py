"""What beside the name of a melanoma leaves open which kind it is: of the eye, in situ, past, another skin tumor.

The policy's value sets list such codes of ICD-10-CM and SNOMED CT; here are those of other editions and of ICD-O-3,
and the sites that stand in a place of their own.
"""

import re
from functools import lru_cache

from smartapp.normalize import diseases
from smartapp.normalize.coding import Json, Key, codings_of, reading, texts_of
from smartapp.normalize.systems import canonical
from smartapp.normalize.terms import Terms
from smartapp.normalize.uris import ICD9CM, ICD10, ICD10AM, ICD10CM, ICD10GM, ICDO3, SNOMED
from smartapp.normalize.words import any_of, plain

_OPEN_ICD10 = re.compile(r"(?:C69|C4A|C44|D03|D07\.1|Z85\.?8)")
_OPEN_ICD9 = re.compile(r"(?:190|173|232|V10\.8)")
_OPEN_ICDO3 = re.compile(r"C69|87[2-9]\d/2$")
_NERVOUS_ICD = re.compile(r"C7[012]")
_NERVOUS_ICD9 = re.compile(r"19[12]")
_EDITIONS = (ICD10, ICD10CM, ICD10GM, ICD10AM)
_EYE = {
    (SNOMED, code)
    for code in (
        "81745001",  # eye
        "8966001",  # left eye
        "18944008",  # right eye
        "68703001",  # choroid
        "74862005",  # uveal tract
        "29534007",  # ciliary body
        "41296002",  # iris
        "29445007",  # conjunctiva
        "5665001",  # retina
    )
}
_NERVOUS = {(SNOMED, code) for code in ("12738006", "1231004", "2748008", "21483005")}
_NERVOUS_WORDS = any_of(
    r"brain|cerebr\w*|(?:lepto)?mening\w*|spinal cord|central nervous system|ge?hirn\w*|cerveau"
)
_OPEN, _NERVOUS_SITE, _OF_EYE = reading("open-kind"), reading("open-site"), reading("ocular-text")


@lru_cache(maxsize=8192)
def readings(key: Key) -> tuple[Json, ...]:
    """What the codes of a diagnosis, or of its histology, leave open."""
    pairs = [
        canonical(system, code) or ("", (code or "").strip().upper()) for system, code, _ in codings_of(key)
    ]
    found = [_OPEN] if any(_is_open(*pair) for pair in pairs) else []
    return (*found, _NERVOUS_SITE) if any(_is_nervous(*pair) for pair in pairs) else tuple(found)


@lru_cache(maxsize=8192)
def of_label(text: str) -> tuple[Json, ...]:
    """What a text leaves open that names no disease, beside the code of one: "rule out", "benign nevus"."""
    wording = plain(text)
    return (_OPEN,) if _ONLY_DOUBT.fullmatch(wording) or _HARMLESS.search(wording) else ()


_ONLY_DOUBT = re.compile(
    r"(?:\W|\b(?:rule[sd]?[- ]?out|r/o|suspected|possible|probable|provisional|working|differential|unconfirmed|query"
    r"|historical|history|hx|h/o|diagnosis|dx|for|of|only|to)\b)+"
)
_HARMLESS = any_of(
    r"benign",
    r"in[- ]situ",
    r"(?:dysplastic|atypical|spitz|compound|junctional|blue) n[ae]?evus",
    r"premalignant",
)


@lru_cache(maxsize=8192)
def of_words(terms: Terms, text: str) -> tuple[Json, ...]:
    """Whether a text names a melanoma of the eye, and no other: another Condition may be its metastasis."""
    named = _EYE_WORDS.search(plain(text)) and diseases.names_any(terms, text)
    return (_OF_EYE,) if named else ()


_EYE_WORDS = any_of(
    r"uvea\w*|uvé\w*|úvea\w*|chorioid\w*|choroid\w*|choroïd\w*|coroid\w*|(?:intra)?ocular|iris|ciliary"
    r"|(?:eye|eyeball)(?! ?lid)|conjunctiv\w*|aderhaut\w*|augen?|oculaires?|oculare|œil|oeil|ojo|occhio|oog"
)


@lru_cache(maxsize=8192)
def of_site(terms: Terms, key: Key) -> tuple[Json, ...]:
    """The same of a body site: where a melanoma is another kind."""
    pairs = {canonical(system, code) for system, code, _ in codings_of(key)}
    words = [plain(text) for text in texts_of(key)]
    coded = readings(key)
    eye = (_OPEN,) if pairs & _EYE or any(diseases.is_of_open_kind(terms, text) for text in words) else ()
    nervous = (_NERVOUS_SITE,) if pairs & _NERVOUS or any(map(_NERVOUS_WORDS.search, words)) else ()
    return (*coded, *eye, *nervous)


def _is_open(system: str, code: str) -> bool:
    if system == ICDO3:
        return _OPEN_ICDO3.match(code) is not None
    if system == ICD9CM:
        return _OPEN_ICD9.match(code) is not None
    return (not system or system in _EDITIONS) and _OPEN_ICD10.match(code) is not None


def _is_nervous(system: str, code: str) -> bool:
    if system == ICD9CM:
        return _NERVOUS_ICD9.match(code) is not None
    return (not system or system == ICDO3 or system in _EDITIONS) and _NERVOUS_ICD.match(code) is not None
