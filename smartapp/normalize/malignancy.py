"""Malignancies other than the diseases looked for, as displays and free text name them."""

from enum import StrEnum
from functools import lru_cache

from smartapp.normalize import tumors
from smartapp.normalize.diseases import names_any
from smartapp.normalize.terms import Terms
from smartapp.normalize.words import any_of, plain, sentences


class Kind(StrEnum):
    """What kind of other malignancy a text names."""

    PRIMARY = "primary"
    AS_REASON = "as-reason"
    """Skin and eye tumors, and sites where the tumor may be the melanoma itself.

    They are another disease as the reason of an order, and no other primary beside the melanoma.
    """


_OF_A_TUMOR = (tumors.HISTOLOGY, tumors.SITED, tumors.IS_PRIMARY)


@lru_cache(maxsize=8192)
def other(terms: Terms, text: str) -> Kind | None:
    """The kind of malignancy other than the diseases looked for that a text plainly names, or None."""
    wording = tumors.RISK_FLAG.sub(" ", plain(text))
    if not any(named.search(wording) for named in (tumors.HISTOLOGY, tumors.GENERIC, tumors.IS_PRIMARY)):
        return None
    kinds = {kind for sentence in sentences(wording) if (kind := _in_sentence(terms, sentence))}
    return Kind.PRIMARY if Kind.PRIMARY in kinds else next(iter(kinds), None)


@lru_cache(maxsize=8192)
def spread_of_another(terms: Terms, text: str) -> bool:
    """Whether a text calls a metastasis that of another tumor: "colon cancer metastasized to liver"."""
    wording = tumors.RISK_FLAG.sub(" ", plain(text))
    if not tumors.SECONDARY.search(wording) or names_any(terms, text):
        return False
    return any(
        tumors.SECONDARY.search(sentence)
        and not tumors.NO_DISEASE.search(tumors.NOT_A_DENIAL.sub(" ", sentence))
        and not tumors.SKIN.search(sentence)
        and _names_an_origin(tumors.WHERE_IT_IS.sub("metastasis", sentence))
        for sentence in sentences(wording)
    )


@lru_cache(maxsize=4096)
def is_unspecific(text: str) -> bool:
    """Whether a text says that it is a malignancy and nothing of which: "cancer", "metastatic malignant neoplasm"."""
    wording = tumors.RISK_FLAG.sub(" ", plain(text))
    if tumors.SITED_COMPOUND.search(wording):
        return False
    return bool(tumors.GENERIC.search(wording)) and not tumors.UNSAID.sub(
        " ", tumors.GENERIC.sub(" ", wording)
    ).strip(" ,.;:()-")


@lru_cache(maxsize=4096)
def of_result(terms: Terms, text: str) -> str | None:
    """What of a result's words plainly names the other tumor that it is about, or None.

    "BRAF V600 not detected, colorectal carcinoma specimen"; nothing where a disease looked for is named too.
    """
    wording = tumors.RISK_FLAG.sub(" ", plain(text))
    if not any(kind.search(wording) for kind in _OF_A_TUMOR) or names_any(terms, text):
        return None
    clauses = (
        clause.strip()
        for sentence in sentences(wording)
        if not tumors.IN_GENERAL.search(sentence)
        for clause in tumors.CLAUSE.split(sentence)
    )
    return next((clause for clause in clauses if _is_other_tumor(clause)), None)


def _is_other_tumor(clause: str) -> bool:
    named = any(kind.search(clause) for kind in _OF_A_TUMOR)
    return named and not tumors.NO_DISEASE.search(clause) and _names_a_primary(clause)


def _in_sentence(terms: Terms, sentence: str) -> Kind | None:
    kept = tumors.NOT_A_DENIAL.sub(lambda m: m[0] if "cell" in m[0] or "hodgkin" in m[0] else " ", sentence)
    if tumors.NO_DISEASE.search(_SMALL_CELL.sub("smallcell", kept)) or not _names_a_primary(sentence):
        return None
    if tumors.SKIN.search(sentence) or tumors.EYE.search(sentence):
        return Kind.AS_REASON
    if tumors.HISTOLOGY.search(sentence):
        return Kind.PRIMARY
    if tumors.MAYBE_ITSELF.search(sentence):
        return None if names_any(terms, sentence) else Kind.AS_REASON
    return Kind.PRIMARY if tumors.SITED.search(sentence) or not names_any(terms, sentence) else None


_SMALL_CELL = any_of(r"non-? ?small[- ]?cell", r"non-? ?hodgkin\w*")


def _names_a_primary(sentence: str) -> bool:
    """Whether a primary is named: by "metastatic colon cancer", not by "metastatic carcinoma to lung"."""
    if not tumors.SECONDARY.search(sentence):
        return any(named.search(sentence) for named in (tumors.HISTOLOGY, tumors.GENERIC, tumors.IS_PRIMARY))
    return _names_an_origin(sentence)


def _names_an_origin(sentence: str) -> bool:
    """Whether a sentence about a metastasis says which tumor it is of."""
    rest = tumors.DESTINATION.sub(" ", sentence)
    if tumors.ORIGIN.search(rest):
        return True
    if "secondary" in sentence or "sekundär" in sentence:
        return False
    return bool(tumors.SITED.search(rest)) or any(
        not tumors.UNTYPED.fullmatch(match[0]) for match in tumors.HISTOLOGY.finditer(rest)
    )
