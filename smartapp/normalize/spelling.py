"""How the codes of a system are spelled: EHRs add points, blanks, modifiers and prefixes, or leave them out."""

import re
from collections.abc import Callable

from smartapp.normalize.uris import (
    ATC,
    HCPCS,
    HGNC,
    ICD9CM,
    ICD10,
    ICD10AM,
    ICD10CM,
    ICD10GM,
    ICD10PCS,
    ICDO3,
    LOINC,
    NCIT,
    SNOMED,
    UNII,
)

_HCPCS_CODE = re.compile(r"([A-Z]\d{4})(?:[\s:-]?[A-Z0-9]{2}){0,4}")
_ICD_CODE = re.compile(r"([A-Z]\d[0-9A-Z])\.?([0-9A-Z]{0,4})")
_ICD9_UNDOTTED = re.compile(r"[\dV]\d{3,4}")
_MORPHOLOGY = re.compile(r"(?:M-?)?(\d{4})\s?/?\s?(\d)")
_NUMBER = re.compile(r"\d+")


def spelled(system: str, code: str) -> str:
    """A code as its system spells it."""
    return _SPELLING.get(system, _as_is)(code)


def is_hcpcs(code: str) -> bool:
    """Whether a code is of the form of HCPCS level II: a letter and four digits, perhaps with modifiers."""
    return _HCPCS_CODE.fullmatch(code.upper()) is not None


def _as_is(code: str) -> str:
    return code


def _upper(code: str) -> str:
    return code.upper()


def _compact(code: str) -> str:
    return code.upper().replace(" ", "")


def _icd(code: str) -> str:
    upper = _compact(code).rstrip(".")
    parts = _ICD_CODE.fullmatch(upper)
    return upper if parts is None else f"{parts[1]}.{parts[2]}" if parts[2] else parts[1]


def _icd9(code: str) -> str:
    bare = _compact(code)
    return f"{bare[:3]}.{bare[3:]}" if _ICD9_UNDOTTED.fullmatch(bare) else bare


def _hcpcs(code: str) -> str:
    parts = _HCPCS_CODE.fullmatch(code.upper())  # "J9271-JW": the modifier says how, not what
    return parts[1] if parts else code.upper()


def _hgnc(code: str) -> str:
    return f"HGNC:{code}" if code.isdigit() else code.upper()


def _icdo3(code: str) -> str:
    morphology = _MORPHOLOGY.fullmatch(code.upper())
    return f"{morphology[1]}/{morphology[2]}" if morphology else code.upper()


def _snomed(code: str) -> str:
    number = _NUMBER.match(code)  # "372244006 |Malignant melanoma|"
    rest = code[number.end() :].lstrip() if number else code
    return number[0] if number and (not rest or (rest.startswith("|") and rest.count("|") == 2)) else code  # noqa: PLR2004


def _ncit(code: str) -> str:
    return code.upper().removeprefix("NCIT:")


_SPELLING: dict[str, Callable[[str], str]] = {
    SNOMED: _snomed,
    LOINC: _upper,
    ICD10CM: _icd,
    ICD10: _icd,
    ICD10GM: _icd,
    ICD10AM: _icd,
    ICD9CM: _icd9,
    ICD10PCS: _compact,
    HCPCS: _hcpcs,
    ATC: _compact,
    UNII: _upper,
    HGNC: _hgnc,
    ICDO3: _icdo3,
    NCIT: _ncit,
}
