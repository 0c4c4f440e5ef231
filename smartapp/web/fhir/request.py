"""The input of $questionnaire-package, checked (DTR profile dtr-qpackage-input-parameters)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from smartapp.errors import BadInput, BrokenProfile
from smartapp.facts import Resource
from smartapp.outputs.coverage.annotated import dialect_on
from smartapp.outputs.dialect import Dialect, dialect_of
from smartapp.sources.references import subject_of

_PROFILE = "http://hl7.org/fhir/us/davinci-dtr/StructureDefinition/dtr-qpackage-input-parameters|"


@dataclass(frozen=True, slots=True, kw_only=True)
class PackageRequest:
    """What is asked for: forms by name, or those that orders or an earlier coverage assertion call for."""

    dialect: Dialect
    coverages: tuple[Resource, ...]
    orders: tuple[Resource, ...]
    referenced: tuple[Resource, ...]
    """What orders refer to, as 2.0.1 lets it be sent along: the Patient, a Medication, those who order."""
    questionnaires: tuple[str, ...]
    context: str | None
    changed_since: datetime | None
    patient_id: str


def read(body: Any, *, default: Dialect) -> PackageRequest:
    """The request in a body; BadInput where it is no Parameters, BrokenProfile where it breaks the profile.

    The dialect is that of a parameter `requestedVersion`, of meta.profile, or of the coverage information on an
    order, else the default.
    """
    parts = parameters(body)
    coverages = _resources(parts, "coverage")
    orders = _resources(parts, "order")
    dialect = _dialect(body, parts) or next(filter(None, map(dialect_on, orders)), default)
    request = PackageRequest(
        dialect=dialect,
        coverages=coverages,
        orders=orders,
        referenced=_resources(parts, "referenced"),
        questionnaires=tuple(_texts(parts, "questionnaire", "valueCanonical", "valueUri")),
        context=next(_texts(parts, "context", "valueString"), None),
        changed_since=next(
            map(_instant, _texts(parts, "changedsince", "valueInstant", "valueDateTime")), None
        ),
        patient_id=_patient(coverages, orders),
    )
    _check(request)
    return request


def parameters(body: Any) -> list[Mapping[str, Any]]:
    """The parameters of a Parameters resource; BadInput when the body is none."""
    parts = body.get("parameter") if isinstance(body, dict) else None
    if not isinstance(parts, list) or body.get("resourceType") != "Parameters":
        raise BadInput("The body must be a FHIR Parameters resource.")
    if not all(isinstance(part, dict) and isinstance(part.get("name"), str) for part in parts):
        raise BadInput("Every parameter needs a name.")
    return parts


def _check(request: PackageRequest) -> None:
    if not all(coverage["resourceType"] == "Coverage" for coverage in request.coverages):
        raise BrokenProfile("The parameter 'coverage' must be a Coverage.")
    if request.dialect is Dialect.V2_2 and len(request.coverages) > 1:
        raise BrokenProfile("DTR 2.2 takes exactly one 'coverage'.")
    if not (request.orders or request.questionnaires or request.context):
        # invariant dtr-1
        raise BrokenProfile("Give at least one of 'order', 'questionnaire' and 'context'.")


def _dialect(body: Mapping[str, Any], parts: list[Mapping[str, Any]]) -> Dialect | None:
    for version in _texts(parts, "requestedVersion", "valueString", "valueCode"):
        if (found := dialect_of(version)) is None:
            raise BrokenProfile(f"This version of DTR is not spoken here; these are: {', '.join(Dialect)}.")
        return found
    meta = body.get("meta")
    profiles = meta.get("profile") if isinstance(meta, dict) else None
    for profile in profiles if isinstance(profiles, list) else ():
        if isinstance(profile, str) and profile.startswith(_PROFILE):
            return dialect_of(profile.removeprefix(_PROFILE))
    return None


def _resources(parts: list[Mapping[str, Any]], name: str) -> tuple[Resource, ...]:
    found = [part.get("resource") for part in parts if part["name"] == name]
    for resource in found:
        if not isinstance(resource, dict) or not isinstance(resource.get("resourceType"), str):
            raise BadInput(f"The parameter '{name}' must hold a resource.")
        if not isinstance(resource.get("id"), str):
            raise BrokenProfile(f"The {name} needs its id: the response refers to it.")
    return tuple(resource for resource in found if resource is not None)


def _texts(parts: list[Mapping[str, Any]], name: str, *values: str) -> Iterator[str]:
    for part in parts:
        if part["name"] == name:
            text = next((part[value] for value in values if value in part), None)
            if not isinstance(text, str) or not text:
                raise BadInput(f"The parameter '{name}' must be a {values[0]}.")
            yield text


def _instant(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise BadInput("The parameter 'changedsince' must be an instant.") from error
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)


def _patient(coverages: tuple[Resource, ...], orders: tuple[Resource, ...]) -> str:
    """The patient's id; BrokenProfile when there is none, or more than one."""
    if not coverages:
        raise BrokenProfile("The parameter 'coverage' is missing: it says whose form this is.")
    subjects = {subject_of(resource, {}) for resource in (*coverages, *orders)}
    if None in subjects or len(subjects) > 1:
        raise BrokenProfile(
            "Coverage.beneficiary and the subject of every order must be one and the same Patient."
        )
    return str(subjects.pop())
