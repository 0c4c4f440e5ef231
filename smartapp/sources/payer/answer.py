"""What a payer says in a ClaimResponse (PAS 2.0.1 and 2.2.1), for a person; what cannot be read is said as such."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

_PAS = "http://hl7.org/fhir/us/davinci-pas/StructureDefinition/extension-"
_MOST_TEXT = 600

Json = Mapping[str, Any]


class Verdict(StrEnum):
    """The payer's answer. It is the payer's own; this service gives none."""

    APPROVED = "approved"
    MODIFIED = "modified"
    """In part, or otherwise than requested."""
    DENIED = "denied"
    PENDED = "pended"
    CANCELLED = "cancelled"
    """As was asked."""
    ERROR = "error"
    """The payer could not process the request, and says why."""
    UNUSABLE = "unusable"
    """Something came that does not say what the payer decided."""


# X12 306, as far as the examples of PAS and public descriptions show it: the tables are licensed
_ACTIONS = {
    "A1": Verdict.APPROVED,
    "A2": Verdict.MODIFIED,
    "A3": Verdict.DENIED,
    "A4": Verdict.PENDED,
    "A6": Verdict.MODIFIED,
    "C": Verdict.CANCELLED,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One answer, read."""

    verdict: Verdict
    number: str = ""
    """Of the authorization."""
    reference: str = ""
    """By which the payer knows the pended request (administrationReferenceNumber)."""
    until: str = ""
    """The last day for which it is good, YYYY-MM-DD."""
    texts: tuple[str, ...] = ()
    """What the payer adds: reasons, notes, errors."""


def read(given: Any, *, identifier: Mapping[str, str]) -> Answer:
    """The answer to the Claim with this identifier, in whatever the operation returned."""
    found = [r for r in _responses(given) if _is_about(r, identifier)]
    if not found:
        return _unusable("The payer's answer holds no ClaimResponse for this request.")
    return _read(found[0])


def holds_nothing(given: Any) -> bool:
    """Whether an inquiry found nothing: an answer without any ClaimResponse, and without an OperationOutcome."""
    kinds = {r.get("resourceType") for r in _resources(given)}
    known = isinstance(given, dict) and given.get("resourceType") in {"Bundle", "Parameters"}
    return known and not kinds & {"ClaimResponse", "OperationOutcome"}


def outcome_texts(given: Any) -> tuple[str, ...]:
    """What an OperationOutcome says."""
    texts = (
        _issue(i)
        for r in _resources(given)
        if r.get("resourceType") == "OperationOutcome"
        for i in _list(r, "issue")
    )
    return _told(texts)


def _read(response: Json) -> Answer:
    texts = _told((*_errors(response), *_notes(response), *_reasons(response)))
    verdict = _verdict(response)
    if verdict is None:
        return _unusable("The payer's answer does not say what was decided.", *texts)
    return Answer(
        verdict=verdict,
        number=_number(response),
        reference=_first(response, "administrationReferenceNumber", "valueString"),
        until=_until(response),
        texts=texts,
    )


def _verdict(response: Json) -> Verdict | None:
    if response.get("outcome") == "error" or _list(response, "error"):
        return Verdict.ERROR
    actions = [_ACTIONS.get(code) for code in _actions(response)]
    told = set(actions)
    if not actions:
        return Verdict.PENDED if response.get("outcome") == "queued" else None
    if None in told:
        return None
    for verdict in (Verdict.PENDED, Verdict.MODIFIED):
        if verdict in told:
            return verdict
    return actions[0] if len(told) == 1 else Verdict.MODIFIED  # one item so, another otherwise


def _responses(given: Any) -> Iterator[Json]:
    return (r for r in _resources(given) if r.get("resourceType") == "ClaimResponse")


def _resources(given: Any) -> Iterator[Json]:
    """Everything that was returned: 2.0.1 has a Bundle, 2.2 Parameters with Bundles."""
    if not isinstance(given, dict):
        return
    yield given
    for name in ("entry", "parameter"):
        for part in _list(given, name):
            yield from _resources(part.get("resource"))


def _is_about(response: Json, identifier: Mapping[str, str]) -> bool:
    """Whether it may be about our Claim: not when it names the identifier of another one."""
    request = response.get("request")
    named = request.get("identifier") if isinstance(request, dict) else None
    return not isinstance(named, dict) or named.get("value") == identifier["value"]


def _actions(response: Json) -> Iterator[str]:
    for action in _review_actions(response):
        for code in _extensions(action, f"{_PAS}reviewActionCode"):
            yield from (str(coding.get("code")) for coding in _codings(code.get("valueCodeableConcept")))


def _review_actions(response: Json) -> Iterator[Json]:
    adjudications = [*_list(response, "adjudication")]
    for item in (*_list(response, "item"), *_list(response, "addItem")):
        adjudications += _list(item, "adjudication")
    for adjudication in adjudications:
        yield from _extensions(adjudication, f"{_PAS}reviewAction")


def _number(response: Json) -> str:
    given = response.get("preAuthRef")
    if isinstance(given, str):
        return given
    numbers = (e.get("valueString") for a in _review_actions(response) for e in _extensions(a, "number"))
    return next((n for n in numbers if isinstance(n, str)), "") or _first(
        response, "authorizationNumber", "valueString"
    )


def _until(response: Json) -> str:
    period = response.get("preAuthPeriod")
    if not isinstance(period, dict):
        found = (
            e.get("valuePeriod")
            for i in _list(response, "item")
            for e in _extensions(i, f"{_PAS}itemPreAuthPeriod")
        )
        period = next((p for p in found if isinstance(p, dict)), {})
    end = period.get("end")
    return end[:10] if isinstance(end, str) else ""


def _first(response: Json, name: str, kind: str) -> str:
    places = (response, *_list(response, "item"))
    values = (e.get(kind) for place in places for e in _extensions(place, f"{_PAS}{name}"))
    return next((value for value in values if isinstance(value, str)), "")


def _errors(response: Json) -> Iterator[str]:
    return (_words(error.get("code")) for error in _list(response, "error"))


def _notes(response: Json) -> Iterator[str]:
    yield str(response.get("disposition") or "")
    yield from (str(note.get("text") or "") for note in _list(response, "processNote"))


def _reasons(response: Json) -> Iterator[str]:
    for action in _review_actions(response):
        for name in ("reasonCode", f"{_PAS}reviewActionReasonCode"):
            yield from (_words(e.get("valueCodeableConcept")) for e in _extensions(action, name))


def _issue(issue: Json) -> str:
    return _words(issue.get("details")) or str(issue.get("diagnostics") or issue.get("code") or "")


def _words(concept: Any) -> str:
    if not isinstance(concept, dict):
        return ""
    displays = (str(c.get("display") or c.get("code") or "") for c in _codings(concept))
    return str(concept.get("text") or next(displays, ""))


def _codings(concept: Any) -> Sequence[Json]:
    return _list(concept, "coding") if isinstance(concept, dict) else ()


def _extensions(node: Json, url: str) -> list[Json]:
    return [e for e in _list(node, "extension") if e.get("url") == url]


def _list(node: Json, name: str) -> list[Json]:
    found = node.get(name)
    return [item for item in found if isinstance(item, dict)] if isinstance(found, list) else []


def _told(texts: Iterator[str] | Sequence[str]) -> tuple[str, ...]:
    kept = dict.fromkeys(" ".join(text.split())[:_MOST_TEXT] for text in texts if text.strip())
    return tuple(kept)[:10]


def _unusable(*texts: str) -> Answer:
    return Answer(verdict=Verdict.UNUSABLE, texts=texts)
