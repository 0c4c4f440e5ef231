"""What one sentence says about a disease that it names: plainly, with doubt, as past, denied, another's."""

import re
from dataclasses import dataclass
from enum import IntEnum

from smartapp.normalize import persons
from smartapp.normalize.extent import is_metastatic_mention
from smartapp.normalize.terms import Disease
from smartapp.normalize.words import HEDGE, NEGATION, any_of


class Saying(IntEnum):
    """What one sentence says about a disease."""

    NOTHING = 0
    OF_ANOTHER = 1
    """That a relative had it, that it is feared or looked for: beside its code that takes it back."""
    NEGATED = 2
    CARED_FOR = 3
    """Something that is done about it: a trace of it, which takes nothing from what other words say."""
    DOUBTED = 4
    PAST = 5
    PLAIN = 6
    METASTATIC = 7


@dataclass(frozen=True, slots=True)
class Lexicon:
    """A disease with what names it, and what makes such a mention uncertain."""

    disease: Disease
    name: re.Pattern[str]
    doubt: re.Pattern[str] | None


_NO_STATEMENT_BEFORE = any_of(
    r"risk (?:of|for|factors? for)",
    r"(?:at|increased|elevated|raised|higher|genetic|familial|hereditary|inherited|lifetime)[- ]risk(?=[\s:,]*$)",
    r"risk(?: factors?)?(?=:\s*$)",
    r"ris(?:iko|que|chio|co|ico) (?:für|von|auf|de|di|do|op|for)|riesgo de",
    r"screen(?:ing|ed)?(?: examination)?(?: for)?",
    r"(?:exam(?:ination|ined)?|check(?:ed)?(?:[- ]?up)?|test(?:ing|ed)?|assess(?:ed|ment)) for",
    r"fear of",
    r"worr(?:y|ied) about",
    r"education (?:about|on)",
    r"counsel\w* (?:about|on|for)",
    r"vaccin\w+",
    r"prevention of",
    r"predispos\w+",
    r"susceptib\w+",
    r"precursors? of",
    r"(?:anxi\w+|stress\w*|distress|nervous\w*|concerns?) (?:about|over|regarding)",
    r"contact with",
    r"(?<=worried:)",
)
_NO_STATEMENT_AFTER = re.compile(
    r"-(?:\w+[\s-]){1,3}syndrome\b|[,\s]*(?:\w+,? ){0,3}susceptib"
    r"|[-\s]*(?:(?!(?:with|on|after|in|by|and|for|of|at|from|to)\b)\w+ ){0,2}"
    r"(?:cell lines?|vaccine|antigen|clinic\b|registry|foundation|models?\b|mouse|mice|kindred|famil(?:y|ies)\b)"
    r"|[-\s]*(?:prone|scare|trials?\b|research|support\b|tumou?r board|conference|registry|nurse\b|study\b|foundation"
    r"|charity|program"
    r"|team\b|phobi|exposure"
    r"|associated|antigen|screening|risk|syndrome|like|vaccine|clinic\b|education|prevention"
    r"|specific|(?:and|und) neural|gene\b|predisposition|susceptib|awareness|check|center|unit\b|mimic|concern"
    r"|worr)"
)
_NON = re.compile(r"(?:non|nicht|pseudo|pre)[-\s]?$")

# Not denials of the disease although they hold a negation.
HARMLESS = any_of(
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
    r"(?:nicht|niet)[- ](?:ge)?metasta\w+",
    r"no known (?:drug |medication )?allerg\w+",
    r"not in[- ]situ",
    r"no in[- ]situ component",
)
_EARLY = any_of(
    r"[yra]{0,2}[cp]?tis(?:\s?,?[cp]?n\w{1,3}(?:\s?,?[cp]?m\w)?)?",
    r"clark\w*(?:'s)? (?:level )?(?:i|1)(?![/-])",
    r"(?:stage|stadium|stade|estadio|stadio) 0",
    r"level (?:i|1)(?![/-])",
    r"mis",
    r"non-?invasive",
    r"intra-?epi(?:dermal|thelial)",
)
"""In situ, by its stage."""
_OF_EYE = re.compile(
    r"(?:[,\s(]+(?:od|os|ou)\)?$|[\s,]+(?:of |in )?(?:the )?(?:\w+ )?(?:globe|vitreo\w*|vitreous)\b)"
)
_EYE_BEFORE = re.compile(r"\bvitreo\w*[\s-](?:\w+ )?$")
_NERVES = r"(?:brain|cerebr\w+|cerebell\w+|intracranial|spinal cord|nervous system)"
_OF_NERVES = re.compile(rf"(?: (?:of|in) (?:the )?(?:\w+ ){{0,2}}?| ){_NERVES}\b")
_NERVES_BEFORE = re.compile(rf"\b{_NERVES} (?:malignant )?$")
"""A melanoma of the nervous system may have its primary there."""
_LIKENESS = any_of(
    r"(?:resembl|mimic|simulat|imitat|masquerad)\w+(?: as)?",
    r"mistaken for",
    r"misdiagnosed as",
    r"(?:initially|originally|first) called",
    r"alleged(?:ly)?",
    r"disputed",
    r"self-? ?reported",
    r"ex(?=-)",
)
_WITHDRAWN = any_of(
    r"(?:mis-?|over-?|fehl)diagnos\w+",
    r"wrong(?:ly)? (?:patient|chart|record|diagnos\w+|coded)",
    r"(?:another|different|not this) patient",
    r"(?:entered|documented|recorded|charted|coded|listed|diagnosed) (?:in error|in the wrong|on the wrong)",
    r"\(error\)",
    r"erroneous\w*",
    r"irrtümlich\w*",
    r"(?:diagnosis|code|entry)(?: (?:was|is|has been))? (?:withdrawn|retracted|removed|deleted|refuted)",
    r"(?:revised|re-?classified|changed|corrected|down-?graded|amended) (?:to|as) (?:an? )?(?:\w+ ){0,2}"
    r"(?:benign|n[ae]?evus|n[ae]?evi|spitz\w*|lentigo|keratosis|not\b|no\b|non\b|other)",
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
    r"surveillance (?:for|of)",
    r"monitor\w* for",
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
    r"|no evidence of (?:any )?disease|in (?:the past|childhood)|\d* ?(?:years?|yrs?) ago|disease[- ]free|survivor"
    r"|surveillance"
    r"|excision (?:scar|site)|remote\b"
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
    r"|[àa] (?:[ée]liminer|exclure)|(?:a|por|para) descartar|da escludere|auszuschließen|uit te sluiten"
    r"|favou?red|(?:diagnosis )?(?:questioned|disputed|doubted)|(?:as )?reported by (?:the )?patient|per patient|-\s*$"
    r"|provisional|presumed|differential|work-?up|or (?:nevus|naevus|mole|other)|verdacht)"
)
_CARE_FOR = re.compile(
    r"[\s-]+(?:wide (?:local )?|re-?|local )?(?:surger\w+|excisions?|resections?|removal|treatments?|therap\w+"
    r"|immunotherapy|chemotherapy|follow-? ?up|aftercare|visits?|exam\w*|markers?|test(?:s|ing)?|genetics?"
    r"|genetic test\w*|counsel\w*|operation|surveillance|monitoring)\b"
    r"(?![\s-]*(?:refractory|resistant|na[iï]ve|failure|ongoing|planned))"
)
"""What is done about a disease, or was: "lymphedema due to melanoma surgery" is another one."""
_HEDGE = any_of(*HEDGE)
_NEGATION = any_of(*NEGATION)


def saying(lexicon: Lexicon, sentence: str, match: re.Match[str]) -> Saying:
    """What a plain sentence says about the disease that is named at the match."""
    before, after = sentence[: match.start()], sentence[match.end() :]
    if persons.named_before(before) or persons.named_after(after) or _NO_STATEMENT_BEFORE.search(before):
        return Saying.OF_ANOTHER
    if persons.named_in(sentence) or _NON.search(before) or _NO_STATEMENT_AFTER.match(after):
        return Saying.NOTHING
    quiet = HARMLESS.sub(" ", before)
    if _NEGATION.search(quiet) and not _DENIED_HEDGE.search(quiet):
        return _negated(quiet)
    if _DENIED_AFTER.match(after):
        return Saying.DOUBTED if _SOFT_DENIAL.search(after) else Saying.NEGATED
    if _is_hedged(lexicon, sentence, quiet, after):
        return Saying.DOUBTED
    if _CARE_FOR.match(after):
        return Saying.CARED_FOR
    if _PAST_BEFORE.search(quiet) or _PAST_ADJACENT.search(quiet) or _PAST_AFTER.match(after):
        return Saying.PAST
    if is_metastatic_mention(sentence, match.start(), match.end()):
        return Saying.METASTATIC
    return Saying.DOUBTED if lexicon.doubt and _is_of_nerves(before, after) else Saying.PLAIN


def _is_of_nerves(before: str, after: str) -> bool:
    return _OF_NERVES.match(after) is not None or _NERVES_BEFORE.search(before) is not None


def is_withdrawn(words: str) -> bool:
    """Whether plain words say that a diagnosis is wrong: withdrawn, of another patient."""
    return _WITHDRAWN.search(words) is not None


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


def _is_hedged(lexicon: Lexicon, sentence: str, before: str, after: str) -> bool:
    doubt = lexicon.doubt and lexicon.doubt.search(_SPREAD_THERE.sub(" ", HARMLESS.sub(" ", sentence)))
    kind = lexicon.doubt and (_OF_EYE.match(after) or _EYE_BEFORE.search(before) or _EARLY.search(sentence))
    hedged = "?" in before or _HEDGE.search(before) or _LIKENESS.search(before) or _HEDGED_AFTER.match(after)
    return bool(doubt or kind or hedged)
