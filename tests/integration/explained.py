"""What HAPI's validator says of what is right, each with the reason why it may."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from integration.validator import Validator

EXPLAINED = {
    r"warning: CodeSystem is unknown and can't be validated": "HAPI brings no clinical terminologies, nor those of SDC",
    r"warning: .* references CodeSystem 'http://snomed.info/sct' which has status 'not-present'": "the same",
    r"warning: No code provided, and a code should be provided from the value set 'CRD Coverage": (
        "extensible bindings, whose codes do not say what we say; a text alone is allowed"
    ),
    r"warning: None of the codings provided are in the value set 'Deprecated CRD Coverage Detail": (
        "the guide itself says that this value set is not to be used any more"
    ),
    r"warning: None of the codings provided are in the value set 'CRD Coverage Assertion Reasons": (
        "extensible, and none of its codes says that the record could not be read"
    ),
    r"warning: The Coding provided \(\S+/name-use#\w+\) was not found in the value set 'Designation Use'": (
        "extensible, and none of its codes tells a brand, an acronym or a name that leaves a doubt"
    ),
    r"warning: No response answer found for required item": "a draft: what is open is for the clinician to answer",
    r"error: Constraint failed: bdl-[34]: .* Parameters\.parameter": (
        "the validator reads %resource of a Bundle inside Parameters as the Parameters; by itself the Bundle is valid"
    ),
    r"error: (Invalid profile. Failed to retrieve|Profile reference ').*/davinci-dtr/.*\|2\.2\.0": (
        "the package of DTR 2.2 cannot be had here; tests/davinci/dtr22.py holds us to its tables"
    ),
    r"error: Unknown code 'http://hl7.org/fhir/expression-language#(application/elm\+json|text/cql-identifier)'": (
        "DTR 2.2 wants these languages; the R4 code system that HAPI looks in is older, and the binding is extensible"
    ),
}


def said(validator: Validator, resources: Iterable[Mapping[str, Any]]) -> set[str]:
    """What is said of the resources, once for each kind of resource and text."""
    found = (
        (resource["resourceType"], issue) for resource in resources for issue in validator.issues(resource)
    )
    return {f"{kind} {issue.severity}: {issue.text} {issue.place}" for kind, issue in found}


def unexplained(
    validator: Validator, resources: Iterable[Mapping[str, Any]], more: Iterable[str] = ()
) -> set[str]:
    """The same without what is explained above, and by the patterns of `more`."""
    known = (*EXPLAINED, *more)
    return {text for text in said(validator, resources) if not any(re.search(one, text) for one in known)}
