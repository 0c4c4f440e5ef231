"""A disease named in text: plainly, with doubt, or denied; and whether the text says that it is metastatic.

A text that can be read in two ways yields the doubted reading.
"""

import re
from functools import lru_cache

from smartapp.normalize import persons
from smartapp.normalize.coding import READING, Json, added
from smartapp.normalize.sayings import HARMLESS, Lexicon, Saying, is_withdrawn, saying
from smartapp.normalize.terms import DISEASE_NAME, Disease, Terms
from smartapp.normalize.words import any_of, plain, sentences

_METASTASIS = Lexicon(
    disease=Disease(code="metastasis", names=(), doubts=()),
    name=re.compile(
        r"(?<![a-z0-9])(?:metasta\w+|mets|secondary (?:and unspecified )?"
        r"(?:malignan\w+|cancers?|tumou?rs?|neoplasms?|carcinoma\w*))(?![a-z0-9])"
    ),
    doubt=None,
)


@lru_cache(maxsize=8192)
def readings(terms: Terms, texts: tuple[str, ...]) -> tuple[Json, ...]:
    """The codings of the disease-name system for what these texts, taken together, say."""
    return tuple(
        added(DISEASE_NAME, code, READING)
        for lexicon in _lexicons(terms)
        for code in _codes(lexicon, {saying for text in texts for saying in _sayings(lexicon, text)})
    )


@lru_cache(maxsize=8192)
def names_any(terms: Terms, text: str) -> bool:
    """Whether the text mentions one of the diseases in any way."""
    wording = plain(text)
    return any(lexicon.name.search(wording) for lexicon in _lexicons(terms))


@lru_cache(maxsize=8192)
def is_of_relatives(text: str) -> bool:
    """Whether a heading, as the category of a Condition, says that what stands below it is a relative's."""
    return persons.named_in(plain(text))


@lru_cache(maxsize=2048)
def takes_back(note: str) -> bool:
    """Whether a note says that the diagnosis beside it is wrong: withdrawn, of another patient."""
    return is_withdrawn(plain(note))


def is_of_open_kind(terms: Terms, site: str) -> bool:
    """Whether a body site, in plain words, is one where a disease looked for is of an open kind: the eye."""
    wording = HARMLESS.sub(" ", site)
    return not _LID.search(site) and any(lex.doubt and lex.doubt.search(wording) for lex in _lexicons(terms))


_LID = any_of(r"eye ?lids?", r"(?:augen)?lid\w*", r"skin")


@lru_cache(maxsize=8192)
def doubts_metastasis(texts: tuple[str, ...]) -> bool:
    """Whether these texts, taken together, doubt or deny a metastasis that they name, or call it past."""
    said = {saying for text in texts for saying in _sayings(_METASTASIS, text)}
    return bool(said - {Saying.NOTHING, Saying.PLAIN, Saying.METASTATIC})


def _codes(lexicon: Lexicon, said: set[Saying]) -> list[str]:
    """Plain only when nothing in the same words doubts or denies it; beside a metastatic one a past one does not."""
    code = lexicon.disease.code
    metastatic = Saying.METASTATIC in said
    if Saying.DOUBTED in said or (Saying.PAST in said and not metastatic):
        return [f"{code}-doubted"]
    named = metastatic or Saying.PLAIN in said
    if named and Saying.NEGATED in said:
        return [f"{code}-doubted"]
    if named:
        return [code, f"{code}-metastatic"] if metastatic else [code]
    if Saying.CARED_FOR in said:
        return [f"{code}-doubted"]
    return [f"{code}-negated"] if {Saying.NEGATED, Saying.OF_ANOTHER} & said else []


def _sayings(lexicon: Lexicon, text: str) -> set[Saying]:
    wording = plain(text)
    if not lexicon.name.search(wording):
        return set()
    said = {
        saying(lexicon, sentence, match)
        for sentence in sentences(wording)
        for match in lexicon.name.finditer(sentence)
    }
    return said | {Saying.DOUBTED} if is_withdrawn(wording) else said


@lru_cache(maxsize=8)
def _lexicons(terms: Terms) -> tuple[Lexicon, ...]:
    return tuple(_lexicon(disease) for disease in terms.disease_names)


def _lexicon(disease: Disease) -> Lexicon:
    names = sorted((plain(name) for name in disease.names), key=len, reverse=True)
    doubts = [_word(plain(doubt)) for doubt in disease.doubts]
    return Lexicon(
        disease=disease,
        name=re.compile(r"(?<![a-z0-9])(?:" + "|".join(map(re.escape, names)) + r")(?![a-z0-9])"),
        doubt=re.compile(r"(?<![a-z0-9])(?:" + "|".join(doubts) + r")(?![a-z0-9])") if doubts else None,
    )


def _word(doubt: str) -> str:
    """A final * in the vocabulary stands for any ending."""
    return re.escape(doubt[:-1]) + r"\w*" if doubt.endswith("*") else re.escape(doubt)
