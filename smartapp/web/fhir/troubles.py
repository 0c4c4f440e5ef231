"""$log-questionnaire-errors: what went wrong with one of our forms, counted; its texts may name a patient."""

import logging
import re
from collections.abc import Iterator, Mapping
from typing import Any

from smartapp.errors import BadInput
from smartapp.policies.artifacts import Artifacts
from smartapp.web.fhir.request import parameters

log = logging.getLogger(__name__)

_CODE = re.compile(r"[a-z-]{1,40}")
# The profile of 2.0.1 and 2.2.0 says `questionnaire` and `operationOutcome`, the operation of 2.0.1 writes them large.
_FORMS = ("questionnaire", "Questionnaire")
_OUTCOMES = ("operationOutcome", "OperationOutcome", "outcome")


def note(body: Any, artifacts: Artifacts) -> int:
    """How many issues were reported about forms of ours and others; only codes and our own names are logged."""
    parts = parameters(body)
    forms = [part.get("valueCanonical") for part in parts if part["name"] in _FORMS]
    issues = [issue for part in parts if part["name"] in _OUTCOMES for issue in _issues(part.get("resource"))]
    if not forms or not all(isinstance(form, str) for form in forms) or not issues:
        raise BadInput("Give the canonical 'questionnaire' and an 'operationOutcome' with issues.")
    known = [r["name"] for form in forms if (r := artifacts.resolve("Questionnaire", str(form)))]
    codes = sorted({_code(issue) for issue in issues})
    log.warning("form failed forms=%s issues=%d codes=%s", known or "unknown", len(issues), codes)
    return len(issues)


def _issues(outcome: Any) -> Iterator[Mapping[str, Any]]:
    issues = outcome.get("issue") if isinstance(outcome, dict) else None
    return (issue for issue in (issues if isinstance(issues, list) else ()) if isinstance(issue, dict))


def _code(issue: Mapping[str, Any]) -> str:
    code = str(issue.get("code"))
    return code if _CODE.fullmatch(code) else "unknown"
