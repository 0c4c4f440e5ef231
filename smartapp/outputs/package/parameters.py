"""The Parameters that $questionnaire-package answers with, named as each edition of DTR names them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from smartapp.outputs.dialect import Dialect

_PROFILE = "http://hl7.org/fhir/us/davinci-dtr/StructureDefinition/dtr-qpackage-output-parameters"
_VERSIONS = {Dialect.V2_0: "2.0.1", Dialect.V2_2: "2.2.0"}
# The OperationDefinition of 2.0.1 says `return` and `outcome`, its profile says these; validators read profiles.
_BUNDLE = {Dialect.V2_0: "PackageBundle", Dialect.V2_2: "packagebundle"}
_OUTCOME = {Dialect.V2_0: "operationOutcome", Dialect.V2_2: "outcome"}

Json = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Issue:
    """One thing to know about an answer."""

    severity: str
    """`warning` or `information`."""
    code: str
    """A code of the value set issue-type."""
    text: str


def parameters(bundles: Iterable[Mapping[str, Any]], issues: Iterable[Issue], dialect: Dialect) -> Json:
    """The packages, and what is to be known about them."""
    told = [_issue(issue) for issue in issues]
    parts: list[Json] = [{"name": _BUNDLE[dialect], "resource": bundle} for bundle in bundles]
    if told:
        outcome = {"resourceType": "OperationOutcome", "issue": told}
        parts.append({"name": _OUTCOME[dialect], "resource": outcome})
    return {
        "resourceType": "Parameters",
        "meta": {"profile": [f"{_PROFILE}|{_VERSIONS[dialect]}"]},
        "parameter": parts,
    }


def _issue(issue: Issue) -> Json:
    return {"severity": issue.severity, "code": issue.code, "diagnostics": issue.text}
