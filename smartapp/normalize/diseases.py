"""A disease named in text: plainly, with doubt, or denied; and whether the text says that it is metastatic.

A text that can be read in two ways yields the doubted reading.
"""

import re
from dataclasses import dataclass
from enum import IntEnum
from functools import lru_cache

from smartapp.normalize.coding import READING, Json, added
from smartapp.normalize.extent import is_metastatic_mention
from smartapp.normalize.terms import DISEASE_NAME, Disease, Terms
from smartapp.normalize.words import HEDGE, NEGATION, any_of, plain, sentences


class Saying(IntEnum):
    """What one sentence says about a disease."""

    NOTHING = 0
    OF_ANOTHER = 1
    """That a relative had it, that it is feared or looked for: beside its code that takes it back."""
    NEGATED = 2
    DOUBTED = 3
    PAST = 4
    PLAIN = 5
    METASTATIC = 6


_KIN = (
    r"mother\w*|father\w*|sister\w*|brother\w*|parents?|siblings?|cousin\w*|uncle\w*|aunt\w*",
    r"nephew\w*|niece\w*|grand\w+|daughters?|sons?|relatives?|husband|wife|spouse",
    r"mutter|vater|schwester|bruder|tante|onkel|familien\w*",
    r"family history|family hx|fam\.? hx|fh|fhx|family member\w*|familienanamnese",
    r"familiaux|familiales?|familiar(?:es|i)?|famil[eí]ares|familiär\w*|madre|padre|herman[oa]s?|abuel[oa]s?",
    r"mère|père|sœur|soeur|frère|tante|oncle|sorella|fratello|nonn[oa]|mãe|irmã\w*|moeder|vader|zus|broer|mor|syster",
)
_OTHER_THAN_PATIENT = any_of(*_KIN)
_IN_ANOTHER = re.compile(rf"[\s,:(\-]*(?:(?:in|of|her|his|the|patient's)\s)*(?:{'|'.join(_KIN)})(?![a-z0-9])")
_NO_STATEMENT_BEFORE = any_of(
    r"risk (?:of|for|factors? for)",
    r"(?:at|increased|elevated|raised|higher|genetic|familial|hereditary|inherited|lifetime)[- ]risk(?=[\s:,]*$)",
    r"risk(?: factors?)?(?=:\s*$)",
    r"ris(?:iko|que|chio|co|ico) (?:für|von|auf|de|di|do|op|for)|riesgo de",
    r"screen(?:ing|ed)?(?: examination)?(?: for)?",
    r"fear of",
    r"worr(?:y|ied) about",
    r"education (?:about|on)",
    r"counsel\w* (?:about|on|for)",
    r"vaccin\w+",
    r"prevention of",
    r"predispos\w+",
    r"susceptib\w+",
    r"precursors? of",
    r"(?<=worried:)",
)
_NO_STATEMENT_AFTER = re.compile(
    r"[-\s]*(?:associated|antigen|screening|risk|syndrome|like|vaccine|clinic\b|education|prevention"
    r"|specific|(?:and|und) neural|gene\b|predisposition|susceptib|awareness|check|center|unit\b|mimic|concern"
    r"|worr)"
)
_NON = re.compile(r"(?:non|nicht|pseudo|pre)[-\s]?$")

# Not denials of the disease although they hold a negation.
_HARMLESS = any_of(
    r"not otherwise specified",
    r"not elsewhere classified",
    r"not specified",
    r"not (?:a )?(?:surgical(?:ly)?|operative) (?:candidate|resectable)",
    r"(?:not|non)-? ?(?:completely |fully )?(?:resect|oper)\w+",
    r"(?:not|non)-? ?(?:amenable|suitable|eligible|responding|responsive|refractory)",
    r"not yet (?:treated|resected|staged)",
    r"(?:with )?(?:no|not|without) (?:a )?(?:known|identified|identifiable|apparent|detectable) primary\w*",
    r"(?:non|not)-? ?(?:ulcerated|cutaneous|pigmented|v600\w*|mutated)",
    r"without (?:mention of )?ulceration",
    r"skin of (?:\w+ ){0,4}eyes?",
    r"non-? ?(?:metasta\w+|small|hodgkin\w*|invasive|insulin)\w*",
    r"no known (?:drug |medication )?allerg\w+",
    r"not in[- ]situ",
    r"no in[- ]situ component",
)
_PLACES = r"(?:lepto)?mening\w+|orbit\w*|central nervous system|cns"
_SPREAD_THERE = any_of(  # where a melanoma went to is not where it came from
    rf"(?:metasta\w+|mets|spread\w*|disseminat\w+|involv\w+) (?:\w+,? ){{0,4}}(?:{_PLACES})",
    rf"(?:{_PLACES}) (?:metasta\w+|mets|disease|spread|involvement|carcinomatosis|dissemination)",
)
_NOT_ACTIVE = any_of(  # "no evidence of recurrent melanoma" denies a recurrence, and tells of a past melanoma
    r"recurr\w*|relaps\w*|residual|remaining|active|progress\w*|metasta\w*|new|further|additional|other"
    r"|persist\w*|viable|rezidiv\w*"
)
_PAST_BEFORE = any_of(
    r"histor\w+ of",
    r"history:?",
    r"hx:?(?: of)?",
    r"h/o",
    r"ho",
    r"past medical history",
    r"pmh\w*:?",
    r"status[- ]post",
    r"s/p",
    r"zustand nach",
    r"z\.?\s?n",
    r"ant[eé]c[eé]dent(?:es?|s)?",
    r"historia[l]?(?: cl[ií]nico)? (?:de|previa|personal)",
    r"histoire de",
    r"storia di",
    r"pregress[oa]",
    r"previ[oa]",
    r"voorgeschiedenis",
    r"tidigare",
    r"zust\.? ?n\.?",
    r"zn",
    r"rezidivfrei\w*",
    r"remote",
    r"anamnes\w+",
)
_PAST_ADJACENT = re.compile(
    r"(?:prior|previous|former|old|past|earlier|treated|resolved|cured|remote)(?:\s[\w/-]+){0,2}\s$"
)
_PAST_AFTER = re.compile(
    r"[\s,:(\-]*(?:(?:is|was|now|currently|in|with|is in|complete|full|\w+ly)\s)*"
    r"(?:histor(?:y|ical)|hx|h/o|resolved|cured|remission|(?:complete |full )?remission|ned\b"
    r"|no evidence of (?:any )?disease|in the past|years? ago|disease[- ]free|survivor|surveillance"
    r"|excision (?:scar|site)"
    r"|[^.;]*\b(?:ned|no evidence of (?:any )?disease(?! progression)|disease[- ]free)\b)"
)
_DENIED_AFTER = re.compile(
    r"[\s,:(\-]*(?:(?:is|was|has been|were|been|have|now|subsequently|\w+ly)\s)*"
    r"(?:ruled[- ]out|excluded|denie[sd]|= ?no\b|exclu\b|[eé]cart[eé]e?\b|descartad[oa]|escluso|uitgesloten"
    r"|absent|negative\b(?! for| nodes| sentinel| margins)|not (?:found|seen"
    r"|identified|present|detected|diagnosed|confirmed)|unlikely|refuted|not excluded|cannot be excluded"
    r"|ausgeschlossen|none\b|no\s*[.)]?$)"
)
_HEDGED_AFTER = re.compile(
    r"[\s,:(\-]*(?:(?:is|was|were|been|being|\w+ly)\s)*"
    r"(?:\?|benign|suspected|suspicion|possible\s*[).]?$|possibly\s*[).]?$|probable\s*[).]?$|likely\s*[).]?$"
    r"|unlikely|questionable|r/o|rule[- ]out|vs\b|versus\b|not (?:yet )?(?:excluded|confirmed|ruled out)"
    r"|cannot be (?:excluded|ruled out)|(?:to be|needs to be) (?:ruled out|excluded|confirmed)|unconfirmed"
    r"|provisional|presumed|differential|work-?up|or (?:nevus|naevus|mole|other)|verdacht)"
)
_HEDGE = any_of(*HEDGE)
_NEGATION = any_of(*NEGATION)


@dataclass(frozen=True, slots=True)
class _Lexicon:
    disease: Disease
    name: re.Pattern[str]
    doubt: re.Pattern[str] | None


_METASTASIS = _Lexicon(
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
    return _OTHER_THAN_PATIENT.search(plain(text)) is not None


def is_of_open_kind(terms: Terms, site: str) -> bool:
    """Whether a body site, in plain words, is one where a disease looked for is of an open kind: the eye."""
    wording = _HARMLESS.sub(" ", site)
    return not _LID.search(site) and any(lex.doubt and lex.doubt.search(wording) for lex in _lexicons(terms))


_LID = any_of(r"eye ?lids?", r"(?:augen)?lid\w*", r"skin")


@lru_cache(maxsize=8192)
def doubts_metastasis(texts: tuple[str, ...]) -> bool:
    """Whether these texts, taken together, doubt or deny a metastasis that they name, or call it past."""
    said = {saying for text in texts for saying in _sayings(_METASTASIS, text)}
    return bool(said & {Saying.DOUBTED, Saying.NEGATED, Saying.PAST, Saying.OF_ANOTHER})


def _codes(lexicon: _Lexicon, said: set[Saying]) -> list[str]:
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
    return [f"{code}-negated"] if {Saying.NEGATED, Saying.OF_ANOTHER} & said else []


def _sayings(lexicon: _Lexicon, text: str) -> set[Saying]:
    wording = plain(text)
    if not lexicon.name.search(wording):
        return set()
    return {
        _saying(lexicon, sentence, match)
        for sentence in sentences(wording)
        for match in lexicon.name.finditer(sentence)
    }


def _saying(lexicon: _Lexicon, sentence: str, match: re.Match[str]) -> Saying:
    before, after = sentence[: match.start()], sentence[match.end() :]
    if _OTHER_THAN_PATIENT.search(before) or _IN_ANOTHER.match(after) or _NO_STATEMENT_BEFORE.search(before):
        return Saying.OF_ANOTHER
    if _OTHER_THAN_PATIENT.search(sentence) or _NON.search(before) or _NO_STATEMENT_AFTER.match(after):
        return Saying.NOTHING
    quiet = _HARMLESS.sub(" ", before)
    if _NEGATION.search(quiet) and not _DENIED_HEDGE.search(quiet):
        return _negated(quiet)
    if _DENIED_AFTER.match(after):
        return Saying.DOUBTED if _SOFT_DENIAL.search(after) else Saying.NEGATED
    if _is_hedged(lexicon, sentence, quiet, after):
        return Saying.DOUBTED
    if _PAST_BEFORE.search(quiet) or _PAST_ADJACENT.search(quiet) or _PAST_AFTER.match(after):
        return Saying.PAST
    return Saying.METASTATIC if is_metastatic_mention(sentence, match.start(), match.end()) else Saying.PLAIN


_DENIED_HEDGE = any_of(
    r"cannot (?:be )?exclude\w*", r"can't exclude", r"not (?:be )?(?:excluded|ruled out)", r"rule[- ]?out"
)
_SOFT_DENIAL = any_of(r"unlikely", r"not (?:yet )?(?:excluded|confirmed)", r"cannot be excluded")


def _negated(before: str) -> Saying:
    """Denied in the same breath; a denial further off, or only of a recurrence, leaves a doubt."""
    nearest = re.split(r",|\bbut\b|\bwith\b|\bnow\b", before)[-1]
    listed = re.search(r"\b(?:or|and|nor)\s(?:\w+\s)?$", before)
    if not _NEGATION.search(nearest) and not listed:
        return Saying.DOUBTED
    return Saying.DOUBTED if _NOT_ACTIVE.search(before) else Saying.NEGATED


def _is_hedged(lexicon: _Lexicon, sentence: str, before: str, after: str) -> bool:
    doubt = lexicon.doubt and lexicon.doubt.search(_SPREAD_THERE.sub(" ", _HARMLESS.sub(" ", sentence)))
    return bool(doubt or "?" in before or _HEDGE.search(before) or _HEDGED_AFTER.match(after))


@lru_cache(maxsize=8)
def _lexicons(terms: Terms) -> tuple[_Lexicon, ...]:
    return tuple(_lexicon(disease) for disease in terms.disease_names)


def _lexicon(disease: Disease) -> _Lexicon:
    names = sorted((plain(name) for name in disease.names), key=len, reverse=True)
    doubts = [_word(plain(doubt)) for doubt in disease.doubts]
    return _Lexicon(
        disease=disease,
        name=re.compile(r"(?<![a-z0-9])(?:" + "|".join(map(re.escape, names)) + r")(?![a-z0-9])"),
        doubt=re.compile(r"(?<![a-z0-9])(?:" + "|".join(doubts) + r")(?![a-z0-9])") if doubts else None,
    )


def _word(doubt: str) -> str:
    """A final * in the vocabulary stands for any ending."""
    return re.escape(doubt[:-1]) + r"\w*" if doubt.endswith("*") else re.escape(doubt)
