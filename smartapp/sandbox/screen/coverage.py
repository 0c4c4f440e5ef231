"""What a payer said about the coverage of an order (Da Vinci CRD "Coverage Information"), in words and in its codes."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from smartapp.facts import Resource
from smartapp.sandbox.fhir.records import Records
from smartapp.sandbox.screen.chart import said, text_of

_OPEN = {"conditional": "Depends on more information", "indeterminate": "Could not be determined"}
_PARTS: Mapping[str, tuple[str, Mapping[str, str]]] = {
    "coverage": ("Plan", {}),
    "covered": ("Coverage", {"covered": "Covered", "not-covered": "Not covered", **_OPEN}),
    "pa-needed": (
        "Prior authorization",
        {
            "no-auth": "Not needed",
            "auth-needed": "Needed",
            "satisfied": "Granted, nothing more is needed",
            "performpa": "Needed, and asked for by who carries the order out",
            **_OPEN,
        },
    ),
    "satisfied-pa-id": ("Authorization number", {}),
    "doc-needed": (
        "Documentation",
        {
            "clinical": "Clinical documentation is needed",
            "admin": "Administrative documentation is needed",
            "both": "Clinical and administrative documentation is needed",
            "patient": "Documentation from the patient is needed",
            **_OPEN,
        },
    ),
    "doc-purpose": (
        "To be sent",
        {
            "withpa": "With the prior-authorization request",
            "withclaim": "With the claim",
            "withorder": "With the order",
            "retain-doc": "Not at all; it is kept on record",
            "OTH": "For another purpose",
        },
    ),
    "info-needed": (
        "Depends on",
        {
            "performer": "Who carries it out",
            "location": "Where it is carried out",
            "timeframe": "When it is carried out",
            "contract-window": "A date within the present contract",
            "detail-code": "A more detailed code",
            "OTH": "What the reason says",
        },
    ),
    "reason": ("Reason", {}),
    "date": ("Said on", {}),
    "expiry-date": ("Holds until", {}),
}
"""What each part is called, and its codes in words; in the order in which they are shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One thing that was said."""

    label: str
    words: str
    code: str = ""


def lines(order: Resource, *, records: Records) -> Iterator[list[Line]]:
    """What the order carries, for each of the plans that it is said of."""
    for extension in order.get("extension", ()):
        if str(extension.get("url")).endswith("/ext-coverage-information"):
            given = extension.get("extension", ())
            yield [_line(part, records) for url in _PARTS for part in given if part.get("url") == url]


def _line(part: Mapping[str, Any], records: Records) -> Line:
    label, codes = _PARTS[part["url"]]
    if "valueCode" in part:
        return Line(label=label, words=codes.get(part["valueCode"], ""), code=part["valueCode"])
    return Line(label=label, words=_words(part, records))


def _words(part: Mapping[str, Any], records: Records) -> str:
    if "valueReference" in part:
        reference = part["valueReference"].get("reference", "")
        plan = records.get("Coverage", reference.rpartition("/")[2])
        return text_of(plan) if plan else reference
    if "valueCodeableConcept" in part:
        return said(part["valueCodeableConcept"])
    return next((str(held) for name, held in part.items() if name.startswith("value")), "")
