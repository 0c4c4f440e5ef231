"""What a FHIR server would not or could not say, as Unread: refusals must never look like "there is none"."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from smartapp.facts import Gap, Unread
from smartapp.sources.queries import TYPES

ANY_TYPE = "*"
"""The type of an Unread when nothing tells which type was refused."""

TOO_SLOW = "the server did not answer in time"
NOT_THERE = "the server could not be reached"
BROKEN_OFF = "the answer broke off"
NO_FHIR = "the answer was not FHIR"
SOMETHING_ELSE = "the answer was not what was asked for"
TOO_LARGE = "the answer was too large"
ELSEWHERE = "its next page is on another server, which is not asked"
TOO_MANY = "the pages did not come to an end"
TOO_MANY_REFERENCES = "too many are referred to"
UNCOUNTED = "the server counted more than it gave"
BUSY = "the server is busy"
EXPIRED = "the access has ended; launch again from the EHR"
NO_SCOPE = "this launch was not granted it"
PART_OF_SCOPE = "this launch was granted a part of it only"
RESTRICTED = "the chart is restricted in the EHR (break the glass); open it there, then read again"
MAYBE_MORE = "the EHR says that this may not be the whole record"
TOMORROW = "the EHR has more and can give it another day"

_TYPE_NAMES = re.compile(rf"(?<![A-Za-z])({'|'.join(sorted(TYPES, key=len, reverse=True))})(?![A-Za-z])")
_STATUS_WORDS = {401: EXPIRED, 408: TOO_SLOW, 429: BUSY, 503: BUSY, 504: TOO_SLOW}
_STATUS_GAPS = {401: Gap.NOT_GRANTED, 403: Gap.NOT_GRANTED} | dict.fromkeys(
    (400, 404, 405, 406, 410, 422, 501), Gap.NOT_SUPPORTED
)
_ISSUE_TYPES = frozenset(
    {"required", "value", "invalid", "structure", "invariant", "business-rule", "conflict"}
)
# FHIR R4 value set "issue-type": what the code says about data that was not given.
_CODE_GAPS = dict.fromkeys(("security", "login", "forbidden", "suppressed", "expired"), Gap.NOT_GRANTED)
_CODE_GAPS |= {"not-supported": Gap.NOT_SUPPORTED, "incomplete": Gap.INCOMPLETE, "too-costly": Gap.INCOMPLETE}
_WARNINGS_THAT_COUNT = ("suppressed", "forbidden", "security", "incomplete", "too-costly")
# Epic's own codes: more data may exist than was given; try tomorrow; access needs a "break the glass".
_EPIC = {"4119": (Gap.INCOMPLETE, MAYBE_MORE), "4135": (Gap.INCOMPLETE, TOMORROW)} | dict.fromkeys(
    ("4130", "4131", "4134"), (Gap.NOT_GRANTED, RESTRICTED)
)
_EPIC_WANTS_MORE = frozenset({"4111", "59108"})
_GONE = {404: "there is no such {name} on the server", 410: "this {name} is no longer on the server"}
"""What a status says of one resource that was to be read; of a search it says that there is none to ask."""
_WORDS = {
    Gap.NOT_GRANTED: "access to {name} was refused",
    Gap.NOT_SUPPORTED: "the server does not offer {name}",
    Gap.FAILED: "{name} could not be read",
    Gap.INCOMPLETE: "{name} could not be read to the end",
}


def gap_of_status(status: int) -> Gap:
    """What an HTTP status of 300 or more says about the data."""
    return _STATUS_GAPS.get(status, Gap.FAILED)


def of_status(status: int, outcome: Any) -> tuple[Gap, str]:
    """What an HTTP status says about the data, and why in words; the OperationOutcome may know better."""
    known = (_EPIC[code] for issue in _issues(outcome) for code in _codes(issue) if code in _EPIC)
    return next(known, (gap_of_status(status), _STATUS_WORDS.get(status, "")))


def code_of(outcome: Any) -> str:
    """The first issue's type, when it tells what was wrong with what was sent; never a word of the server's own."""
    codes = (str(issue.get("code")) for issue in _issues(outcome))
    return next((code for code in codes if code in _ISSUE_TYPES), "")


def refusal(
    resource_type: str, gap: Gap, *, status: int | None = None, why: str = "", is_read: bool = False
) -> Unread:
    """The Unread for one type, in words for a person; `is_read`: one resource was asked for by its id."""
    name = "some data" if resource_type == ANY_TYPE else resource_type
    words = _GONE.get(status or 0) if is_read and gap is Gap.NOT_SUPPORTED else None
    text = (
        (words or _WORDS[gap]).format(name=name)
        + (f" ({status})" if status else "")
        + (f": {why}" if why else "")
    )
    return Unread(type=resource_type, gap=gap, text=f"{text[0].upper()}{text[1:]}.")


def renamed(unread: Unread, resource_type: str) -> Unread:
    """The same said of another type, the one that was asked for."""
    if unread.type == resource_type:
        return unread
    why = next((why for _, why in _EPIC.values() if why in unread.text), "")
    return refusal(resource_type, unread.gap, why=why)


def of_outcome(outcome: Mapping[str, Any], *, about: str = "") -> tuple[Unread, ...]:
    """What an OperationOutcome among the data says was not given; nothing for mere information.

    `about` is text that may name the type, such as the request it answers.
    """
    said = next(filter(None, map(_gap_of_issue, _issues(outcome))), None)
    if said is None:
        return ()
    gap, why = said
    texts = (about, *(text for issue in _issues(outcome) for text in _texts(issue)))
    return tuple(refusal(name, gap, why=why) for name in named_types(*texts))


def of_response(entry: Mapping[str, Any]) -> tuple[Unread, ...]:
    """What the `response` of a batch or transaction entry says was refused; nothing when it went well."""
    response = entry.get("response")
    response = response if isinstance(response, dict) else {}
    status = _status(response.get("status"))
    outcome = response.get("outcome")
    if status is not None and status >= 300:  # noqa: PLR2004 - HTTP: from here on the data was not given
        about = (*_addresses(entry), *(text for issue in _issues(outcome) for text in _texts(issue)))
        about = (*about, *(text for issue in _issues(entry.get("resource")) for text in _texts(issue)))
        return tuple(refusal(name, gap_of_status(status), status=status) for name in named_types(*about))
    return of_outcome(outcome, about=" ".join(_addresses(entry))) if isinstance(outcome, dict) else ()


def wants_more(outcome: Any) -> bool:
    """Whether a query was refused because it asked too widely: a parameter that the server wants is missing."""
    return any(
        issue.get("code") == "required" or not _EPIC_WANTS_MORE.isdisjoint(_codes(issue))
        for issue in _issues(outcome)
    )


def named_types(*texts: str) -> tuple[str, ...]:
    """The resource types that the texts name, in their order; "*" when they name none."""
    found = dict.fromkeys(name for text in texts for name in _TYPE_NAMES.findall(text))
    if len(found) > 1:
        found.pop("Patient", None)  # "Observation?patient=Patient/1" is about Observation
    return tuple(found) or (ANY_TYPE,)


def _gap_of_issue(issue: Mapping[str, Any]) -> tuple[Gap, str] | None:
    """What an issue says was not given, and why in words; None: nothing."""
    code, severity = issue.get("code"), issue.get("severity")
    if epic := next((_EPIC[found] for found in _codes(issue) if found in _EPIC), None):
        return epic
    if severity in ("error", "fatal") or (severity == "warning" and code in _WARNINGS_THAT_COUNT):
        return _CODE_GAPS.get(str(code), Gap.FAILED), ""
    return None


def _issues(outcome: Any) -> Iterator[Mapping[str, Any]]:
    issues = outcome.get("issue") if isinstance(outcome, dict) else None
    return (issue for issue in issues if isinstance(issue, dict)) if isinstance(issues, list) else iter(())


def _codes(issue: Mapping[str, Any]) -> Iterator[str]:
    details = issue.get("details")
    codings = details.get("coding") if isinstance(details, dict) else None
    for coding in codings if isinstance(codings, list) else ():
        if isinstance(coding, dict):
            yield str(coding.get("code"))


def _texts(issue: Mapping[str, Any]) -> Iterator[str]:
    details = issue.get("details")
    values = [issue.get("diagnostics"), details.get("text") if isinstance(details, dict) else None]
    for name in ("location", "expression"):
        values += given if isinstance(given := issue.get(name), list) else [given]
    return (value for value in values if isinstance(value, str))


def _addresses(entry: Mapping[str, Any]) -> tuple[str, ...]:
    request, response = entry.get("request"), entry.get("response")
    values = [entry.get("fullUrl")]
    values.append(request.get("url") if isinstance(request, dict) else None)
    values.append(response.get("location") if isinstance(response, dict) else None)
    return tuple(value for value in values if isinstance(value, str))


def _status(text: Any) -> int | None:
    found = re.match(r"\s*(\d{3})\b", str(text)) if text is not None else None
    return int(found.group(1)) if found else None
