"""Whether words say that something was found, was not found, or cannot be said; on plain text."""

import re
from enum import StrEnum
from functools import lru_cache


class Polarity(StrEnum):
    """What a result says."""

    FOUND = "found"
    NOT_FOUND = "not-found"
    UNCLEAR = "unclear"


_THING = (
    r"(?:mutation|variant|alteration|change|abnormalit|rearrangement"
    r"|fusion|v600|amplification|aberration|finding)"
)
_SEEN = (
    r"(?:detect\w*|identif\w+|found|present|seen|observed|demonstrated|evident|mutated|mutant|positive"
    r"|harbou?r\w*"
    r"|amplified|nachgewiesen|nachweisbar|gefunden|detectad[oa]|détecté\w*|identificad[oa]|mutad[oa])"
)
_UNCLEAR = (
    r"equivocal|indeterminate|indeterminado|inconclusive|ambiguous|undetermined|uninterpretable|unbestimmt"
    r"|q\.?n\.?s\.?|quantity (?:was |is )?(?:not |in)sufficient|insufficient|inadequate|unsatisfactory"
    r"|suboptimal"
    r"|fail(?:ed|ure|s)?|invalid|unable|error|no call|not called|no result\w*|no (?:sample|specimen"
    r"|tissue|dna)"
    r"|can ?not|could not|nicht (?:bestimmbar|beurteilbar|auswertbar|durchgeführt|untersucht)|ausstehend"
    r"|not (?:be )?(?:\w+ly )?(?:determined|assess\w*|evaluat\w*|evaluable|tested|performed|done|reported"
    r"|available"
    r"|ordered|interpretable|obtained|sufficient|analy[sz]ed|examined|known|resulted|covered|excluded"
    r"|ruled out|stated"
    r"|specified|applicable)"
    r"|non-? ?(?:evaluable|diagnostic|informative)|pending|in progress|await\w*|to follow|outstanding"
    r"|registered"
    r"|see (?:\w+ )?(?:note|comment|report|scan|attach|below|text|separate|result|document|narrative"
    r"|interpretation|media)\w*"
    r"|sent(?: out)?|send-?out|order(?:ed)?|requested|unknown|n/a|tnp|cancel\w*|withdrawn|declined"
    r"|borderline|possibl[ey]|probabl[ey]|(?:un)?likely|suspect\w*|suspicious|presum\w*|questionable|doubtful"
    r"|weak\w*|low[- ]level|below (?:the )?(?:limit|level|lower|cut-?off|threshold|detection)|trace|repeat\w*"
    r"|preliminary|provisional|rule[- ]?out|r/o|not (?:wild[- ]?type|wt|negative)|non-?wild-?type"
    r"|discordant|conflicting"
    r"|verdacht|fraglich|\?|if|may|might|would|unless|mosaic"
)
_NOT_FOUND = (
    rf"(?:not|nicht|non|no) (?:[\w/]+ ){{0,3}}?{_SEEN}"
    rf"|(?:did|does|do|was|were|has|have|is|are)(?: ?n[o']t) (?:\w+ ){{0,3}}?(?:show|reveal|detect"
    rf"|identify|demonstrate"
    r"|harbou?r|contain|carry|have|find)\w*"
    rf"|(?:no|without|kein\w*|absence of|lack of|sans|sin|free of|pas de)(?: (?:evidence|detection"
    rf"|nachweis) (?:of|einer|von))?"
    rf"(?: (?!but\b|with\b)[\w./>():*-]+){{0,8}}? (?:\S*?-)?(?:p\.\s?\(?)?{_THING}\w*"
    rf"(?:(?: \S+){{0,8}}? (?:was |were |is |are |has been |have been )?(?<!not ){_SEEN})?"
    r"|no (?:braf )?(?:p\.)?\(?v(?:al)?600\w*"
    r"|(?:un|non-?)(?:detect\w+|mutated|mutiert)|nonmutated|nonmutant|non-?mutant|not mutant"
    r"|negativ\w*|négatif|neg|absent\w*|absence|ausgeschlossen|none(?: \w+)?|\(-\)|nil"
    r"|lack(?:s|ing)?|wild-? ?type?|wildtyp\w*|wt|ruled out|excluded|kein nachweis|unauffällig"
    r"|non muté\w*|no mutad[oa]"
    r"|no evidence"
)
_FOUND = (
    r"detect(?:ed|able)|positiv\w*|positif|present|identified|found|observed|seen|confirmed|mutated"
    r"|mutant|mutants?|mutiert\w*"
    r"|mutation-positive|harbou?r(?:s|ing|ed)?|carries|carrying|nachgewiesen\w*|nachweis|nachweisbar"
    r"|liegt vor|vorliegend\w*"
    r"|liegt|(?:show|reveal|demonstrat)\w*(?= (?:an? |the )?(?:braf )?(?:gene )?(?:p\.)?\(?v(?:al)?-?600)"
    r"|detectad[oa]|détecté\w*|mutad[oa]|muté\w*|\+{1,3}|\(\+{1,3}\)|pos|abnormal result"
)
_LEFTOVER = r"not|no|nicht|kein\w*|non|without"
_CUE = re.compile(
    rf"(?<![a-z0-9])(?:(?P<unclear>{_UNCLEAR})|(?P<not_found>{_NOT_FOUND})|(?P<found>{_FOUND})"
    rf"|(?P<leftover>{_LEFTOVER}))"
    r"(?![a-z0-9])"
    r"|(?<=[a-z0-9])\s?(?P<plus>\(?\+{1,3}\)?)(?=$|[\s,.;)])"
)
_NO_OTHER = re.compile(
    r"no (?:other|additional|further)\b[^.;,]*|(?:of )?(?:unknown|uncertain) (?:clinical )?significance"
    r"|non-? ?v600(?![a-z0-9])"
    r"|(?:variant|allele) (?:allele )?fre\w+[^.;,]*|not otherwise specified"
)


@lru_cache(maxsize=8192)
def cues(text: str) -> frozenset[Polarity]:
    """Everything that the words of a plain text say about finding or not finding."""
    found = set()
    for match in _CUE.finditer(_NO_OTHER.sub(" ", text)):
        if match["unclear"] or match["leftover"]:
            found.add(Polarity.UNCLEAR)
        elif match["not_found"]:
            found.add(Polarity.NOT_FOUND)
        else:
            found.add(Polarity.FOUND)
    return frozenset(found)


def of(text: str) -> Polarity | None:
    """The one thing that a plain text says.

    Unclear when it says two, None when it says nothing of the kind.
    """
    said = cues(text)
    if not said:
        return None
    return next(iter(said)) if len(said) == 1 else Polarity.UNCLEAR
