"""Whether a drug was given at all, as notes and the reasons of a status say."""

import re
from functools import lru_cache

from smartapp.normalize.words import any_of, plain, sentences

_ABOUT = (
    r"(?:(?:the|this|patient|pt|drug|medication|medicine|infusion|treatment|therapy|it|he|she|they|reports?|states?"
    r"|that|[a-z]+(?:mab|nib))\s)*"
)
_NEVER = re.compile(
    _ABOUT + r"(?:"
    r"(?:(?:was|were|has|had|did)\s)?(?:never|not)(?:\s(?:been|actually|yet))?\s"
    r"(?:receiv\w+|given|taken|take|took|administered|infused|started|start|initiated|dispensed|picked up)"
    r"(?:\s(?:this|the|it|any|to|drug|medication|medicine|infusion|treatment|therapy|dose|patient|pt))*"
    r"\s*(?:$|[,:(\-]|(?:because|due|per|as|by|since|at)\b)"
    r"|(?:denie[sd]|not) (?:ever )?(?:taking|receiving|having received)\b"
    r"|(?:will|to|scheduled to|plans? to|planned to) (?:be )?(?:start(?:ed)?|begin|initiated?)\b(?! (?:cycle|dose))"
    r"|(?:was |were )?(?:documented|charted|entered|recorded) in error\b|wrong patient\b)"
)
"""A note's sentence that says of the drug as a whole that it was not given; "dose 3 not given" does not."""
_PAYER = r"(?:insurance|payer|health plan|prior|company|final|formal|for|the|his|her|their)"
_LEAVE = r"(?:insurance|authori[sz]ation|auth|approval|pre-?auth\w*|clearance|coverage|funding)"
_OF_IT = (
    r"(?:$|[,:()\-]|(?:from|by|with|before|prior to)\b|for (?:(?:this|the) )?"
    r"(?:drug|medication|treatment|therapy|infusion|immunotherapy|[a-z]+(?:mab|nib))\b)"
)
"""And not of something else: "awaiting approval of lifileucel"."""
_AWAITED = re.compile(
    _ABOUT + r"(?:(?:is|was|still|currently|planned|geplant|held|on hold)[\s,:(\-]+)*(?:"
    rf"(?:await\w*|waiting|pending)\s(?:(?:on|{_PAYER})\s)*{_LEAVE}(?:\s{_LEAVE})*"
    rf"\s*{_OF_IT}"
    rf"|(?:{_PAYER}\s)*{_LEAVE}(?:\s{_LEAVE})*\s(?:(?:is|was|still)\s)*(?:pending|awaited|outstanding)\s*{_OF_IT}"
    r"|not (?:yet )?(?:approved|authori[sz]ed)\b"
    r")"
)
"""A note's sentence that leaves open whether it came to it: somebody's leave was still awaited."""
_PLANNED = re.compile(
    _ABOUT + r"(?:(?:is|was|still)\s)?(?:planned|geplant)\s*(?:$|[,(]|for (?:next|tomorrow|later|\d))"
    r"(?!.*(?<!not )(?<!not yet )\b(?:given|received|completed|administered|started|tolerated)\b)"
)
_REFUSAL = any_of(
    r"refus\w+|declin\w+|denied|held|withheld|on hold|(?:not |un)available|out of stock|not (?:performed|given|done)"
    r"|no[- ]show|cancell?ed|nicht (?:gegeben|verabreicht|durchgeführt)"
)
_FURTHER = any_of(
    r"further|additional|more|remaining|subsequent|next(?! (?:week|month|visit))|continu\w+|(?:cycle|dose|course)s? \d+"
)


@lru_cache(maxsize=4096)
def denies_giving(note: str) -> bool:
    """Whether a note says that the drug was not given at all, or leaves it open: planned, leave awaited."""
    return any(_NEVER.match(sentence) or _is_ahead(sentence) for sentence in sentences(plain(note)))


def _is_ahead(sentence: str) -> bool:
    """Whether a sentence is about what is still to come, and not about a further dose."""
    ahead = _AWAITED.match(sentence) or _PLANNED.match(sentence)
    return bool(ahead) and not _FURTHER.search(sentence)


@lru_cache(maxsize=2048)
def is_refusal(reason: str) -> bool:
    """Whether a reason is one for not giving at all: refused, held, not available."""
    wording = plain(reason)
    return bool(_REFUSAL.search(wording)) and not _FURTHER.search(wording)
