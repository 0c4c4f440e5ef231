"""FHIR servers that offer, page and refuse as the big EHRs do, in front of whatever resources a test gives.

The tables restate what the vendors publish in their CapabilityStatements (2026); test_vendors.py compares
them with the published files where those are at hand.
"""

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, quote, unquote

from fakes_ehr import FakeEhr, Reply

R, S, C, U = "read", "search-type", "create", "update"

# type -> (interactions, search parameters)
EPIC = {
    "Patient": ((C, R, S), "identifier name birthdate _count _id"),
    "Condition": (
        (C, R, S),
        "category clinical-status code encounter onset-date patient recorded-date subject _count _id",
    ),
    "Observation": ((C, R, S, U), "category code date issued patient subject _count _id identifier"),
    "DiagnosticReport": ((R, S, U), "category code date identifier patient subject _count _id"),
    "MedicationRequest": ((R, S), "category date intent patient status subject _count _id identifier"),
    "MedicationAdministration": (
        (R, S),
        "context effective-time patient performer request status subject _count _id",
    ),
    "MedicationDispense": ((R, S), "category patient subject _count _id status"),
    "Medication": ((R, S), "_count _id"),
    "Procedure": ((C, R, S, U), "category code date identifier patient subject _count _id"),
    "Coverage": ((R, S), "beneficiary patient _count _id status"),
    "ServiceRequest": ((C, R, S, U), "category code encounter identifier patient status subject _count _id"),
    "QuestionnaireResponse": ((C, R, S), "encounter patient subject _count _id identifier"),
    "DocumentReference": (
        (C, R, S, U),
        "author category date patient period status subject type _count _id identifier",
    ),
}
ORACLE = {
    "Patient": ((R, S, C), "_id identifier name given family birthdate _count"),
    "Condition": ((R, S, C, U), "_id patient encounter subject clinical-status category _lastUpdated"),
    "Observation": ((R, S, C, U), "_id patient subject category code date _lastUpdated _count"),
    "DiagnosticReport": ((R, S, C), "_id category code encounter patient date _lastUpdated _count"),
    "MedicationRequest": ((R, S, C), "_id patient intent status _lastUpdated -timing-boundsPeriod _count"),
    "MedicationAdministration": ((R, S), "_id patient status performer effective-time"),
    "MedicationDispense": ((R, S), "_id patient date _lastUpdated _count"),
    "Procedure": ((R, S, C), "_id patient subject date _lastUpdated"),
    "Coverage": ((R, S, C), "_id patient -encounter"),
    "ServiceRequest": ((R, S), "_id patient subject code _lastUpdated _count"),
    "QuestionnaireResponse": ((R, S, U), "_id patient"),
    "DocumentReference": (
        (R, S, C, U),
        "_id patient encounter period _count type category date _lastUpdated",
    ),
}
ATHENA = {
    "Patient": ((R, S), "_id identifier name birthdate"),
    "Condition": ((R, S), "patient category code encounter"),
    "Observation": ((R, S), "patient category code date"),
    "DiagnosticReport": ((R, S), "patient category code date"),
    "MedicationRequest": ((R, S), "patient intent status authoredon"),
    "MedicationDispense": ((R, S), "patient status date"),
    "Medication": ((R, S), "_id ingredient-code"),
    "Procedure": ((R, S), "patient status date code"),
    "Coverage": ((R, S), "patient"),
    "ServiceRequest": ((R, S), "patient category code status"),
    "QuestionnaireResponse": ((C, R, S), "patient status authored questionnaire"),
    "DocumentReference": ((C, R, S), "patient category date type status"),
}
MEDITECH = {
    "Patient": ((R, S), "_id identifier name birthdate"),
    "Condition": ((R, S), "patient category clinical-status code onset-date"),
    "Observation": ((R, S), "patient category code date"),
    "DiagnosticReport": ((R, S), "patient category code date"),
    "MedicationRequest": ((R, S), "patient intent status encounter authoredon"),
    "MedicationDispense": ((R, S), "patient status type"),
    "Medication": ((R, S), "_id"),
    "Procedure": ((R, S), "patient status date code"),
    "Coverage": ((R, S), "patient"),
    "ServiceRequest": ((R, S), "patient category code status"),
    "QuestionnaireResponse": ((C, R, S, U), "patient status authored"),
    "DocumentReference": ((R, S), "patient category date type status"),
}
HAPI = dict.fromkeys(
    (*EPIC, "MedicationStatement"),
    ((R, S, C, U), "_id identifier patient subject category code intent status name birthdate"),
)


@dataclass
class Vendor(FakeEhr):
    """A FHIR server that offers `table` and holds `resources`."""

    software: str = ""
    table: dict[str, Any] = field(default_factory=dict)
    includes: dict[str, list[str]] = field(default_factory=dict)
    resources: list[dict[str, Any]] = field(default_factory=list)
    page: int = 100
    paging: str = "{type}?{query}&_skip={skip}"
    """The next link, below the base; with "?" first it hangs on the base itself."""
    demands_category: bool = False
    """Refuses Observations by patient alone, in Epic's words."""
    overlooks_patient: bool = False
    once: bool = False
    """Knows If-None-Exist."""
    keeps_identifier: bool = True
    token: str | None = None
    """The only access token that is let in; None: any."""

    @property
    def statement(self) -> dict[str, Any]:
        resources = [
            {
                "type": name,
                "interaction": [{"code": code} for code in interactions],
                "searchParam": [{"name": n, "type": "token"} for n in parameters.split()],
                "conditionalCreate": self.once,
                **({"searchInclude": self.includes[name]} if name in self.includes else {}),
            }
            for name, (interactions, parameters) in self.table.items()
        ]
        return {
            "resourceType": "CapabilityStatement",
            "fhirVersion": "4.0.1",
            **({"software": {"name": self.software}} if self.software else {}),
            "rest": [{"mode": "server", "resource": resources}],
        }

    def answer(self, query: str, token: str | None) -> Reply:
        if query == "metadata":
            return Reply(body=self.statement)
        if self.token is not None and token != f"Bearer {self.token}":
            return Reply(status=401)
        path, _, parameters = query.removeprefix("/r4").partition("?")
        kind, _, name = path.partition("/")
        given = {key: values[0] for key, values in parse_qs(parameters).items()}
        if "_pages" in given:
            first = {key: values[0] for key, values in parse_qs(given["of"]).items()}
            return self._page(given["_pages"], given["of"], first, int(given["_skip"]))
        if kind not in self.table:
            return outcome(404, "not-supported")
        if name:
            found = next((r for r in self.resources if (r["resourceType"], r["id"]) == (kind, name)), None)
            return Reply(body=found) if found else outcome(404, "not-found")
        if kind == "Observation" and self.demands_category and not {"category", "code"} & set(given):
            return outcome(400, "required", text="Must have either code or category.")
        skip = int(given.pop("_skip", "0"))
        return self._page(kind, parameters.partition("&_skip")[0], given, skip)

    def taken(self, verb: str, path: str, headers: dict[str, str], body: Any) -> Reply:
        kind, _, name = path.partition("/")
        if (C if verb == "POST" else U) not in self.table.get(kind, ((), ""))[0]:
            return outcome(405, "not-supported")
        if verb == "PUT":
            self.resources = [r for r in self.resources if (r["resourceType"], r["id"]) != (kind, name)] + [
                body
            ]
            return Reply(body=body)
        wanted = unquote(headers.get("If-None-Exist", "")).removeprefix("identifier=")
        known = [r for r in self.resources if r["resourceType"] == kind and wanted in _identifiers(r)]
        if self.once and wanted and known:
            return Reply(
                body=known[0], headers={"Location": f"{self.base}/{kind}/{known[0]['id']}/_history/1"}
            )
        name = f"new{len(self.resources)}"
        kept = body if self.keeps_identifier else {k: v for k, v in body.items() if k != "identifier"}
        self.resources.append({**kept, "id": name})
        return Reply(status=201, body=b"", headers={"Location": f"{self.base}/{kind}/{name}/_history/1"})

    def _page(self, kind: str, query: str, given: dict[str, str], skip: int) -> Reply:
        found = [r for r in self.resources if r["resourceType"] == kind and self._fits(r, given)]
        held = found[skip : skip + self.page]
        entries = [
            {"fullUrl": f"{self.base}/{kind}/{r['id']}", "resource": r, "search": {"mode": "match"}}
            for r in held
        ]
        for include in filter(None, [given.get("_include")]):
            if include in self.includes.get(kind, ()) or "*" in self.includes.get(kind, ()):
                entries += [{"resource": m, "search": {"mode": "include"}} for m in self._medications(held)]
        following = skip + self.page
        more = following < len(found)
        path = self.paging.format(type=kind, query=query, quoted=quote(query), skip=following)
        links = (
            [{"relation": "next", "url": f"{self.base}{'' if path.startswith('?') else '/'}{path}"}]
            if more
            else []
        )
        body = {
            "resourceType": "Bundle",
            "type": "searchset",
            "total": len(found),
            "link": links,
            "entry": entries,
        }
        return Reply(body=body)

    def _medications(self, held: list[dict[str, Any]]) -> list[dict[str, Any]]:
        names = {r.get("medicationReference", {}).get("reference") for r in held}
        return [r for r in self.resources if f"{r['resourceType']}/{r['id']}" in names]

    def _fits(self, resource: dict[str, Any], given: dict[str, str]) -> bool:
        patient = given.get("patient") or given.get("subject", "").removeprefix("Patient/")
        owner = (resource.get("subject") or resource.get("beneficiary") or {}).get("reference")
        if patient and not self.overlooks_patient and owner != f"Patient/{patient}":
            return False
        category = given.get("category")
        codes = [c["code"] for item in resource.get("category", ()) for c in item["coding"]]
        if category is not None and category not in codes:
            return False
        intent = given.get("intent")
        if intent is not None and resource.get("intent") not in intent.split(","):
            return False
        code = given.get("code")
        own = {f"{c.get('system')}|{c.get('code')}" for c in resource.get("code", {}).get("coding", ())}
        if code is not None and not own & set(code.split(",")):
            return False
        identifier = given.get("identifier")
        return identifier is None or identifier in _identifiers(resource)


def outcome(status: int, code: str, *, text: str = "", detail: str = "", severity: str = "error") -> Reply:
    details = {"details": {"coding": [{"code": detail}]}} if detail else {}
    issue = {"severity": severity, "code": code, "diagnostics": text, **details}
    return Reply(status=status, body={"resourceType": "OperationOutcome", "issue": [issue]})


def epic(*resources: dict[str, Any], **more: Any) -> Vendor:
    includes = {name: ["*"] for name in EPIC}
    return Vendor(
        software="Epic",
        table=EPIC,
        includes=includes,
        resources=list(resources),
        demands_category=True,
        **more,
    )


def oracle(*resources: dict[str, Any], **more: Any) -> Vendor:
    return Vendor(table=ORACLE, resources=list(resources), paging="{type}?{query}&_skip={skip}", **more)


def athena(*resources: dict[str, Any], **more: Any) -> Vendor:
    """Pages by cursor, and refuses Observations by patient alone without saying so beforehand."""
    includes = {"MedicationRequest": ["MedicationRequest:medication"]}
    return Vendor(
        software="athenahealth", table=ATHENA, includes=includes, resources=list(resources),
        demands_category=True, paging="{type}?{query}&cursor=c{skip}&_skip={skip}", **more,
    )  # fmt: skip


def meditech(*resources: dict[str, Any], **more: Any) -> Vendor:
    includes = {"MedicationRequest": ["MedicationRequest:medication"]}
    return Vendor(
        software="Meditech", table=MEDITECH, includes=includes, resources=list(resources),
        paging="{type}?{query}&continue=x&_skip={skip}", **more,
    )  # fmt: skip


def hapi(*resources: dict[str, Any], **more: Any) -> Vendor:
    """Its next link hangs on the base itself, without a slash."""
    return Vendor(
        software="HAPI FHIR Server", table=HAPI, resources=list(resources), once=True,
        paging="?_pages={type}&_skip={skip}&of={quoted}", **more,
    )  # fmt: skip


def _identifiers(resource: dict[str, Any]) -> set[str]:
    given = resource.get("identifier") or []
    return {f"{i.get('system')}|{i.get('value')}" for i in (given if isinstance(given, list) else [given])}
