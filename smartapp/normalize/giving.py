"""Whether a drug was given at all, as notes and the reasons of a status say."""

import re
from functools import lru_cache

from smartapp.normalize import persons
from smartapp.normalize.coding import Json
from smartapp.normalize.words import any_of, plain, sentences

_ABOUT = (
    r"(?:(?:the|this|patient|pt|drug|medication|medicine|infusion|treatment|therapy|it|he|she|they|reports?|states?"
    r"|that|[a-z]+(?:mab|nib))\s)*"
)
_WHAT = r"(?:the|this|that|drug|medication|medicine|infusion|treatment|therapy|dose|to|take|receive|start)"
_END = r"(?:$|[,:(\-]|(?:because|due|per|as|by|since)\b)"
_NEVER = re.compile(
    _ABOUT + r"(?:"
    r"(?:(?:was|were|has|had|did)\s)?(?:never|not)(?:\s(?:been|actually|yet))?\s"
    r"(?:receiv\w+|given|taken|take|took|administered|infused|started|start|initiated|begun|begin|began|commenced"
    r"|dispensed|filled|purchased|picked up)"
    r"(?:\s(?:this|the|it|any|to|drug|medication|medicine|infusion|treatment|therapy|dose|patient|pt))*"
    r"\s*(?:$|[,:(\-]|(?:because|due|per|as|by|since|at)\b)"
    r"|(?:denie[sd]|not) (?:ever )?(?:taking|receiving|having received)\b"
    r"|(?:will|to|scheduled to|plans? to|planned to) (?:be )?(?:start(?:ed)?|begin|initiated?)\b(?! (?:cycle|dose))"
    r"|(?:was |were )?(?:documented|charted|entered|recorded) in error\b"
    r"|(?:(?:was |were )?(?:given|administered|dispensed|belongs) to )?(?:the wrong|wrong|another|a different)"
    r" patient\b"
    rf"|(?:was |were |is )?(?:refused|declined|cancell?ed)(?: {_WHAT})*\s*{_END}"
    r"|(?:was |were |is )?(?:cancell?ed|stopped|discontinued|withdrawn|deferred) (?:before|prior to)"
    r"(?: the| any| her| his)* (?:first|1st|start\w*|initiation|administration|dose|infusion|cycle 1|c1)\b"
    r"|(?:decided|opted|elected|chose) (?:against|not to (?:start|receive|take|begin|have))"
    rf"(?: {_WHAT}| immunotherapy)*\s*{_END}"
    rf"|(?:was |were |is )?held\s*(?:$|,? ?(?:and )?(?:not|never)\b)"
    r"|(?:was |were )?(?:returned to (?:the )?(?:stock|pharmacy|inventory)|discarded (?:unopened|unused))"
    r"|(?:did not|didn't) (?:show|attend|come|present)\b|no[- ]show\b"
    r"|(?:can ?not|can't|could not|does not|unable to) (?:recall|remember|confirm|say)\b"
    r"|(?:unsure|uncertain|unclear|unknown|not sure|not known) (?:if|whether)\b"
    rf"|not taking(?: {_WHAT})*\s*{_END}|dose (?:was )?not given\s*$|(?:has|have) not (?:yet )?started\b"
    rf"|denie[sd]\s*(?:$|[,:()])|(?:is|was|belongs to)(?: (?:the|a|his|her|their|patient's))* {persons.OTHERS}'s\b"
    r")"
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
    _ABOUT
    + r"(?:(?:is|was|still)\s)?(?:planned|geplant)(?: start)?\s*(?:$|[,(]|(?:for )?(?:next|tomorrow|later|\d))"
    r"(?!.*(?<!not )(?<!not yet )\b(?:given|received|completed|administered|started|tolerated)\b)"
)
_REFUSAL = any_of(
    r"refus\w+|declin\w+|denied|held|withheld|on hold|(?:not |un)available|out of stock|not (?:performed|given|done)"
    r"|no[- ]show|cancell?ed|returned to (?:the )?(?:stock|pharmacy|inventory)|in error|wrong patient"
    r"|nicht (?:gegeben|verabreicht|durchgeführt)|denial|ineligible|screen(?:ing)? fail\w*|deferred|postponed"
    r"|did not (?:arrive|show|come|attend|present)|parameters? not met|duplicate|wrong (?:drug|medication|order)"
    r"|could not be \w+"
)
_FURTHER = any_of(
    r"further|additional|more|remaining|subsequent|next(?! (?:week|month|visit))|continu\w+|(?:cycle|dose|course)s? \d+"
)


_NEVER_ELSEWHERE = re.compile(
    r"(?:(?:wurden?|hat|ist|war|patient\w*|pat\.?|therapie|behandlung|medikament|noch|wegen \w+|aufgrund \w+"
    r"|medicatie|behandeling|is|werd|le|la|il|elle|a|été|traitement|el|paciente|paziente|tratamiento|trattamento|è"
    r"|immun\w+) ){0,5}(?:"
    r"(?:nicht|nie|niemals) (?:gegeben|verabreicht|erhalten|begonnen|gestartet|bekommen|eingenommen)"
    r"|(?:niet|nooit) (?:gegeven|gestart|toegediend|ontvangen|begonnen)"
    r"|(?:jamais|pas|non) (?:été )?(?:commencée?|reçue?|administrée?|débutée?|donnée?)"
    r"|(?:nunca|no) (?:se |lo |la |fue )*(?:recibi[óo]|recibid[oa]|inici[óo]|iniciad[oa]|administr[óo]|administrad[oa])"
    r"|(?:mai|non) (?:stat[oa] )?(?:iniziat[oa]|somministrat[oa]|ricevut[oa])"
    r"|abgelehnt|refusée?|geweigerd|rechazad[oa]|rifiutat[oa])(?: worden| wurde)?\s*$"
)
"""The same in other languages."""
_CLAUSE = re.compile(r",|\s-\s|\b(?:but|however|then|aber|mais|maar|pero|ma)\b")
_SAYS_GIVEN = any_of(
    r"given|received|got|administered|completed|started|initiated|tolerated|infused|doses?|cycles?|courses?|infusions?"
    r"|c\d+(?:d\d+)?|months|weeks|years|until|since|response|progress\w+"
)
"""What tells of a treatment that came to it, in the clauses beside the denial."""


@lru_cache(maxsize=4096)
def denies_giving(note: str) -> bool:
    """Whether a note says that the drug was not given at all, or leaves it open: planned, leave awaited."""
    return any(map(_denies, sentences(plain(note))))


def _denies(sentence: str) -> bool:
    if _NEVER.match(sentence) or _NEVER_ELSEWHERE.match(sentence) or _is_ahead(sentence):
        return True
    clauses = [clause.strip() for clause in _CLAUSE.split(sentence)]
    denied = [clause for clause in clauses if _NEVER.match(clause) or _NEVER_ELSEWHERE.match(clause)]
    others = (clause for clause in clauses if clause not in denied)
    return bool(denied) and not any(map(_SAYS_GIVEN.search, others))


def _is_ahead(sentence: str) -> bool:
    """Whether a sentence is about what is still to come, and not about a further dose."""
    ahead = _AWAITED.match(sentence) or _PLANNED.match(sentence)
    return bool(ahead) and not _FURTHER.search(sentence)


@lru_cache(maxsize=2048)
def is_refusal(reason: str) -> bool:
    """Whether a reason is one for not giving at all: refused, held, not available."""
    wording = plain(reason)
    return bool(_REFUSAL.search(wording)) and not _FURTHER.search(wording)


_DOSAGES = {
    "MedicationAdministration": "dosage",
    "MedicationStatement": "dosage",
    "MedicationDispense": "dosageInstruction",
}
_SUPPLIES = ("quantity", "daysSupply")
"""What a dispense may have none of."""
_ZERO_DOSE = re.compile(r"0(?:\.0+)? ?(?:mg|g|ml|units?|doses?)?")


def is_nothing(treatment: Json) -> bool:
    """Whether a treatment's amount or dosage is nothing: zero, or said not to be taken."""
    kind = treatment["resourceType"]
    dosages = treatment.get(_DOSAGES.get(kind, ""), ())
    if any(map(_is_no_dose, dosages if type(dosages) is list else (dosages,))):
        return True
    return kind == "MedicationDispense" and any(_is_zero(treatment.get(name)) for name in _SUPPLIES)


def _is_no_dose(dosage: Json) -> bool:
    """Whether the dose of a dosage is zero, or its text says that it is not taken."""
    if not dosage:
        return False
    if _is_zero(dosage.get("dose")) or _is_zero(dosage.get("doseQuantity")):  # R4, and STU3
        return True
    for rate in dosage.get("doseAndRate", ()):
        if _is_zero(rate.get("doseQuantity")):
            return True
    said = dosage.get("text")
    return said is not None and _says_no_dose(said)


def _is_zero(quantity: Json | None) -> bool:
    """Whether a Quantity is zero, and not more than that."""
    return (
        quantity is not None and quantity.get("value") == 0 and quantity.get("comparator") not in (">", ">=")
    )


@lru_cache(maxsize=2048)
def _says_no_dose(text: str) -> bool:
    return _ZERO_DOSE.fullmatch(plain(text)) is not None or denies_giving(text)
