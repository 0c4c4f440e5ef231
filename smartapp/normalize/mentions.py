"""How a sentence mentions a drug: as given, as not given or planned, left open, or beside what it is about."""

import re

from smartapp.normalize import persons
from smartapp.normalize.words import any_of

# Before or after the name: it is not to be given, or the sentence is about something else than giving it.
_NEGATED_BEFORE = (
    r"no",
    r"not",
    r"never",
    r"without",
    r"w/o",
    r"denie[sd]",
    r"declin\w+",
    r"refus\w+",
    r"instead of",
    r"rather than",
    r"negative for",
    r"contraindicat\w+(?: to)?",
    r"kein\w*",
    r"nicht",
    r"ohne",
    r"pas de",
    r"sans",
    r"sin",
    r"alternatives? to",
    r"other than",
    r"similar to",
    r"unlike",
    r"wrong patient",
    r"(?:has|have|had|did|was|is|were|do|does|wo)n'?t(?=(?: \w+){0,3}\s*$)",
    r"avoid\w*",
    r"(?:opted|decided|advised|recommended) against",
)
_NEGATED_AFTER = (
    r"not (?:been |yet |to be )*(?:given|taken|administered|started|received|done|dispensed|filled|used)",
    r"not (?:been |yet |to be )*(?:begun|initiated)",
    r"none",
    r"no(?=\s*$)",
    r"noch nicht|pas encore|a[úu]n no|todav[íi]a no|non ancora|ainda n[ãa]o|nog niet",
    r"rechazad[oa]|refusée?|rifiutat[oa]|recusad[oa]|geweigerd",
    r"pendiente|en attente|in attesa|ausstehend",
    r"not (?:indicated|available|approved)",
    r"never",
    r"declined",
    r"refused",
    r"denied",
    r"cancell?ed",
    r"naive",
    r"na[iï]ve",
    r"contraindicated",
    r"antibod(?:y|ies) (?:test|level|tit(?:er|re)|screen|assay|detect|positive|negative)\w*",
    r"level",
    r"trough",
    r"drug monitoring",
    r"nicht (?:gegeben|verabreicht|erhalten|bekommen|begonnen|gestartet)",
    r"vor beginn",
    r"abgelehnt",
    r"non (?:administré|reçu|donné)e?",
    r"no (?:administrad[oa]|recibid[oa]|dad[oa]|iniciad[oa])",
    r"niet (?:gegeven|toegediend|ontvangen|gestart)",
    r"ej (?:given|givet|gett)",
    r"ineligible",
    r"assay",
    r"(?:non|n[ãa]o) (?:somministrat\w*|administrad\w*|recebid\w*|dat[oa]|iniziat\w*|iniciad\w*)",
    r"(?:niet|ej|inte|ikke) (?:toegediend|gegeven|givet|given|administrer\w*)",
    r"aborted (?:before|prior to)",
)
# Fine in an order, which says what shall be done; no statement that it was.
_INTENDED_BEFORE = (
    r"candidate for",
    r"eligib\w+",
    r"consider\w*",
    r"discuss\w*",
    r"plan(?:s|ned|ning)?",
    r"propos\w+",
    r"recommend\w*",
    r"await\w*",
    r"pending",
    r"refer(?:ral|red)?",
    r"education",
    r"counsel\w*",
    r"consent\w*",
    r"prior auth\w*",
    r"authorization",
    r"geplant\w*",
    r"(?:will|to|plans? to) (?:start|begin|receive|initiate)",
    r"start(?=\s*$)",
    r"unable to (?:receive|get|take)",
    r"expect\w*",
    r"anticipat\w*",
    r"schedul\w*",
    r"consult\w*",
    r"teaching",
    r"(?:telephone |phone )?calls?",
    r"regarding",
    r"concerning",
    r"skin test\w*",
)
_INTENDED_AFTER = (
    r"scheduled",
    r"candidate",
    r"consult\w*",
    r"information",
    r"leaflet",
    r"next (?:week|month|visit)",
    r"education",
    r"counsel\w*",
    r"consent",
    r"eligib\w*",
    r"planned",
    r"proposed",
    r"recommended",
    r"considered",
    r"pending",
    r"geplant",
)


def _following(*words: str) -> re.Pattern[str]:
    return re.compile(r"[\s:,\-(]*(?:\w+\s){0,3}?(?:" + "|".join(words) + r")\b")


_GUARDS = {
    False: (any_of(*_NEGATED_BEFORE, *_INTENDED_BEFORE), _following(*_NEGATED_AFTER, *_INTENDED_AFTER)),
    True: (any_of(*_NEGATED_BEFORE), _following(*_NEGATED_AFTER)),
}
"""What must not stand before and after a name, by whether the text is an order's."""

_UNBORNE_BEFORE = any_of(r"allerg\w+", r"hypersensitiv\w+", r"intoleran\w+", r"anaphyla\w+")
_UNBORNE_AFTER = re.compile(
    r"[\s:,\-(]*(?:(?!stop|discont|end|due|because|for\b|after|given|received)\w+\s){0,3}?"
    r"(?:not (?:been )?tolerated|allergy|hypersensitivity|intoleran(?:ce|t))\b"
)
"""Words for a drug that was not borne, or is feared not to be: it may have been given, and it may not."""
_HEDGE = (
    r"possibl[ey]|probabl[ey]|likely|presum\w*|suspect\w*|questionable|maybe|perhaps|unconfirmed|either"
    r"|fraglich\w*|möglich\w*|vermutlich\w*|posible\w*|possibile"
)
_UNSURE = (
    r"unsure|not sure|unclear|uncertain|unknown|whether"
    r"|(?:can ?not|can't|does not|unable to) (?:recall|remember|confirm)"
)
_AROUND_GIVING = (
    r"prior auth\w*|pre-?auth\w*|co-?pay\w*|coupon|(?:patient )?assistance|benefits? (?:investigation|verification)"
    r"|orders?\b|requests?\b|requested|discuss\w+|brochure|handout|cost\b|price"
    r"|upcoming|not covered|to be \w+|(?:trial )?screening|teach\w*|appointment|enrol\w*"
    r"|returned to|wasted|discarded|unopened|review\w*|planning|(?:treatment|care) plan|interactions?|schedul\w+"
)
"""What is done about a drug, and leaves open whether it was given."""
_OPEN_BEFORE = re.compile(
    rf"\b(?:{_HEDGE})(?:\s\w+)?\s*$|\b(?:{_UNSURE})\b|\?\s*$|\b(?:or|vs\.?|versus|oder)\s*$"
    r"|\b(?:before|prior to|vor)(?: (?:the|first|start|starting|initiation|initiating|dose|of|next))*\s*$"
    r"|\b(?:interested in|wants?|would like|desires?|request(?:s|ed)?|asks? (?:for|about))(?: \w+){0,2}\s*$"
    r"|\bmonitor\w*(?: (?:on|of|for|during|while on))?\s*$|\b(?:compounding|preparation|dispensing) of\s*$"
)
_OPEN_AFTER = re.compile(
    r"(?:\s*,\s*\w*(?:mab|nib|leucel|therapy))+,?\s+or\b"
    rf"|\s*\(?\?|[\s,]*(?:or|vs\.?|versus|oder)\b(?! placebo)|[\s:,\-(]*(?:\w+\s){{0,3}}?(?:{_AROUND_GIVING})\b"
    r"|.*\b(?:in error|no[- ]show|aborted (?:before|prior to)|wrong patient|arm (?:or|unknown|not known))\b"
    rf"|[\s:,\-(]*(?:{_HEDGE}|{_UNSURE})\b"
)
_STAIN = re.compile(
    r"\b22c3\b|\b28-8\b|\bsp142\b|\bsp263\b|pharmdx|\bihc\b|immunohisto|immunostain|\bstain|companion diagnostic"
    r"|\bpd-?l1 (?:test|assay|expression|by)"
)
"""Words for a drug that may have been given and may not, or for a stain that is named after it."""
_ATTACHED = re.compile(r"(?:anti|non)-$")
_BEFORE_ASIDE = re.compile(
    r"\b(?:for|after|due to|secondary to|because of|following|post|from|caused by)\s(?:\w+[\s-]){0,2}$"
)
_AFTER_ASIDE = re.compile(
    r"[\s\-,(]*(?:(?:immune|therapy|treatment|drug|auto\w*)[\s-])*(?:induced|related|associated|mediated|like\b"
    r"|toxicit\w+|irae\w*|reactions?\b|adverse|side effects?|\w+itis\b|rash\b|diarrh?oea|premed\w*)"
)
"""Words around a name that tell of its harm, or of what was given because of it: "prednisone for ... colitis"."""


def is_taken_back(before: str, after: str, *, ordered: bool) -> bool:
    """Whether it was not given, or is only planned; in an order a plan is none that is taken back."""
    banned_before, banned_after = _GUARDS[ordered]
    if banned_before.search(before) or _ATTACHED.search(before) or banned_after.match(after):
        return True
    return persons.have_it(before) or persons.is_theirs(after)


def is_left_open(before: str, after: str, *, ordered: bool) -> bool:
    """Whether it may have been given, and may not: not borne, one of two, asked, returned."""
    if _UNBORNE_BEFORE.search(before) or _UNBORNE_AFTER.match(after):
        return True
    return not ordered and bool(
        _OPEN_BEFORE.search(before) or _OPEN_AFTER.match(after) or _STAIN.search(before + " " + after)
    )


def is_aside(before: str, after: str) -> bool:
    """Whether it stands beside what the sentence is about: "prednisone for pembrolizumab colitis"."""
    return bool(_AFTER_ASIDE.match(after) or (before.strip() and _BEFORE_ASIDE.search(before)))
