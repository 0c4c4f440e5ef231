"""The Bundle of one form: Questionnaire, draft response, Libraries with CQL and ELM, expanded ValueSets."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any
from uuid import uuid4

from smartapp.outputs.dialect import Dialect
from smartapp.outputs.package.questionnaire import adapted
from smartapp.policies.artifacts import Artifacts, canonical_of

_PROFILES = {
    Dialect.V2_0: "http://hl7.org/fhir/us/davinci-dtr/StructureDefinition/DTR-QPackageBundle|2.0.1",
    Dialect.V2_2: "http://hl7.org/fhir/us/davinci-dtr/StructureDefinition/DTR-QPackageBundle|2.2.0",
}
_SMALL = 40
"""Value sets with fewer codes come whole (oper-15); of a larger one the codes are listed only once, expanded."""

Json = dict[str, Any]


def package(
    questionnaire: Mapping[str, Any],
    artifacts: Artifacts,
    response: Mapping[str, Any],
    *,
    dialect: Dialect,
    base: str,
    now: datetime,
) -> Json:
    """The package of a form; `base` is the address below which its parts can be read."""
    needed = artifacts.needed(questionnaire)
    libraries = [r for r in needed if r["resourceType"] == "Library"]
    form = adapted(questionnaire, map(canonical_of, libraries), dialect)
    sets = [expanded(r, now=now) for r in needed if r["resourceType"] == "ValueSet"]
    entries = [
        _entry(base, form),
        # DTR 2.2.0 closes the slices of the Bundle: nothing but these four types
        {"fullUrl": f"urn:uuid:{uuid4()}", "resource": response},
        *(_entry(base, resource) for resource in (*libraries, *sets)),
    ]
    return {
        "resourceType": "Bundle",
        "meta": {"profile": [_PROFILES[dialect]]},
        "type": "collection",
        "timestamp": now.isoformat(timespec="seconds"),
        "entry": entries,
    }


def expanded(value_set: Mapping[str, Any], *, now: datetime) -> Json:
    """The ValueSet, expanded as of now."""
    expansion = {**value_set["expansion"], "timestamp": now.isoformat(timespec="seconds")}
    return dict(_definition(value_set)) | {"expansion": expansion}


def changed_after(artifacts: Artifacts, questionnaire: Mapping[str, Any], since: datetime) -> bool:
    """Whether the form or something that it needs may have changed since; its dates are days."""
    days = (str(r.get("date", "9999")) for r in (questionnaire, *artifacts.needed(questionnaire)))
    return max(days) >= since.date().isoformat()


def _definition(value_set: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    is_small = len(value_set["expansion"]["contains"]) < _SMALL
    return ((key, value) for key, value in value_set.items() if key != "compose" or is_small)


def _entry(base: str, resource: Mapping[str, Any]) -> Json:
    return {"fullUrl": f"{base}/{resource['resourceType']}/{resource['id']}", "resource": resource}
