"""What is ordered: the order with its coverage information, the code for it, and the diagnoses it is for."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from smartapp.evidence import text_of
from smartapp.facts import Resource, reference_of
from smartapp.normalize.systems import canonical
from smartapp.normalize.uris import CPT, HCPCS, ICD10CM, ICD10PCS, NDC
from smartapp.outputs.claim.case import Case
from smartapp.outputs.claim.closure import relative
from smartapp.outputs.coverage.annotated import annotations, coverage_of, listed
from smartapp.outputs.coverage.extension import URL
from smartapp.outputs.dialect import Dialect

# PAS value set X12278RequestedServiceType, and how it writes the systems
_BILLED: Mapping[str, str] = {
    HCPCS: "http://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets",
    CPT: "http://www.ama-assn.org/go/cpt",
    ICD10PCS: "http://www.cms.gov/Medicare/Coding/ICD10",
    NDC: "http://hl7.org/fhir/sid/ndc",
}
_ABSENT = {"system": "http://terminology.hl7.org/CodeSystem/data-absent-reason", "code": "not-applicable"}
_NEEDED = {"authoredOn": "when it was written", "requester": "who ordered it"}
_MOST_DIAGNOSES = 12
"""As many as an X12 278 takes."""
_SUBJECTS = ("Condition", "Medication")

Json = dict[str, Any]


_DAY = 10
_WHEN = ("occurrenceDateTime", "occurrencePeriod")
_BOUNDS = frozenset(("boundsPeriod", "boundsRange"))


def order(case: Case) -> Json:
    """The order, with coverage information of this Coverage only."""
    given = case.order
    own = [e for e in annotations(given) if coverage_of(e) == reference_of(case.coverage)]
    told = own[-1:] or ([dict(case.extension)] if case.extension else [])
    extensions = [*(e for e in listed(given) if e.get("url") != URL), *told]
    whole = {key: value for key, value in given.items() if key not in {"extension", "text"}}
    whole = _service(whole, case) if given["resourceType"] == "ServiceRequest" else _medication(whole)
    return whole | ({"extension": extensions} if extensions else {})


def troubles(case: Case) -> Iterator[str]:
    """What of the order a request cannot carry, each with what helps."""
    given = case.order
    if given.get("intent") != "order":
        yield (
            "What is ordered is not an order in the EHR but a proposal or plan, and a payer takes orders only: "
            "write it there as an order."
        )
    if given["resourceType"] != "MedicationRequest":
        return
    if case.dialect is Dialect.V2_2 and given.get("status") != "active":
        yield "The order is not signed in the EHR yet: sign it there."
    if missing := [words for key, words in _NEEDED.items() if not given.get(key)]:
        yield f"The order does not say {' and '.join(missing)}, which the payer needs: complete it in the EHR."


def _service(given: Json, case: Case) -> Json:
    """A ServiceRequest as PAS profile-servicerequest binds it: a code that X12 278 takes, a Timing on whole days."""
    days = [given.get("occurrenceDateTime"), given.get("occurrencePeriod", {}).get("start")]
    whole = [day for day in days if day and len(day) >= _DAY]
    timing = {"occurrenceTiming": {"event": whole}} if whole else {}
    kept = {key: value for key, value in _with_timing(given, "occurrenceTiming").items() if key not in _WHEN}
    billed = product(case)
    others = [c for c in _codings(given.get("code") or {}) if _meant(c) != _meant(billed["coding"][0])]
    return kept | timing | {"code": {**billed, "coding": [*billed["coding"], *others]}}


def _medication(given: Json) -> Json:
    """A MedicationRequest as PAS profile-medicationrequest binds it, with the timing of PAS in its dosages."""
    timed = [_with_timing(dosage, "timing") for dosage in _concepts(given.get("dosageInstruction"))]
    dosages = [dosage for dosage in timed if dosage]
    kept = {key: value for key, value in given.items() if key != "dosageInstruction"}
    return kept | ({"dosageInstruction": dosages} if dosages else {})


def _with_timing(given: Mapping[str, Any], key: str) -> Json:
    """The same with its Timing as PAS has it, and without one where nothing of it is left."""
    timing = given.get(key)
    told = _timed(timing) if isinstance(timing, dict) else timing
    return {name: told if name == key else value for name, value in given.items() if name != key or told}


def _timed(timing: Json) -> Json:
    """A Timing as PAS profile-datatype-timing binds it: bounds are a Duration, a Period its first day and how many."""
    repeat = timing.get("repeat")
    if not isinstance(repeat, dict) or repeat.keys().isdisjoint(_BOUNDS):
        return timing
    kept = {key: value for key, value in repeat.items() if key not in _BOUNDS}
    period = repeat.get("boundsPeriod")
    first, last = (
        _whole_day(period.get(end) if isinstance(period, dict) else None) for end in ("start", "end")
    )
    if first and last and first <= last:
        days = (last - first).days + 1
        kept["boundsDuration"] = {
            "value": days,
            "unit": "d",
            "system": "http://unitsofmeasure.org",
            "code": "d",
        }
    rest = {key: value for key, value in timing.items() if key != "repeat"}
    events = {"event": [*_listed(timing.get("event")), first.isoformat()]} if first else {}
    return {**rest, **events, **({"repeat": kept} if kept else {})}


def _whole_day(written: Any) -> date | None:
    try:
        return date.fromisoformat(str(written)[:_DAY])
    except ValueError:
        return None


def product(case: Case) -> Json:
    """The first code of the order that a payer takes; where it has none, its words."""
    concept = case.order.get("medicationCodeableConcept") or case.order.get("code") or {}
    found = (_billed(coding) for coding in _codings(concept))
    coding = next(filter(None, found), None) or _ABSENT
    return {"coding": [coding], "text": text_of(case.order)}


def diagnoses(case: Case) -> list[str]:
    """ICD-10-CM codes: of the order's own reasons first, then of the conditions that met the criteria."""
    reasons = [*_concepts(case.order.get("reasonCode")), *(r.get("code") for r in _reasons(case))]
    evidence = [e.reference for c in case.determination.criteria for e in c.evidence]
    conditions = (case.facts.find(name) for name in evidence if name.startswith("Condition/"))
    concepts = [*reasons, *(found.get("code") for found in conditions if found)]
    codes = (_icd(coding) for concept in concepts for coding in _codings(concept or {}))
    return list(dict.fromkeys(filter(None, codes)))[:_MOST_DIAGNOSES]


def named_by_order(case: Case) -> list[Resource]:
    """The Conditions and the Medication that the order refers to and the chart holds."""
    names = (case.order.get("medicationReference"), *_listed(case.order.get("reasonReference")))
    found = [_resolved(name, case) for name in names]
    return [r for r in found if r and r["resourceType"] in _SUBJECTS]


def _reasons(case: Case) -> list[Resource]:
    return [r for r in named_by_order(case) if r["resourceType"] == "Condition"]


def _resolved(reference: Any, case: Case) -> Resource | None:
    text = reference.get("reference") if isinstance(reference, dict) else None
    return case.facts.find(relative(text, case.facts)) if isinstance(text, str) else None


def _billed(coding: Mapping[str, Any]) -> Json | None:
    known = canonical(coding.get("system"), coding.get("code"))
    if known is None or known[0] not in _BILLED:
        return None
    display = {"display": coding["display"]} if isinstance(coding.get("display"), str) else {}
    return {"system": _BILLED[known[0]], "code": coding["code"].strip(), **display}


def _meant(coding: Mapping[str, Any]) -> Any:
    """What a coding means, however its system is written."""
    return canonical(coding.get("system"), coding.get("code")) or (coding.get("system"), coding.get("code"))


def _icd(coding: Mapping[str, Any]) -> str | None:
    known = canonical(coding.get("system"), coding.get("code"))
    return known[1] if known and known[0] == ICD10CM else None


def _codings(concept: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return [c for c in _listed(concept.get("coding")) if isinstance(c, dict)]


def _concepts(value: Any) -> list[Mapping[str, Any]]:
    return [c for c in _listed(value) if isinstance(c, dict)]


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
