"""Who pays: government programs and self-pay, where the Coverage says so plainly."""

import re
from collections.abc import Iterator
from functools import lru_cache

from smartapp.normalize.coding import Json, Key, codings_of, key_of, reading, texts_of, with_codings
from smartapp.normalize.references import References
from smartapp.normalize.systems import canonical
from smartapp.normalize.uris import ACT_CODE, SOPT
from smartapp.normalize.words import any_of, plain

_SOPT_GOVERNMENT = ("1", "2", "31", "32")  # Medicare; Medicaid; TRICARE and other defense; Veterans Affairs
_SOPT_SELF = ("81",)
_ACT_GOVERNMENT = ("PUBLICPOL", "MILITARY", "VET")
_SELF_PAY = "http://terminology.hl7.org/CodeSystem/coverage-selfpay"

_GOVERNMENT = any_of(
    r"medicare",
    r"medicaid",
    r"medi[- ]cal",  # "medical" is no program
    r"masshealth",
    r"tenncare",
    r"tricare",
    r"champva",
    r"champus",
    r"veterans? (?:affairs|administration|health\w*)",
    r"department of veterans affairs",
    r"va (?:community care|ccn|choice|optum)",
    r"u\.?s\.? department of (?:defense|veterans affairs)",
)
_VA = re.compile(
    r"(?:the |us |u\.s\. )?(?:va|v\.a\.)(?: (?:health ?care|health administration|medical|benefits)\b.*)?"
)
"""Veterans Affairs when a name begins with it; inside a longer name it is mostly Virginia."""
_NOT_PLAINLY = any_of(
    r"(?:medicare )?(?:supplement\w*|medigap)",
    r"non-? ?(?:medicare|medicaid|government)",
    r"not (?:eligible for |enrolled in )?(?:medicare|medicaid)",
    r"no (?:medicare|medicaid)",
    r"commercial\w*",  # beside the name of a program, it may be either
    r"employer\w*",
    r"group health",
    r"secondary(?: payer)?",
)
_SELF = any_of(
    r"self[- ]?pay\w*", r"private pay", r"uninsured", r"no insurance", r"cash pay\w*", r"selbstzahler\w*"
)


def read(coverage: Json, references: References) -> Json:
    """The Coverage with `government-payer` or `self-pay` in its type where that is plain."""
    kind = coverage.get("type") or {}
    key = key_of(kind)
    found = _by_code(key) or _by_words((*texts_of(key), *_texts(coverage, references)))
    return {**coverage, "type": with_codings(kind, [reading(found)])} if found else coverage


def _texts(coverage: Json, references: References) -> Iterator[str]:
    """What the plan and those who pay are called."""
    for group in coverage.get("class", ()):
        yield from (group[name] for name in ("name", "value") if group.get(name))
    for payor in coverage.get("payor", ()):
        organization = references.resolve(payor, coverage) or {}
        if organization.get("resourceType", "Organization") == "Organization":
            yield from (name for name in (payor.get("display"), organization.get("name")) if name)


@lru_cache(maxsize=2048)
def _by_code(key: Key) -> str | None:
    for system, code, _ in codings_of(key):
        pair = canonical(system, code) or (system or "", code or "")
        if pair[0] == SOPT and pair[1].isdigit():
            return _sopt(pair[1])
        if pair[0] == ACT_CODE and pair[1].upper() in _ACT_GOVERNMENT:
            return "government-payer"
        if pair == (_SELF_PAY, "pay"):
            return "self-pay"
    return None


def _sopt(code: str) -> str | None:
    if code.startswith(_SOPT_GOVERNMENT):
        return "government-payer"
    return "self-pay" if code.startswith(_SOPT_SELF) else None


@lru_cache(maxsize=2048)
def _by_words(texts: tuple[str, ...]) -> str | None:
    wordings = [plain(text.replace("MediCal", "Medi-Cal")) for text in texts]
    if any(_is_government(wording) for wording in wordings):
        return "government-payer"
    return "self-pay" if any(_SELF.search(wording) for wording in wordings) else None


def _is_government(wording: str) -> bool:
    """Whether a name is plainly that of a government program, and not of a plan beside one."""
    if _NOT_PLAINLY.search(wording):
        return False
    return bool(_GOVERNMENT.search(wording) or _VA.fullmatch(wording))
