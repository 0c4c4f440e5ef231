"""A practice payer (Da Vinci PAS): takes requests, approves, pends and denies them by the patient's story.

A met case is approved, one that needs information is pended and approved when it is asked about the second time,
any other is denied. The same request sent twice gets the same answer: it is known by the Claim's identifier.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Lock
from typing import Any
from uuid import uuid4

from smartapp.sandbox import stories
from smartapp.sandbox.fhir.refusals import outcome

Json = Mapping[str, Any]
_PAS = "http://hl7.org/fhir/us/davinci-pas/StructureDefinition/"
_X12 = "https://codesystem.x12.org/005010/306"
_APPROVED, _DENIED, _PENDED = "A1", "A3", "A4"
_WORDS = {_APPROVED: "Certified in total", _DENIED: "Not Certified", _PENDED: "Pending"}
_DECISIONS = {"met": _APPROVED, "needs-information": _PENDED}
_KEPT = ("Patient", "Organization")
_ASKED_TWICE = 2


@dataclass(slots=True)
class _Case:
    """One request as the payer knows it."""

    bundle: Json
    action: str
    number: str
    asked: int = 0


@dataclass(kw_only=True)
class PracticePayer:
    """The requests of one practice payer, and what it decided."""

    clock: Callable[[], datetime]
    decide: Callable[[Json], str] | None = None
    """The X12 306 code for a request; default: by the patient's story."""
    received: int = 0
    """How many requests came, copies too."""
    cases: dict[str, _Case] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def submit(self, bundle: Any) -> tuple[Json, int]:
        """The answer to a request, and its status."""
        trouble = next(_troubles(bundle), None)
        if trouble:
            return outcome(trouble, code="invalid"), 400
        with self._lock:
            self.received += 1
            name = _identifier(bundle)
            case = self.cases.setdefault(name, self._fresh(bundle))
        return self._bundle(case, "response-bundle"), 200

    def inquire(self, bundle: Any) -> tuple[Json, int]:
        """What became of a request: a Bundle, without a ClaimResponse when it is not known here."""
        trouble = next(_troubles(bundle), None)
        if trouble:
            return outcome(trouble, code="invalid"), 400
        with self._lock:
            case = self.cases.get(_identifier(bundle))
            if case is None:
                return _collection([], "inquiry-response-bundle", self.clock()), 200
            case.asked += 1
            if case.action == _PENDED and case.asked >= _ASKED_TWICE:
                case.action = _APPROVED
        return self._bundle(case, "inquiry-response-bundle"), 200

    def _fresh(self, bundle: Json) -> _Case:
        decide = self.decide or _by_story
        return _Case(bundle=bundle, action=decide(bundle), number=f"PA-{len(self.cases) + 1:04}")

    def _bundle(self, case: _Case, profile: str) -> Json:
        claim = case.bundle["entry"][0]
        kept = [e for e in case.bundle["entry"] if e["resource"]["resourceType"] in _KEPT]
        answer = {"fullUrl": f"urn:uuid:{uuid4()}", "resource": self._response(case, claim, profile)}
        # the Claim is not sent back: it is named by its identifier
        return _collection([answer, *kept], profile, self.clock())

    def _response(self, case: _Case, claim: Json, profile: str) -> Json:
        asked, now = claim["resource"], self.clock()
        inquired = profile.startswith("inquiry")
        return {
            "resourceType": "ClaimResponse",
            "meta": {"profile": [f"{_PAS}profile-claim{'inquiry' if inquired else ''}response"]},
            "identifier": [{"system": "https://payer.example/sid/response", "value": case.number}],
            "status": "active",
            "type": asked["type"],
            "use": "preauthorization",
            "patient": asked["patient"],
            "created": now.isoformat(timespec="seconds"),
            "insurer": asked["insurer"],
            "requestor": asked["provider"],
            "request": {"identifier": asked["identifier"][0]},
            "outcome": "complete",
            "item": [_item(case, now)],
        }


def _item(case: _Case, now: datetime) -> Json:
    coding = {"system": _X12, "code": case.action, "display": _WORDS[case.action]}
    parts: list[Json] = [
        {"url": f"{_PAS}extension-reviewActionCode", "valueCodeableConcept": {"coding": [coding]}}
    ]
    extensions: list[Json] = []
    if case.action == _APPROVED:
        parts.insert(0, {"url": "number", "valueString": case.number})
        period = {"start": now.date().isoformat(), "end": (now + timedelta(days=180)).date().isoformat()}
        extensions.append({"url": f"{_PAS}extension-itemPreAuthPeriod", "valuePeriod": period})
    if case.action == _PENDED:
        reference = {"valueString": f"REF-{case.number}"}
        extensions.append({"url": f"{_PAS}extension-administrationReferenceNumber", **reference})
    submitted = {
        "coding": [{"system": "http://terminology.hl7.org/CodeSystem/adjudication", "code": "submitted"}]
    }
    action = {"url": f"{_PAS}extension-reviewAction", "extension": parts}
    whole = {
        "extension": extensions,
        "itemSequence": 1,
        "adjudication": [{"extension": [action], "category": submitted}],
    }
    return {key: value for key, value in whole.items() if value}


def _collection(entries: list[Json], profile: str, now: datetime) -> Json:
    return {
        "resourceType": "Bundle",
        "meta": {"profile": [f"{_PAS}profile-pas-{profile}"]},
        "identifier": {"system": "urn:ietf:rfc:3986", "value": f"urn:uuid:{uuid4()}"},
        "type": "collection",
        "timestamp": now.isoformat(timespec="seconds"),
        **({"entry": entries} if entries else {}),
    }


def _troubles(bundle: Any) -> Iterator[str]:
    entries = bundle.get("entry") if isinstance(bundle, dict) else None
    if not entries or bundle.get("resourceType") != "Bundle":
        yield "A request is a Bundle with entries."
    elif entries[0].get("resource", {}).get("resourceType") != "Claim":
        yield "The first entry must be the Claim."
    elif not entries[0]["resource"].get("identifier"):
        yield "The Claim must have an identifier."


def _identifier(bundle: Json) -> str:
    return str(bundle["entry"][0]["resource"]["identifier"][0]["value"])


def _by_story(bundle: Json) -> str:
    patients = (e["resource"] for e in bundle["entry"] if e["resource"]["resourceType"] == "Patient")
    name = next((str(found.get("id")) for found in patients), "")
    told = {story.id: story.outcome for story in stories.told()}
    return _DECISIONS.get(told.get(name, ""), _DENIED)
