"""An assertion as the extension coverage-information: one serialiser for each dialect."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from smartapp.outputs.coverage.assertion import Assertion, Detail, Reason
from smartapp.outputs.dialect import Dialect

URL = "http://hl7.org/fhir/us/davinci-crd/StructureDefinition/ext-coverage-information"
_TEMP = "http://hl7.org/fhir/us/davinci-crd/CodeSystem/temp"
_DETAIL = "http://terminology.hl7.org/CodeSystem/crd-coverage-detail"
_DOCUMENTS_2_0 = {"indeterminate": "conditional", "clinical": "clinical", "admin": "admin"}

Part = dict[str, Any]


def render(assertion: Assertion, dialect: Dialect) -> Part:
    """The extension that a Request carries."""
    return {"url": URL, "extension": list(_SERIALISERS[dialect](assertion))}


def _v2_2(said: Assertion) -> Iterator[Part]:
    """CRD 2.2.1."""
    yield _reference("coverage", said.coverage)
    yield _code("covered", said.covered)
    if said.pa_needed:
        yield _code("pa-needed", said.pa_needed)
    yield from (_code("doc-needed", code) for code in said.doc_needed)
    yield from (_code("doc-purpose", code) for code in said.doc_purpose)
    yield from (_code("info-needed", code) for code in said.info_needed)
    yield from (_reason(reason) for reason in said.reasons)
    yield from (_detail_2_2(detail) for detail in said.details)
    yield from _end(said)
    if said.expires:
        yield {"url": "expiry-date", "valueDate": said.expires.isoformat()}


def _v2_0(said: Assertion) -> Iterator[Part]:
    """CRD 2.0.1: no "indeterminate", no reason codes of ours, one doc-needed, details without category."""
    covered = _conditional(said.covered)
    needed = _conditional(said.pa_needed or ("conditional" if covered != "not-covered" else None))
    yield _reference("coverage", said.coverage)
    yield _code("covered", covered)
    if needed:  # crd-ci-q2 of 2.0.1 wants it whenever covered is anything but "not-covered"
        yield _code("pa-needed", needed)
    yield from (_code("doc-needed", code) for code in _documents_2_0(said.doc_needed))
    yield from (_code("doc-purpose", code) for code in said.doc_purpose)
    if said.info_needed or any(reason.code == "technical" for reason in said.reasons):
        yield _code("info-needed", "OTH")
    yield from (_reason(Reason(text=reason.text)) for reason in said.reasons)
    yield from (_detail_2_0(detail) for detail in said.details)
    yield from _end(said)


_SERIALISERS: Mapping[Dialect, Callable[[Assertion], Iterator[Part]]] = {
    Dialect.V2_0: _v2_0,
    Dialect.V2_2: _v2_2,
}


def _end(said: Assertion) -> Iterator[Part]:
    if said.questionnaire:
        yield {"url": "questionnaire", "valueCanonical": said.questionnaire}
    yield {"url": "date", "valueDate": said.on.isoformat()}
    yield {"url": "coverage-assertion-id", "valueString": said.id}


def _conditional(code: str | None) -> str:
    return "conditional" if code == "indeterminate" else code or ""


def _documents_2_0(codes: tuple[str, ...]) -> list[str]:
    known = [_DOCUMENTS_2_0[code] for code in codes if code in _DOCUMENTS_2_0]
    return ["both"] if {"clinical", "admin"} <= set(known) else known[:1]


def _reason(reason: Reason) -> Part:
    concept: Part = {"coding": [{"system": _TEMP, "code": reason.code}]} if reason.code else {}
    return {"url": "reason", "valueCodeableConcept": concept | {"text": reason.text}}


def _detail_2_2(detail: Detail) -> Part:
    value = {"valueUrl": detail.url} if detail.url else {"valueString": detail.text}
    concept = {"coding": [{"system": _DETAIL, "code": detail.code}], "text": detail.label}
    parts = [
        _code("category", "cat-other"),
        {"url": "code", "valueCodeableConcept": concept},
        {"url": "value", **value},
    ]
    return {"url": "detail", "extension": parts}


def _detail_2_0(detail: Detail) -> Part:
    parts = [
        {"url": "code", "valueCodeableConcept": {"text": detail.label}},
        {"url": "value", "valueString": detail.url or detail.text},
    ]
    return {"url": "detail", "extension": parts}


def _code(url: str, code: str) -> Part:
    return {"url": url, "valueCode": code}


def _reference(url: str, reference: str) -> Part:
    return {"url": url, "valueReference": {"reference": reference}}
