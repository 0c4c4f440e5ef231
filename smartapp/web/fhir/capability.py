"""The CapabilityStatement: exactly what is answered below /fhir."""

from collections.abc import Iterator
from datetime import datetime
from importlib.metadata import version
from typing import Any

from smartapp.policies.artifacts import TYPES
from smartapp.web.fhir.search import PARAMETERS

_DTR = "http://hl7.org/fhir/us/davinci-dtr/OperationDefinition/"
_PACKAGE = {"name": "questionnaire-package", "definition": f"{_DTR}questionnaire-package"}
_OPERATIONS = {
    "Questionnaire": [
        _PACKAGE,
        {"name": "log-questionnaire-errors", "definition": f"{_DTR}log-questionnaire-errors"},
    ],
    "ValueSet": [{"name": "expand", "definition": "http://hl7.org/fhir/OperationDefinition/ValueSet-expand"}],
}


def statement(*, base: str, now: datetime, guarded: bool = False) -> dict[str, Any]:
    """What this server can do; `guarded`: only for those with an access token."""
    return {
        "resourceType": "CapabilityStatement",
        "status": "active",
        "date": now.isoformat(timespec="seconds"),
        "kind": "instance",
        "software": {"name": "smartapp", "version": version("smartapp")},
        "implementation": {"description": "Forms of medical policies for DTR 2.0.1 and 2.2.0", "url": base},
        "fhirVersion": "4.0.1",
        "format": ["application/fhir+json"],
        "rest": [
            {
                "mode": "server",
                **_security(guarded=guarded),
                "resource": [*_resources()],
                "operation": [_PACKAGE],
            }
        ],
    }


def _security(*, guarded: bool) -> dict[str, Any]:
    text = "SMART Backend Services; see .well-known/smart-configuration below this address."
    system = "http://terminology.hl7.org/CodeSystem/restful-security-service"
    service = [{"coding": [{"system": system, "code": "SMART-on-FHIR"}]}]
    return {"security": {"cors": True, "service": service, "description": text}} if guarded else {}


def _resources() -> Iterator[dict[str, Any]]:
    for kind in TYPES:
        operations = {"operation": _OPERATIONS[kind]} if kind in _OPERATIONS else {}
        yield {
            "type": kind,
            "interaction": [{"code": "read"}, {"code": "search-type"}],
            "versioning": "no-version",
            "searchParam": [{"name": name, "type": kind_} for name, (kind_, _) in PARAMETERS.items()],
            **operations,
        }
