"""In what circumstances a drug was given, as the words for it or around it say: blinded, adjuvant, withheld."""

import re
from functools import lru_cache

from smartapp.normalize.words import any_of, plain

_BLINDED = any_of(
    r"placebo\w*", r"blinded", r"(?:double|single|triple)-? ?blind(?:ed)?", r"verblindet\w*", r"plazebo"
)
_OPEN = any_of(r"non-? ?blinded", r"not blinded", r"open-label")
_WITHHELD = re.compile(
    r"(?:hold|held|withheld)\b|.*\b(?:stopped|discontinued|cancell?ed|withdrawn) (?:before|prior to) "
    r"(?:the |any )?(?:first|1st|start\w*|initiation|administration)|.*\bscreen(?:ing)? fail"
    r"|.*\b(?:held|on hold|withheld|deferred|postponed|omitted|skipped)\W*$"
    r"|.*\b(?:await\w*|waiting (?:for|on)|pending) (?:insurance|payer|prior|pre-?auth|authori[sz]|approval)"
)
"""Words for a drug that are no denial, and leave open whether any of it was given."""
_ADJUVANT = any_of(r"(?:neo-?)?adjuvan\w*", r"adyuvan\w*", r"perioperative")
_NOT_ADJUVANT = any_of(r"(?:no|not|non|without)[- ](?:neo-?)?adjuvan\w*")


@lru_cache(maxsize=8192)
def is_withheld(text: str) -> bool:
    """Whether the words for a drug leave open that any of it was given: "hold ...", "... stopped before first dose"."""
    return _WITHHELD.match(plain(text)) is not None


@lru_cache(maxsize=4096)
def is_blinded(text: str) -> bool:
    """Whether the text says that the patient may have had a placebo."""
    wording = plain(text)
    return bool(_BLINDED.search(_OPEN.sub(" ", wording)))


@lru_cache(maxsize=4096)
def is_adjuvant(text: str) -> bool:
    """Whether the text says adjuvant or neoadjuvant."""
    wording = plain(text)
    return ("adj" in wording and bool(_ADJUVANT.search(_NOT_ADJUVANT.sub(" ", wording)))) or (
        "perioperative" in wording or "adyuvan" in wording
    )
