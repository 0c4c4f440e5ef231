"""The invariants of the coverage-information extension and of DTR, as Python, each under its own name.

CRD 2.0.1 and 2.2.1 differ: crd-ci-q2 is there "pa-needed unless not covered", here "not covered: no pa-needed";
crd-ci-q3 is turned round. q4 names codes that do not exist ("PA", "noauth"): those that are meant are checked.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from smartapp.outputs.dialect import Dialect

Extension = Mapping[str, Any]
Rule = Callable[[Extension], bool]

REASONS = {
    "gold-card",
    "no-member-found",
    "no-active-coverage",
    "coverage-not-found",
    "auth-out-network",
    "technical",
}
_STATED = ("covered", "pa-needed", "doc-needed")


def broken(extension: Extension, dialect: Dialect) -> list[str]:
    """The names of the invariants that a coverage-information extension breaks."""
    return [name for name, rule in RULES[dialect].items() if not rule(extension)]


def values(extension: Extension, url: str) -> list[Any]:
    """The values of the parts with this url."""
    parts = [part for part in extension.get("extension", ()) if part["url"] == url]
    return [next(v for k, v in part.items() if k.startswith("value")) for part in parts if _has_value(part)]


def _has_value(part: Mapping[str, Any]) -> bool:
    return any(key.startswith("value") for key in part)


def _has(extension: Extension, url: str, *codes: str) -> bool:
    found = values(extension, url)
    return any(code in codes for code in found) if codes else bool(found)


def _any(extension: Extension, code: str, urls: Iterable[str] = _STATED) -> bool:
    return any(_has(extension, url, code) for url in urls)


def _no_pa_with_it(extension: Extension) -> bool:
    settled = _has(extension, "pa-needed", "satisfied", "no-auth", "not-covered")
    return not (settled and _has(extension, "doc-purpose", "withpa"))


def _pa_id(extension: Extension) -> bool:
    return _has(extension, "pa-needed", "satisfied") == _has(extension, "satisfied-pa-id")


def _worded(extension: Extension) -> bool:
    """q7: a reason that is none of the value set says it in words."""
    return all("text" in reason or _coded(reason) for reason in values(extension, "reason"))


def _coded(reason: Mapping[str, Any]) -> bool:
    return any(coding.get("code") in REASONS for coding in reason.get("coding", ()))


RULES: Mapping[Dialect, Mapping[str, Rule]] = {
    Dialect.V2_0: {
        "crd-ci-q1": lambda e: not (_has(e, "questionnaire") or _has(e, "response")) or _has(e, "doc-needed"),
        "crd-ci-q2": lambda e: _has(e, "covered", "not-covered") or _has(e, "pa-needed"),
        "crd-ci-q3": lambda e: not _has(e, "info-needed") or _any(e, "conditional"),
        "crd-ci-q4": _no_pa_with_it,
        "crd-ci-q5": _pa_id,
    },
    Dialect.V2_2: {
        "crd-ci-q1": lambda e: not _has(e, "questionnaire") or _has(e, "doc-needed"),
        "crd-ci-q2": lambda e: not _has(e, "covered", "not-covered") or not _has(e, "pa-needed"),
        "crd-ci-q3": lambda e: not _any(e, "conditional") or _has(e, "info-needed"),
        "crd-ci-q4": _no_pa_with_it,
        "crd-ci-q5": _pa_id,
        "crd-ci-q6": lambda e: not _has(e, "info-needed", "OTH") or _has(e, "reason"),
        "crd-ci-q7": _worded,
        "crd-ci-q8": lambda e: not _has(e, "doc-purpose") or _has(e, "reason"),
        "crd-ci-q9": lambda e: not _any(e, "indeterminate") or _has(e, "reason"),
    },
}
