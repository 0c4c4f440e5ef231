"""Drugs named in text: whole words, with what takes the statement back understood."""

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

from smartapp.normalize.coding import NAME_MATCH, Json, added
from smartapp.normalize.terms import DRUG_NAME, Terms
from smartapp.normalize.words import any_of, plain, sentences

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
)
_NEGATED_AFTER = (
    r"not (?:been )?(?:given|taken|administered|started|received|done)",
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
_ATTACHED = re.compile(r"(?:anti|non)-$")
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
_BEFORE_ASIDE = re.compile(
    r"\b(?:for|after|due to|secondary to|because of|following|post|from|caused by)\s(?:\w+[\s-]){0,2}$"
)
_AFTER_ASIDE = re.compile(
    r"[\s\-,(]*(?:(?:immune|therapy|treatment|drug|auto\w*)[\s-])*(?:induced|related|associated|mediated|like\b"
    r"|toxicit\w+|irae\w*|reactions?\b|adverse|side effects?|\w+itis\b|rash\b|diarrh?oea|premed\w*)"
)
"""Words around a name that tell of its harm, or of what was given because of it: "prednisone for ... colitis"."""
_ADJUVANT = any_of(r"(?:neo-?)?adjuvan\w*", r"adyuvan\w*", r"perioperative")
_NOT_ADJUVANT = any_of(r"(?:no|not|non|without)[- ](?:neo-?)?adjuvan\w*")


@lru_cache(maxsize=8192)
def named(terms: Terms, text: str, *, ordered: bool = False) -> tuple[str, ...]:
    """Codes of the drugs that a text names as given (or, in an order, to be given), in alphabetical order."""
    wording = plain(text)
    if not _matcher(terms).search(wording):
        return ()
    return _named(terms, _plain_mentions(terms, text, wording, ordered=ordered), is_borne=True)


@lru_cache(maxsize=8192)
def left_open(terms: Terms, text: str) -> tuple[str, ...]:
    """Codes of the drugs that a text names as not tolerated: "nivolumab allergy"; nothing beside one that was given."""
    wording = plain(text)
    if named(terms, text) or not _matcher(terms).search(wording):
        return ()
    return _named(terms, _plain_mentions(terms, text, wording, ordered=False), is_borne=False)


def _plain_mentions(
    terms: Terms, text: str, wording: str, *, ordered: bool
) -> Iterator[tuple[str, str, str]]:
    """The mentions that nothing takes back."""
    banned_before, banned_after = _GUARDS[ordered]
    for before, name, after in _mentions(terms, text, wording):
        if not (banned_before.search(before) or _ATTACHED.search(before) or banned_after.match(after)):
            yield before, name, after


def _named(terms: Terms, mentions: Iterator[tuple[str, str, str]], *, is_borne: bool) -> tuple[str, ...]:
    codes = _codes(terms)
    found = {
        codes[_squeezed(name)]
        for before, name, after in mentions
        if bool(_UNBORNE_BEFORE.search(before) or _UNBORNE_AFTER.match(after)) is not is_borne
    }
    return tuple(sorted(found))


def _mentions(terms: Terms, text: str, wording: str) -> Iterator[tuple[str, str, str]]:
    """Each name in its sentence: what stands before it, the name, what stands after it."""
    unmeant = {name.lower() for name in terms.acronyms if not _is_acronym(name, text)}
    for sentence in sentences(_DASH.sub(", ", wording)):
        for match in _matcher(terms).finditer(sentence):
            if match[1] not in unmeant:
                yield sentence[: match.start()], match[1], sentence[match.end() :]


_DASH = re.compile(r"\s+-\s+")
"""What follows a dash is still about the drug: "nivolumab - not given"."""


@lru_cache(maxsize=1024)
def _is_acronym(name: str, text: str) -> bool:
    """Whether the text writes the name as an acronym ("TIL"), not as a word ("til").

    Where all is in capitals, only at an end of what is said: "CELL THERAPY: TIL", not "APPLY TIL DRY".
    """
    found = re.search(rf"(?<![A-Za-z0-9])(?:{name}|{name.upper()})(?![A-Za-z0-9])", text)
    if found is None or any(letter.islower() for letter in text):
        return found is not None
    before, after = text[: found.start()], text[found.end() :]
    return not (re.search(r"[A-Z0-9]\s*$", before) and re.match(r"\s*[A-Z0-9<>=]", after))


@lru_cache(maxsize=8192)
def takes_back(terms: Terms, text: str) -> bool:
    """Whether a text names a drug only to deny it: "nivolumab not given"; a drug that is planned is not denied."""
    return any(_mentions(terms, text, plain(text))) and not named(terms, text, ordered=True)


@lru_cache(maxsize=8192)
def is_withheld(text: str) -> bool:
    """Whether the words for a drug leave open that any of it was given: "hold ...", "... stopped before first dose"."""
    return _WITHHELD.match(plain(text)) is not None


@lru_cache(maxsize=8192)
def is_aside(terms: Terms, text: str) -> bool:
    """Whether a text names a drug only beside what it is about: "prednisone for pembrolizumab colitis"."""
    mentions = list(_mentions(terms, text, plain(text)))
    return bool(mentions) and all(
        _AFTER_ASIDE.match(after) or (before.strip() and _BEFORE_ASIDE.search(before))
        for before, _, after in mentions
    )


def codings(terms: Terms, texts: Iterable[str], *, ordered: bool = False) -> list[Json]:
    """The drug-name codings for what these texts name."""
    return _added({code for text in texts for code in named(terms, text, ordered=ordered)})


def codings_left_open(terms: Terms, texts: Iterable[str]) -> list[Json]:
    """The drug-name codings for what these texts name as not tolerated."""
    return _added({code for text in texts for code in left_open(terms, text)})


def _added(codes: set[str]) -> list[Json]:
    return [added(DRUG_NAME, code, NAME_MATCH) for code in sorted(codes)]


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


@lru_cache(maxsize=8)
def _matcher(terms: Terms) -> re.Pattern[str]:
    names = sorted({plain(name) for name in terms.drug_names}, key=lambda name: (-len(name), name))
    if not names:
        return re.compile(r"(?!)")
    alternatives = "|".join(_loose(name) for name in names)
    return re.compile(rf"(?<![a-z0-9])({alternatives})(?![a-z0-9])")


@lru_cache(maxsize=8)
def _codes(terms: Terms) -> dict[str, str]:
    return {_squeezed(plain(name)): code for name, code in terms.drug_names.items()}


def _squeezed(name: str) -> str:
    return re.sub(r"[\s-]", "", name)


def _loose(name: str) -> str:
    """A hyphen or space in a name may be written as either, or left out."""
    return r"[\s-]?".join(re.escape(part) for part in re.split(r"[\s-]", name))
