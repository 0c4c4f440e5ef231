"""The CapabilityStatement: what the store can do, read off the tables that it works by."""

from typing import Any

from smartapp.sandbox.fhir.parameters import INCLUDES, TYPES, WRITABLE

_OAUTH = "http://fhir-registry.smarthealthit.org/StructureDefinition/oauth-uris"
_SERVICE = "http://terminology.hl7.org/CodeSystem/restful-security-service"


def statement(*, base: str, auth: str | None, date: str) -> dict[str, Any]:
    """The statement of the server at a base address; `auth` is where it is authorized, None on an open one."""
    rest: dict[str, Any] = {"mode": "server", "resource": [_resource(name) for name in TYPES]}
    if auth is not None:
        rest["security"] = _security(auth)
    return {
        "resourceType": "CapabilityStatement",
        "status": "active",
        "date": date,
        "kind": "instance",
        "publisher": "smartapp",
        "software": {"name": "smartapp practice EHR"},
        "implementation": {"description": "A practice EHR with invented patients", "url": base},
        "fhirVersion": "4.0.1",
        "format": ["application/fhir+json", "json"],
        "rest": [rest],
    }


def _resource(name: str) -> dict[str, Any]:
    writes = ["create", "update"] if name in WRITABLE else []
    described: dict[str, Any] = {
        "type": name,
        "interaction": [{"code": code} for code in ("read", "search-type", *writes)],
        "versioning": "versioned",
        "searchParam": [
            {"name": parameter, "type": described.kind} for parameter, described in TYPES[name].items()
        ],
    }
    if writes:
        described["conditionalCreate"] = True
        described["updateCreate"] = False
    if includes := [include for include in INCLUDES if include.startswith(f"{name}:")]:
        described["searchInclude"] = includes
    return described


def _security(auth: str) -> dict[str, Any]:
    uris = [{"url": name, "valueUri": f"{auth}/{name}"} for name in ("authorize", "token")]
    return {
        "extension": [{"url": _OAUTH, "extension": uris}],
        "service": [{"coding": [{"system": _SERVICE, "code": "SMART-on-FHIR"}]}],
    }
