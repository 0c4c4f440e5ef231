"""The audit trail, worded."""

from collections.abc import Mapping
from typing import Any

from smartapp.outputs.page import words
from smartapp.outputs.page.sitting import AuditLine
from smartapp.outputs.page.view import AuditView

_WHAT = {
    "read": "Chart read",
    "refreshed": "Chart read again",
    "saved": "Draft saved",
    "resumed": "Draft taken up again",
    "took-over": "Answers taken from another app's form",
    "not-taken-over": "Nothing taken from another app's form",
    "signed": "Signed",
    "written": "Written to the chart",
    "not-written": "Could not be written to the chart",
    "kept": "Answers kept that came late",
    "amended": "Amendment begun",
    "downloaded": "Downloaded",
    "requested": "Request sent to the payer",
    "not-requested": "Request could not be sent to the payer",
    "cancelled": "Request cancelled at the payer",
    "not-cancelled": "Request not cancelled at the payer",
    "asked-payer": "Payer asked for its answer",
}


def line(noted: AuditLine, names: Mapping[str, str]) -> AuditView:
    """One line; what has no words here is told as it was noted. `names` are those of users, by "Practitioner/id"."""
    return AuditView(
        at=words.moment(noted.at),
        what=_WHAT.get(noted.what, words.sentence(noted.what.replace("-", " "))),
        who=names.get(noted.who, noted.who) if noted.who else "smartapp",
        detail=_detail(noted.detail or {}),
    )


def _detail(detail: Mapping[str, Any]) -> str:
    return "; ".join(f"{name.replace('_', ' ')}: {_said(value)}" for name, value in detail.items())


def _said(value: Any) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{name} {_said(each)}" for name, each in value.items())
    return ", ".join(str(one).rstrip(".") for one in value) if isinstance(value, list | tuple) else str(value)
