"""A practice payer (Da Vinci PAS): takes requests, approves, pends and denies them by the patient's story.

A met case is approved, one that needs information is pended and approved when it is asked about the second time,
any other is denied. The same request sent twice gets the same answer: it is known by the Claim's identifier.

An update takes the place of the request that it names, a cancellation ends it; who asks about one that was replaced is
told of the one in its place. What was denied, cancelled or never came can be neither updated nor cancelled.
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
_REASONS, _INPUT_ERRORS = "https://codesystem.x12.org/005010/901", "33"
_APPROVED, _DENIED, _PENDED, _CANCELLED = "A1", "A3", "A4", "C"
_WORDS = {
    _APPROVED: "Certified in total",
    _DENIED: "Not Certified",
    _PENDED: "Pending",
    _CANCELLED: "Cancelled",
}
_CANCEL = "3"
"""X12 1322: cancel."""
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
    error: str = ""
    """Why it could not be processed."""
    replaced_by: str = ""


@dataclass(kw_only=True)
class PracticePayer:
    """The requests of one practice payer, and what it decided."""

    clock: Callable[[], datetime]
    decide: Callable[[Json], str] | None = None
    """The X12 306 code for a request; default: by the patient's story."""
    version: str = "2.0"
    """The edition of PAS in which inquiries are answered, "2.0" or "2.2"."""
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
            case = self.cases.get(name) or self._taken(name, bundle)
        return self._bundle(case, "response-bundle"), 200

    def inquire(self, bundle: Any) -> tuple[Json, int]:
        """What became of a request; nothing is said of one that is not known here."""
        trouble = next(_troubles(bundle), None)
        if trouble:
            return outcome(trouble, code="invalid"), 400
        with self._lock:
            case = self._current(_identifier(bundle))
            if case is not None:
                case.asked += 1
                if case.action == _PENDED and case.asked >= _ASKED_TWICE:
                    case.action = _APPROVED
        return self._found(case, bundle), 200

    def _found(self, case: _Case | None, asked: Json) -> Json:
        """What $inquire returns: 2.0.1 one Bundle, of the parties at least, 2.2 any number in Parameters."""
        profile = "inquiry-response-bundle"
        found = self._bundle(case, profile) if case else None
        if self.version == "2.0":
            return found or _collection(_parties(asked), profile, self.clock())
        parts = {"parameter": [{"name": "return", "resource": found}]} if found else {}
        return {"resourceType": "Parameters", **parts}

    def _taken(self, name: str, bundle: Json) -> _Case:
        case = self.cases[name] = self._fresh(bundle)
        earlier = _related(bundle)
        if earlier is None:
            return case
        before = self._current(earlier)
        if before is None or before.action in {_DENIED, _CANCELLED} or before.error:
            case.error = "There is no request of yours that could be changed or cancelled."
            return case
        if _cancels(bundle):
            case.action = before.action = _CANCELLED
        before.replaced_by = name
        return case

    def _current(self, name: str) -> _Case | None:
        """The request, or the one that took its place."""
        case = self.cases.get(name)
        return self._current(case.replaced_by) if case and case.replaced_by else case

    def _fresh(self, bundle: Json) -> _Case:
        decide = self.decide or _by_story
        return _Case(bundle=bundle, action=decide(bundle), number=f"PA-{len(self.cases) + 1:04}")

    def _bundle(self, case: _Case, profile: str) -> Json:
        claim = case.bundle["entry"][0]
        answer = {"fullUrl": f"urn:uuid:{uuid4()}", "resource": self._response(case, claim, profile)}
        # the Claim is not sent back: it is named by its identifier
        return _collection([answer, *_parties(case.bundle)], profile, self.clock())

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
            **(_failed(case) if case.error else {"outcome": "complete", "item": [_item(case, now)]}),
        }


def _failed(case: _Case) -> Json:
    code = {"coding": [{"system": _REASONS, "code": _INPUT_ERRORS}], "text": case.error}
    return {"outcome": "error", "error": [{"code": code}]}


def _item(case: _Case, now: datetime) -> Json:
    coding = {"system": _X12, "code": case.action, "display": _WORDS.get(case.action, "Another action")}
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


def _parties(bundle: Json) -> list[Json]:
    """The entries of those whom an answer names."""
    return [e for e in bundle["entry"] if e["resource"]["resourceType"] in _KEPT]


def _collection(entries: list[Json], profile: str, now: datetime) -> Json:
    return {
        "resourceType": "Bundle",
        "meta": {"profile": [f"{_PAS}profile-pas-{profile}"]},
        "identifier": {"system": "urn:ietf:rfc:3986", "value": f"urn:uuid:{uuid4()}"},
        "type": "collection",
        "timestamp": now.isoformat(timespec="seconds"),
        "entry": entries,
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


def _related(bundle: Json) -> str | None:
    """The identifier of the Claim that a request updates; "": it names none that is in the Bundle."""
    related = bundle["entry"][0]["resource"].get("related")
    if not related:
        return None
    named = related[0]["claim"]
    if "identifier" in named:  # 2.0.1
        return str(named["identifier"]["value"])
    urls = {entry["fullUrl"]: entry["resource"] for entry in bundle["entry"]}
    claim = urls.get(named.get("reference"), {})
    return str(claim["identifier"][0]["value"]) if claim.get("resourceType") == "Claim" else ""


def _cancels(bundle: Json) -> bool:
    """Whether all of a request is cancelled: the Claim says so (2.2), or each of its items (2.0.1)."""
    claim = bundle["entry"][0]["resource"]
    return _is_cancelled(claim) or all(map(_is_cancelled, claim["item"]))


def _is_cancelled(node: Json) -> bool:
    kinds = (
        coding.get("code")
        for e in node.get("extension", ())
        if e["url"].endswith("extension-certificationType")
        for coding in e["valueCodeableConcept"]["coding"]
    )
    return _CANCEL in kinds


def _by_story(bundle: Json) -> str:
    patients = (e["resource"] for e in bundle["entry"] if e["resource"]["resourceType"] == "Patient")
    name = next((str(found.get("id")) for found in patients), "")
    told = {story.id: story.outcome for story in stories.told()}
    return _DECISIONS.get(told.get(name, ""), _DENIED)
