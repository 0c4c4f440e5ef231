"""Result codes as words, so that a coded result and a written one are read alike."""

from collections.abc import Iterator
from functools import lru_cache

from smartapp.normalize.braf import polarity
from smartapp.normalize.braf.polarity import Polarity
from smartapp.normalize.coding import Key, codings_of, texts_of
from smartapp.normalize.systems import canonical
from smartapp.normalize.uris import CLINVAR, DBSNP, HGVS, INTERPRETATION, LOINC, SNOMED
from smartapp.normalize.words import plain

_ONKO = "https://www.medizininformatik-initiative.de/fhir/ext/modul-onko/CodeSystem/mii-cs-onko-genetische-variante-auspraegung"
_FOUND, _NOT_FOUND, _UNCLEAR = Polarity.FOUND, Polarity.NOT_FOUND, Polarity.UNCLEAR
_BY_CODE = {
    (LOINC, "LA9633-4"): _FOUND,
    (LOINC, "LA9634-2"): _NOT_FOUND,
    (LOINC, "LA6576-8"): _FOUND,
    (LOINC, "LA6577-6"): _NOT_FOUND,
    (LOINC, "LA11882-0"): _FOUND,
    (LOINC, "LA11883-8"): _NOT_FOUND,
    (LOINC, "LA18198-4"): _UNCLEAR,
    (SNOMED, "10828004"): _FOUND,
    (SNOMED, "260373001"): _FOUND,
    (SNOMED, "52101004"): _FOUND,
    (SNOMED, "260385009"): _NOT_FOUND,
    (SNOMED, "260415000"): _NOT_FOUND,
    (SNOMED, "2667000"): _NOT_FOUND,
    (SNOMED, "82334004"): _UNCLEAR,
    (SNOMED, "419984006"): _UNCLEAR,
    (SNOMED, "42425007"): _UNCLEAR,
    (INTERPRETATION, "POS"): _FOUND,
    (INTERPRETATION, "DET"): _FOUND,
    (INTERPRETATION, "NEG"): _NOT_FOUND,
    (INTERPRETATION, "ND"): _NOT_FOUND,
    (INTERPRETATION, "IND"): _UNCLEAR,
    (INTERPRETATION, "E"): _UNCLEAR,
    (INTERPRETATION, "WR"): _UNCLEAR,
    (_ONKO, "M"): _FOUND,
    (_ONKO, "W"): _NOT_FOUND,
    (_ONKO, "N"): _UNCLEAR,
    (_ONKO, "U"): _UNCLEAR,
}
_WORDS = {_FOUND: "detected", _NOT_FOUND: "not detected", _UNCLEAR: "indeterminate"}
_VARIANT_SYSTEMS = (HGVS, CLINVAR, DBSNP)
_CLINVAR_V600E = "13961"
_ABNORMAL_WORDS = {"abnormal", "critical", "high", "critical abnormal", "a", "aa"}
ABNORMAL = {"A", "AA", "H", "L", "HH", "LL", "S", "R", "I"}
"""v3 interpretations that hint without saying found or not found."""


@lru_cache(maxsize=8192)
def words(key: Key) -> tuple[str, ...]:
    """The texts of a value; a code that is a result or a variant is read as the words it stands for."""
    return tuple(dict.fromkeys((*texts_of(key), *_coded(key))))


def _coded(key: Key) -> Iterator[str]:
    for system, code, _ in codings_of(key):
        pair = canonical(system, code) or (system or "", code or "")
        known = _BY_CODE.get(pair)
        if known is not None:
            yield _WORDS[known]
        elif pair[0] == CLINVAR and pair[1] == _CLINVAR_V600E:
            yield "BRAF V600E"
        elif pair[0] in _VARIANT_SYSTEMS and pair[1]:
            yield pair[1]


@lru_cache(maxsize=8192)
def polarity_of(key: Key) -> Polarity | None:
    """Whether a value says found or not found; unclear when its codes and words disagree."""
    said = {p for text in words(key) if (p := polarity.of(plain(text))) is not None}
    if not said:
        return None
    return next(iter(said)) if len(said) == 1 else Polarity.UNCLEAR


@lru_cache(maxsize=2048)
def is_hint(key: Key) -> bool:
    """Whether an interpretation only says abnormal, high or the like."""
    pairs = [canonical(system, code) for system, code, _ in codings_of(key)]
    coded = any(
        pair is not None and pair[0] == INTERPRETATION and pair[1].upper() in ABNORMAL for pair in pairs
    )
    return coded or any(plain(text) in _ABNORMAL_WORDS for text in texts_of(key))
