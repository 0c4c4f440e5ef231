"""A line of the audit trail as a FHIR AuditEvent, in the shape of IHE BALP 1.1 (Basic Audit Log Patterns).

A profile is only claimed where everything is known that it asks for.
"""

import base64
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

_BALP = "https://profiles.ihe.net/ITI/BALP/"
_HL7 = "http://terminology.hl7.org/CodeSystem/"
_DICOM = "http://dicom.nema.org/resources/ontology/DCM"
_SOURCE, _DESTINATION = ("110153", "Source Role ID"), ("110152", "Destination Role ID")
_PERSON, _SYSTEM_OBJECT = "1", "2"
_PATIENT, _DOMAIN_RESOURCE, _QUERY = "1", "4", "24"
_CLIENT_ERROR, _SERVER_ERROR = 400, 500

Json = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Noted:
    """One thing that was done, as it is told to others."""

    id: str
    what: str
    at: datetime
    who: str = ""
    """A user as "Practitioner/id", or the name of a calling client."""
    about: str = ""
    """The review, or the call."""
    patient: str = ""
    """"Patient/id"."""
    status: int = 200
    detail: Mapping[str, Any] = field(default_factory=dict)
    service: str = "smartapp"
    """Who did it: the address of this service."""
    server: str = ""
    """The other side, where this service was the client."""
    queries: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Kind:
    """How a thing is told: its RESTful interaction, the action (C, R, U, E), and whether we were the client."""

    interaction: str
    action: str
    is_client: bool = False
    profile: str = ""


_KINDS: Mapping[str, _Kind] = {
    "called": _Kind(interaction="operation", action="E"),
    "queried": _Kind(interaction="search", action="E", is_client=True, profile="PatientQuery"),
    "read": _Kind(interaction="search", action="E", is_client=True),
    "refreshed": _Kind(interaction="search", action="E", is_client=True),
    "resumed": _Kind(interaction="read", action="R", profile="PatientRead"),
    "saved": _Kind(interaction="update", action="U", profile="PatientUpdate"),
    "kept": _Kind(interaction="update", action="U", profile="PatientUpdate"),
    "took-over": _Kind(interaction="update", action="U", profile="PatientUpdate"),
    "not-taken-over": _Kind(interaction="read", action="R"),
    "signed": _Kind(interaction="update", action="U", profile="PatientUpdate"),
    "amended": _Kind(interaction="create", action="C", profile="PatientCreate"),
    "written": _Kind(interaction="create", action="C", is_client=True, profile="PatientCreate"),
    "not-written": _Kind(interaction="create", action="C", is_client=True),
    "downloaded": _Kind(interaction="read", action="R", profile="PatientRead"),
    "requested": _Kind(interaction="operation", action="E", is_client=True),
    "not-requested": _Kind(interaction="operation", action="E", is_client=True),
    "cancelled": _Kind(interaction="operation", action="E", is_client=True),
    "not-cancelled": _Kind(interaction="operation", action="E", is_client=True),
    "asked-payer": _Kind(interaction="operation", action="E", is_client=True),
}
_OTHER = _Kind(interaction="operation", action="E")


def audit_event(noted: Noted) -> Json:
    """The AuditEvent; valid for FHIR R4B."""
    kind = _KINDS.get(noted.what, _OTHER)
    whole = {
        "resourceType": "AuditEvent",
        "id": noted.id,
        "meta": {"profile": [f"{_BALP}StructureDefinition/IHE.BasicAudit.{kind.profile}"]}
        if kind.profile and noted.patient and noted.who
        else None,
        "type": {"system": f"{_HL7}audit-event-type", "code": "rest", "display": "Restful Operation"},
        "subtype": [{"system": "http://hl7.org/fhir/restful-interaction", "code": kind.interaction}],
        "action": kind.action,
        "recorded": noted.at.isoformat(timespec="milliseconds"),
        "outcome": _outcome(noted),
        "outcomeDesc": noted.what.replace("-", " "),
        "agent": [*_agents(noted, kind)],
        "source": {
            "observer": {"display": noted.service},
            "type": [{"system": f"{_HL7}security-source-type", "code": "4", "display": "Application Server"}],
        },
        "entity": [*_entities(noted)],
    }
    return {key: value for key, value in whole.items() if value}


def _outcome(noted: Noted) -> str:
    """0 success, 4 minor failure: the caller's, 8 serious failure: ours, or nothing was done."""
    if noted.status >= _SERVER_ERROR or noted.what.startswith("not-"):
        return "8"
    return "4" if noted.status >= _CLIENT_ERROR else "0"


def _agents(noted: Noted, kind: _Kind) -> Iterator[Json]:
    """The two sides, and the user. BALP: who receives data by a read is the destination, else the source."""
    roles = (_DESTINATION, _SOURCE) if kind.interaction == "read" else (_SOURCE, _DESTINATION)
    is_call = noted.what == "called"
    client = noted.service if kind.is_client else noted.who if is_call else "browser"
    server = noted.server if kind.is_client else noted.service
    yield _agent(roles[0], client or "unknown caller", requestor=is_call)
    yield _agent(roles[1], server or "unknown server", requestor=False)
    user = str(noted.detail.get("user", "")) if is_call else noted.who
    if user or not is_call:
        yield {
            "type": {"coding": [{"system": f"{_HL7}v3-ParticipationType", "code": "IRCP"}]},
            "who": {"reference": user} if "/" in user else {"display": user or "unknown user"},
            "requestor": not is_call,
        }


def _agent(role: tuple[str, str], name: str, *, requestor: bool) -> Json:
    code, display = role
    return {
        "type": {"coding": [{"system": _DICOM, "code": code, "display": display}]},
        "who": {"display": name},
        "requestor": requestor,
    }


def _entities(noted: Noted) -> Iterator[Json]:
    if noted.patient:
        yield _entity(_PERSON, _PATIENT, what={"reference": noted.patient})
    for query in noted.queries:
        yield _entity(_SYSTEM_OBJECT, _QUERY, query=base64.b64encode(query.encode()).decode())
    if not noted.queries:
        detail = [*_details(noted.detail)]
        more = {"detail": detail} if detail else {}
        yield _entity(_SYSTEM_OBJECT, _DOMAIN_RESOURCE, what={"identifier": {"value": noted.about}}, **more)
    transaction = str(noted.detail.get("instance") or noted.about)
    if transaction:
        kind = {"system": f"{_BALP}CodeSystem/BasicAuditEntityType", "code": "XrequestId"}
        yield {"what": {"identifier": {"value": transaction}}, "type": kind}


def _entity(kind: str, role: str, **more: Any) -> Json:
    return {
        **more,
        "type": {"system": f"{_HL7}audit-entity-type", "code": kind},
        "role": {"system": f"{_HL7}object-role", "code": role},
    }


def _details(detail: Mapping[str, Any]) -> Iterator[Json]:
    for name, value in detail.items():
        if name not in {"patient", "user", "reads"} and value not in ("", None, [], ()):
            yield {"type": name, "valueString": _said(value)}


def _said(value: Any) -> str:
    if isinstance(value, Mapping):
        return json.dumps(value, ensure_ascii=False)
    listed = isinstance(value, Sequence) and not isinstance(value, str)
    return ", ".join(map(_said, value)) or "none" if listed else str(value)
