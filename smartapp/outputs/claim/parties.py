"""The patient, the Coverage, the payer and the provider as PAS wants them, with no more than it needs of each."""

from collections.abc import Iterator, Mapping
from typing import Any

from smartapp.facts import Facts, Resource, reference_of
from smartapp.outputs.claim.case import Case, Party
from smartapp.outputs.claim.closure import relative

_PATIENT = ("resourceType", "id", "telecom", "gender", "birthDate", "address")
_COVERAGE = ("resourceType", "id", "type", "subscriberId", "dependent", "relationship", "period", "class")
_ORGANIZATION = ("resourceType", "id", "identifier", "name", "telecom", "address")
_PRACTITIONER = ("resourceType", "id", "identifier", "name", "telecom", "qualification")
_ROLE = (
    "resourceType",
    "id",
    "identifier",
    "active",
    "practitioner",
    "organization",
    "code",
    "specialty",
    "telecom",
)
_V2_0203 = "http://terminology.hl7.org/CodeSystem/v2-0203"
_ABSENT = {"url": "http://hl7.org/fhir/StructureDefinition/data-absent-reason", "valueCode": "unknown"}
_UNSTATED = "not stated in the record"
_RELATIONSHIP = "http://terminology.hl7.org/CodeSystem/subscriber-relationship"

Json = dict[str, Any]


def troubles(case: Case) -> Iterator[str]:
    """Whom a request cannot name, each with what helps."""
    if not _patient(case).get("name"):
        yield "The record gives no name of the patient, which the payer needs: enter it in the EHR."
    if not _insurer_name(case):
        yield "The Coverage does not say who the payer is: enter the payer in the EHR."


def patient(case: Case) -> Json:
    """The beneficiary."""
    found = _patient(case)
    return {
        **{
            key: value
            for key, value in _only(found, _PATIENT).items()
            if key != "birthDate" or _is_day(value)
        },
        "name": [*map(_name, found.get("name", ()))],
        "identifier": [*_identifiers(found)] or [{"system": case.iss, "value": case.facts.patient_id}],
        "gender": found.get("gender", "unknown"),
    }


def coverage(case: Case, insurer_: Resource) -> Json:
    """The Coverage with its member id, for this patient and with one payer."""
    given = case.coverage
    me = {"reference": f"Patient/{case.facts.patient_id}"}
    return {
        "relationship": _relationship(case),
        **_only(given, _COVERAGE),
        "identifier": [*_member_ids(given)],
        "status": "active",
        "subscriber": _subscriber(case),
        "beneficiary": me,
        "payor": [{"reference": reference_of(insurer_)}],
    }


def insurer(case: Case) -> Json:
    """The payer's Organization: as registered, else as the record has it."""
    found = _payor(case)
    party = Party(name=_insurer_name(case), identifier=case.insurer.identifier)
    return _named({**found, "id": found.get("id", "payer")}, party)


def provider(case: Case) -> Json:
    """The Organization that asks: as registered, else that of who orders, else by the name of the EHR."""
    if case.provider.name:
        return _named({"id": "requesting-organization"}, case.provider)
    roles = (role for role in _roles(case) if isinstance(role.get("organization"), dict))
    found = next(filter(None, (_resolved(role["organization"], case) for role in roles)), None)
    return _named(found or {"id": "requesting-organization"}, Party(name="" if found else case.site))


def practitioners(case: Case) -> Iterator[Json]:
    """Those whom the order and the form name, as far as the record knows them; with the role in which they order."""
    named = [r for r in (case.order.get("requester"), case.response.get("author")) if isinstance(r, Mapping)]
    role = _resolved(named[0], case) if named else None
    if role and role["resourceType"] == "PractitionerRole":
        yield _only(role, _ROLE)
        named.append(role.get("practitioner") or {})
    seen: set[str] = set()
    for given in named:
        name = relative(str(given.get("reference", "")), case.facts)
        if name.startswith("Practitioner/") and name not in seen:
            seen.add(name)
            yield _practitioner(name, str(given.get("display", "")), case)


def _patient(case: Case) -> Resource:
    return case.facts.find(f"Patient/{case.facts.patient_id}") or {}


def _payor(case: Case) -> Resource:
    return _organization(_payors(case)[0], case.coverage, case.facts)


def _payors(case: Case) -> Any:
    return case.coverage.get("payor") or [{}]


def _insurer_name(case: Case) -> str:
    return str(case.insurer.name or _payor(case).get("name") or _payors(case)[0].get("display") or "")


def _roles(case: Case) -> list[Resource]:
    """The roles in which the requester of the order may have ordered, the one it names first."""
    requester = case.order.get("requester") or {}
    named = _resolved(requester, case)
    if named and named["resourceType"] == "PractitionerRole":
        return [named]
    name = relative(str(requester.get("reference", "")), case.facts)
    roles = case.facts.of_type("PractitionerRole")
    return [
        r
        for r in roles
        if relative(str((r.get("practitioner") or {}).get("reference", "")), case.facts) == name
    ]


def _resolved(reference: Mapping[str, Any], case: Case) -> Resource | None:
    return case.facts.find(relative(str(reference.get("reference", "")), case.facts))


def _practitioner(name: str, display: str, case: Case) -> Json:
    found = case.facts.find(name) or {"resourceType": "Practitioner", "id": name.partition("/")[2]}
    whole = _only(found, _PRACTITIONER)
    if not any("family" in item for item in whole.get("name", ())):
        # which part is the family name is not known: the whole is better than a guess
        whole["name"] = [{"text": display or name, "family": display or name}]
    whole["identifier"] = [*_identifiers(found)] or [{"system": case.iss, "value": found["id"]}]
    return whole


def _named(found: Mapping[str, Any], party: Party) -> Json:
    known = _only(found, _ORGANIZATION)
    identifier = [dict(party.identifier)] if party.identifier else known.get("identifier", [])
    whole = {
        **known,
        "resourceType": "Organization",
        "identifier": identifier,
        "active": True,
        "name": party.name or known.get("name"),
    }
    return {key: value for key, value in whole.items() if value not in ([], None)}


def _organization(payor: Mapping[str, Any], coverage_: Resource, facts: Facts) -> Resource:
    reference = str(payor.get("reference", ""))
    if reference.startswith("#"):
        inside = (r for r in coverage_.get("contained", ()) if r.get("id") == reference[1:])
        return next(inside, {})
    found = facts.find(relative(reference, facts)) if reference else None
    return found or ({"id": reference.rpartition("/")[2]} if "/" in reference else {})


def _member_ids(given: Resource) -> Iterator[Json]:
    marked = {"coding": [{"system": _V2_0203, "code": "MB"}]}
    listed = [dict(item) for item in given.get("identifier", ()) if isinstance(item, dict)]
    member = next((item for item in listed if _is_member(item)), None)
    value = {"value": given["subscriberId"]} if given.get("subscriberId") else {}
    yield member or {"type": marked, **value}
    yield from (item for item in listed if not _is_member(item) and item.get("system") and item.get("value"))


def _is_member(identifier: Mapping[str, Any]) -> bool:
    codings = (identifier.get("type") or {}).get("coding", ())
    return any(coding.get("code") == "MB" and coding.get("system") == _V2_0203 for coding in codings)


def _is_day(value: Any) -> bool:
    """PAS FullDateRule: a month or a year is no date here."""
    return len(str(value)) == len("YYYY-MM-DD")


def _name(given: Json) -> Json:
    """A name; of one that is not told in parts it is said so (US Core 3.1.1 us-core-8, 7.0.0 us-core-6)."""
    return given if {"family", "given"} & set(given) else {**given, "extension": [_ABSENT]}


def _subscriber(case: Case) -> Json:
    """PAS 2.2.1 self-beneficiary: the patient, or another who is named by the number that the record has, if any."""
    if _is_subscriber(case):
        return {"reference": f"Patient/{case.facts.patient_id}"}
    number = case.coverage.get("subscriberId")
    return {"identifier": {"value": number}} if number else {"display": _UNSTATED}


def _is_subscriber(case: Case) -> bool:
    """Whether the record says that the patient is the subscriber."""
    reference = (case.coverage.get("subscriber") or {}).get("reference", "")
    return relative(reference, case.facts) == f"Patient/{case.facts.patient_id}"


def _relationship(case: Case) -> Json:
    """Where the Coverage does not say: self, if the subscriber is the patient."""
    if _is_subscriber(case):
        return {"coding": [{"system": _RELATIONSHIP, "code": "self"}]}
    return {"text": _UNSTATED}


def _identifiers(resource: Resource) -> Iterator[Json]:
    listed = resource.get("identifier")
    for item in listed if isinstance(listed, list) else ():
        if isinstance(item, dict) and item.get("system") and item.get("value"):
            yield {key: value for key, value in item.items() if key != "assigner"}


def _only(resource: Mapping[str, Any], keys: tuple[str, ...]) -> Json:
    return {key: resource[key] for key in keys if key in resource}
