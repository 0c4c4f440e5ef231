"""Seeded changes to a record, as servers, clerks and interfaces make them: the same seed, the same record."""

import copy
import re
from collections.abc import Callable, Iterator
from random import Random
from typing import Any

_STATUSES = {
    "Observation": ["registered", "preliminary", "final", "amended", "corrected", "cancelled", "unknown"],
    "DiagnosticReport": ["registered", "partial", "preliminary", "final", "amended", "cancelled"],
    "MedicationAdministration": ["in-progress", "not-done", "on-hold", "completed", "stopped", "unknown"],
    "MedicationStatement": ["active", "completed", "intended", "stopped", "on-hold", "unknown", "not-taken"],
    "MedicationDispense": ["preparation", "in-progress", "cancelled", "on-hold", "completed", "unknown"],
    "MedicationRequest": ["active", "on-hold", "cancelled", "completed", "stopped", "draft", "unknown"],
    "Procedure": ["preparation", "in-progress", "not-done", "on-hold", "stopped", "completed", "unknown"],
    "Coverage": ["active", "cancelled", "draft"],
    "QuestionnaireResponse": ["in-progress", "completed", "amended", "stopped"],
}
_CLINICAL = ["active", "recurrence", "relapse", "inactive", "remission", "resolved"]
_VERIFICATION = ["unconfirmed", "provisional", "differential", "confirmed", "refuted"]
_CODES = [
    ("http://hl7.org/fhir/sid/icd-10-cm", "C43.9"),
    ("http://hl7.org/fhir/sid/icd-10-cm", "C18.9"),
    ("http://hl7.org/fhir/sid/icd-10-cm", "C78.7"),
    ("http://snomed.info/sct", "443493003"),
    ("http://snomed.info/sct", "1229901006"),
    ("http://snomed.info/sct", "260373001"),
    ("http://loinc.org", "58415-1"),
    ("http://www.nlm.nih.gov/research/umls/rxnorm", "1547545"),
    ("http://www.nlm.nih.gov/research/umls/rxnorm", "1424911"),
    ("urn:oid:1.2.3", "x"),
]
_ZONES = ["Z", "+14:00", "-11:00", "+05:30", "-05:00"]
_DAYS = ["2026-06-01", "2026-05-31", "2025-01-15", "2025-01-14", "2024-02-29", "2027-01-01"]
_JUNK: list[Any] = [None, "", "x", 0, -1.5, True, [], {}, [{}], {"coding": "x"}, ["x"], {"reference": 7}]

_DATE = re.compile(r"(19|20)\d\d(-\d\d(-\d\d(T\S+)?)?)?$")

Mutation = Callable[[dict[str, Any], Random], None]


def plausible(record: list[dict[str, Any]], random: Random, *, changes: int = 3) -> list[dict[str, Any]]:
    """A copy with a few changes that leave it FHIR: dates, zones, statuses, codes, missing keys."""
    return _mutated(record, random, (_date, _zone, _status, _code, _deletion), changes)


def wild(record: list[dict[str, Any]], random: Random, *, changes: int = 6) -> list[dict[str, Any]]:
    """A copy of the record with changes that may leave no shape intact."""
    return _mutated(record, random, (_date, _status, _code, _deletion, _nonsense), changes)


def _mutated(
    record: list[dict[str, Any]], random: Random, mutations: tuple[Mutation, ...], changes: int
) -> list[dict[str, Any]]:
    copied = copy.deepcopy(record)
    for _ in range(random.randint(1, changes)):
        random.choice(mutations)(random.choice(copied), random)
    return copied


def _date(resource: dict[str, Any], random: Random) -> None:
    """A date, cut to its year or month, moved to a day that matters, or given a time of day."""
    for node, key in _picked(_dates(resource), random):
        day = random.choice([node[key][:10], *_DAYS])
        timed = f"{day}T{random.choice(['00:00:00', '12:30:00', '23:59:59.999'])}{random.choice(_ZONES)}"
        is_whole = len(day) == len("2026-06-01") and key != "birthDate"
        node[key] = random.choice([day[:4], day[:7], day] + ([timed] if is_whole else []))


def _zone(resource: dict[str, Any], random: Random) -> None:
    days = [(node, key) for node, key in _dates(resource) if len(node[key]) >= len("2026-06-01")]
    timed = [(node, key) for node, key in days if key != "birthDate"]
    for node, key in _picked(timed, random):
        node[key] = f"{node[key][:10]}T{random.choice(['01:00:00', '23:00:00'])}{random.choice(_ZONES)}"


def _status(resource: dict[str, Any], random: Random) -> None:
    if "clinicalStatus" in resource and random.random() < 0.5:
        coding = _coded("condition-clinical", random.choice(_CLINICAL))
        said = resource["clinicalStatus"]
        resource["clinicalStatus"] = {**(said if isinstance(said, dict) else {}), "coding": [coding]}
    elif resource.get("resourceType") == "Condition":
        coding = _coded("condition-ver-status", random.choice(_VERIFICATION))
        resource["verificationStatus"] = {"coding": [coding]}
    elif statuses := _STATUSES.get(str(resource.get("resourceType"))):
        resource["status"] = random.choice(statuses)


def _code(resource: dict[str, Any], random: Random) -> None:
    codings = [node for node, key in _keys(resource) if key == "code" and "system" in node]
    for coding in [random.choice(codings)] if codings else ():
        coding["system"], coding["code"] = random.choice(_CODES)
        coding.pop("display", None)


def _deletion(resource: dict[str, Any], random: Random) -> None:
    kept = ("resourceType", "id", "_fullUrl")
    for node, key in _picked([(n, k) for n, k in _keys(resource) if k not in kept], random):
        del node[key]


def _nonsense(resource: dict[str, Any], random: Random) -> None:
    for node, key in _picked([(n, k) for n, k in _keys(resource) if k != "resourceType"], random):
        node[key] = random.choice(_JUNK)


def _coded(system: str, code: str) -> dict[str, str]:
    return {"system": f"http://terminology.hl7.org/CodeSystem/{system}", "code": code}


def _picked(places: list[tuple[dict[str, Any], str]], random: Random) -> list[tuple[dict[str, Any], str]]:
    return [random.choice(places)] if places else []


def _dates(resource: dict[str, Any]) -> list[tuple[dict[str, Any], str]]:
    return [(node, key) for node, key in _keys(resource) if _is_date(node[key])]


def _is_date(value: Any) -> bool:
    return isinstance(value, str) and bool(_DATE.match(value))


def _keys(node: Any) -> list[tuple[dict[str, Any], str]]:
    return list(_walk(node))


def _walk(node: Any) -> Iterator[tuple[dict[str, Any], str]]:
    if isinstance(node, dict):
        for key, value in node.items():
            yield node, key
            yield from _walk(value)
    elif isinstance(node, list):
        for value in node:
            yield from _walk(value)
