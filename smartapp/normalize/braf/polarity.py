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
    r"(?:mutation|variant|alteration|change|abnormalit|rearrangement|fusion|v600|amplification|aberration"
    r"|finding)"
)
_SEEN = (
    r"(?:detect\w*|identif\w+|found|present|seen|observed|demonstrated|evident|mutated|mutant|positive"
    r"|harbou?r\w*|amplified|nachgewiesen|nachweisbar|gefunden|detectad[oa]|détecté\w*|identificad[oa]"
    r"|mutad[oa])"
)
_WILD_TYPE = r"(?:wild-? ?type?|wildtyp\w*|wt)"
_NOT_WILD = (
    r"(?:no|not|non|without|other than|anything but|except(?: for)?"
    r"|negativ\w* for|absence of|lack of|loss of|lacks?|lacking|excludes?|kein\w*|nicht)"
    rf"(?: (?:the|an?|any|evidence of|braf|b-raf|gene|normal|v600\w*))*[ -]{_WILD_TYPE}"
    rf"|{_WILD_TYPE}(?:[ -](?:braf|b-raf|allele|sequence|gene|status|v600\w*))*\s*[:=]?\s*(?:(?:is|was|were) )?"
    r"(?:not (?:detected|identified|found|seen|present|confirmed|observed)|undetected|negativ\w*(?! for)|absent|false"
    r"|no(?=\s*(?:$|[.;,]))|nein|ruled out|excluded|lost)"
)
"""A denial of the wild type: no mutation is denied by it."""
_TESTING = (
    r"(?:testing|tests?|analys[ei]s|status|results?|data|reports?|assays?"
    r"|stud(?:y|ies)|information|records?|documentation|panels?|profil\w+)"
)
_NO_TEST = (
    r"(?:no|never|without|absence of|lack of|lacks?|lacking|kein\w*|sans|sin|geen)"
    rf"(?: (?!(?:by|in|on|with|using|from|at|after|but|per)\b|{_SEEN})[\w/'-]+(?:\.[\w/'-]+)*){{0,6}}? {_TESTING}"
    rf"|{_TESTING}\s*[:=-]\s*(?:none|nil|no)(?! (?:[\w/.]+ ){{0,4}}?(?:{_SEEN}|{_THING}\w*|evidence|pathogenic))"
)
"""A denial of the test: "no BRAF mutation testing", "mutation status: none on file"."""
_UNCLEAR = (
    rf"{_NOT_WILD}|{_NO_TEST}|no longer \w+|undetectable (?:on|after|under|during|following)|unchanged"
    rf"|no change(?!s| (?:(?:was|were|is) )?{_SEEN})|"
    r"assum\w*|whether|(?:needs?|needed|has|have|must) to (?:be )?(?:confirm|verif)\w*|to be confirmed"
    r"|negative (?:predictive|cells?|clones?|sub\w+)|expected(?= to\b|:)|asks?"
    r"|equivocal|indeterminate|indeterminado|inconclusive|ambiguous|undetermined|uninterpretable|unbestimmt"
    r"|q\.?n\.?s\.?|quantity (?:was |is )?(?:not |in)sufficient|insufficient|inadequate|unsatisfactory"
    r"|suboptimal|fail(?:ed|ure|s)?|invalid|unable|error|no call|not called|no result\w*|no (?:sample"
    r"|specimen|tissue|dna)|can ?not|could not|nicht (?:bestimmbar|beurteilbar|auswertbar|durchgeführt"
    r"|untersucht)|ausstehend|not (?:be )?(?:\w+ly )?(?:determined|assess\w*|evaluat\w*|evaluable|tested"
    r"|performed|done|reported|available|ordered|interpretable|obtained|sufficient|analy[sz]ed|examined"
    r"|known|resulted|covered|excluded|ruled out|stated|specified|applicable)|non-? ?(?:evaluable"
    r"|diagnostic|informative)|pending|in progress|await\w*|to follow|outstanding|registered"
    r"|see (?:\w+ )?(?:note|comment|report|scan|attach|below|text|separate|result|document|narrative"
    r"|interpretation|media)\w*|sent(?: out)?|send-?out|order(?:ed)?|requested|unknown|n/a|tnp|cancel\w*"
    r"|withdrawn|declined|borderline|possibl[ey]|probabl[ey]|(?:un)?likely|suspect\w*|suspicious|presum\w*"
    r"|questionable|doubtful|weak\w*|low[- ]level|below (?:the )?(?:limit|level|lower|cut-?off|threshold"
    r"|detection)|trace|repeat\w*|preliminary|provisional|rule[- ]?out|r/o|not (?:wild[- ]?type|wt"
    r"|negative)|non-?wild-?type|discordant|conflicting|verdacht|fraglich|\?|if|may|might|would|unless"
    r"|mosaic|neither|geen|niet|ej|ingen|inte|não|nao|sem|senza|nessun\w*|send out"
)
_ELSEWHERE = (
    r"(?:n[ãa]o|non|niet|ej|inte) (?:\w+ )?(?:detec?tad[oa]|identificad[oa]|encontrad[oa]|rilevat[oa]|riscontrat[oa]"
    r"|evidenziat[oa]|identificat[oa]|presente|aangetoond|gevonden|gedetecteerd|aanwezig|påvisad|detekterad|retrouvée?)"
    r"|(?:geen|ingen|nessuna|sem|senza)"
    r" (?:[\w./>():-]+ ){0,3}?\S*muta(?:tie|tion|zione|ção)\w*(?: (?:aangetoond|påvisad|\w*ata))?"
    r"|(?:ausencia|ausência|assenza|absence) (?:d[eiu]\b|d'\w+)(?: (?!con\b)[\w./>():'-]+){0,4}?"
    r"|ausente|assente|absente|nein"
    r"|neither (?:\S+ ){1,8}?(?:mutations? |variants? )?(?:(?:was|were) )?"
    rf"{_SEEN}|no detectad[oa]|no se (?:detecta\w*|detectó|observ\w+|identific\w+)|nativo|salvaje"
    r"|silvestre|sauvage|selvaggio"
)
"""Not found, in other languages."""
_NOT_FOUND = (
    r"(?:no|without) (?:[\w/-]+ ){0,4}(?:[\w/-]+, (?:[\w/-]+ ){0,3})+(?:or|nor) (?:[\w/-]+ ){0,4}?"
    rf"{_THING}\w*(?!\w| {_TESTING})"
    rf"(?: (?:was |were )?{_SEEN})?"
    r"|no (?:braf )?(?:p\.)?\(?v(?:al)?600\w*(?:(?:\s?(?:,|/|\bor\b|\band\b)\s?)+(?:p\.)?\(?v(?:al)?600\w*)*"
    rf"(?: (?:mutations?|variants?|was|were|is|are))*(?: {_SEEN})?(?=\s*(?:$|[.;,)]))"
    rf"|(?:not|nicht|non|no) (?:[\w/]+ ){{0,3}}?{_SEEN}|(?:did|does|do|was|were|has|have|is"
    rf"|are)(?: ?n[o']t) (?:\w+ ){{0,3}}?(?:show|reveal|detect|identify|demonstrate"
    r"|harbou?r|contain|carry|have|find)\w*"
    rf"|(?:no|without|kein\w*|absence of|lack of|sans|sin|free of|pas de)(?: (?:evidence|detection"
    rf"|nachweis) (?:of|einer|von))?"
    rf"(?: (?!but\b|with\b)[\w./>():*-]+){{0,8}}? (?:\S*?-)?(?:p\.\s?\(?)?{_THING}\w*"
    rf"(?:(?: \S+){{0,8}}? (?:was |were |is |are |has been |have been )?(?<!not ){_SEEN})?"
    r"|no (?:braf )?(?:p\.)?\(?v(?:al)?600\w*|(?:un|non-?|not-?)(?:detect\w+|mutated|mutiert)|nonmutated"
    r"|nonmutant|non-?mutant|not mutant|negativ\w*"
    r"|n[ée]gati(?:ve|f)s?|negatiev?e?f?|neg|absent\w*|absence|ausgeschlossen"
    r"|none(?: \w+)?|\(-\)|nil|lack(?:s|ing)?|wild-? ?type?|wildtyp\w*|wt|ruled out|excluded|kein nachweis"
    r"|unauffällig|non muté\w*|no mutad[oa]|no evidence"
)
_FOUND = (
    r"detect(?:ed|able)|positiv\w*|positif|present|identified|found|observed|seen|confirmed|mutated|mutant"
    r"|mutants?|mutiert\w*|mutation-positive|harbou?r(?:s|ing|ed)?|carries|carrying|nachgewiesen\w*"
    r"|nachweis|nachweisbar|liegt vor|vorliegend\w*|liegt|(?:show|reveal|demonstrat)\w*(?= (?:an? "
    r"|the )?(?:braf )?(?:gene )?(?:p\.)?\(?v(?:al)?-?600)|detectad[oa]|détecté\w*|mutad[oa]|muté\w*"
    r"|\+{1,3}|\(\+{1,3}\)|pos|mut(?=\s*(?:$|[.;,)]))|abnormal result|presente|présente|rilevat[oa]|påvisad|aangetoond"
)
_LEFTOVER = r"not|no|nicht|kein\w*|non|without"
_CUE = re.compile(
    rf"(?<![a-z0-9])(?:(?P<elsewhere>{_ELSEWHERE})|(?P<unclear>{_UNCLEAR})|(?P<not_found>{_NOT_FOUND})"
    rf"|(?P<found>{_FOUND})"
    rf"|(?P<leftover>{_LEFTOVER}))"
    r"(?![a-z0-9])|(?<=[a-z0-9])\s?(?P<plus>\(?\+{1,3}\)?)(?=$|[\s,.;)])"
    r"|(?<![a-z0-9.])(?P<zero>0\s?\(?\+)"
    r"|v(?:al)?600[a-z]{0,3}(?P<minus>-(?=$|[,;.)])|\s?=\s?0(?![.\d]))"
    r"|(?<=[\s:(=])(?:(?P<ve>-ve)|(?P<plus_ve>\+ve))(?![a-z0-9])|(?P<open>\?)"
)
_NO_OTHER = re.compile(
    r"no (?:other|additional|further|(?:evidence of |known |braf |b-raf )?(?:new|second(?:ary)?|acquired|resistance"
    r"|co-?occurring|concurrent|concomitant|emergent|subsequent|de novo))\b[^.;,]*"
    r"|(?:of )?(?:unknown|uncertain) (?:clinical )?significance"
    r"|(?:on|upon|after|by) repeat(?:ed)? (?:test\w*|analysis|sequencing|assay)"
    r"|non-? ?v600(?![a-z0-9])|(?:variant|allele) (?:allele )?fre\w+[^.;,]*|not otherwise specified"
)

_RESULT_LABEL = re.compile(
    r"^\s*(?:(?:final|overall|test|patient) )?(?:result|interpretation|finding|status|call|value|assessment|ergebnis)s?"
    r"\s*[:=]?\s*"
)
_FILLER = re.compile(
    r"\b(?:was|were|is|are|been|has|have|the|a|an|any|in|on|by|for|of|this|sample|specimen|tumou?r|tissue|pcr|ngs"
    r"|sequencing|mutation|variant|with|assay|method)s?\b"
)


@lru_cache(maxsize=8192)
def cues(text: str) -> frozenset[Polarity]:
    """Everything that the words of a plain text say about finding or not finding."""
    found = set()
    for match in _CUE.finditer(_NO_OTHER.sub(" ", text)):
        if match["unclear"] or match["leftover"] or match["minus"] or match["open"] or match["zero"]:
            found.add(Polarity.UNCLEAR)
        elif match["not_found"] or match["elsewhere"] or match["ve"]:
            found.add(Polarity.NOT_FOUND)
        else:
            found.add(Polarity.FOUND)
    return frozenset(found)


def is_verdict(text: str) -> bool:
    """Whether a plain text says whether something was found, and nothing of what: "result: not detected"."""
    rest = _CUE.sub(" ", _RESULT_LABEL.sub("", text))
    return rest != text and not _FILLER.sub(" ", rest).strip(" .,:=*!-()[]\"'")


def of(text: str) -> Polarity | None:
    """The one thing that a plain text says; unclear when it says two, None when it says nothing of the kind."""
    said = cues(text)
    if not said:
        return None
    return next(iter(said)) if len(said) == 1 else Polarity.UNCLEAR
