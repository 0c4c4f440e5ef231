"""What the record shows of the user of a launch: in which role a clinician acts, and who is behind a role."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from smartapp.facts import Facts, Resource, reference_of
from smartapp.reviews.visits import Visit
from smartapp.sources.references import resolved

_ACTIVE_ROLE = "http://hl7.org/fhir/us/davinci-dtr/StructureDefinition/activeRole"


def shown(visit: Visit, facts: Facts) -> Visit:
    """The visit with what the chart shows of its user; nothing where it shows nothing, or several roles."""
    role = _role(visit.user, facts)
    roles = (*_active(visit.user, facts), *_codes(role or {}))
    return replace(visit, roles=tuple(filter(_is_sound, roles)), practitioner=_practitioner(role, facts))


def _role(user: str | None, facts: Facts) -> Resource | None:
    """The PractitionerRole that is the user, or the only one that a Practitioner has."""
    found = [
        role
        for role in facts.of_type("PractitionerRole")
        if user == reference_of(role) or (role.get("active") is not False and _of(role, user, facts))
    ]
    return found[0] if len(found) == 1 else None


def _of(role: Resource, user: str | None, facts: Facts) -> bool:
    return user is not None and _practitioner(role, facts) == user


def _practitioner(role: Resource | None, facts: Facts) -> str | None:
    found = resolved(role.get("practitioner"), facts.full_urls) if role else None
    return found if found and found.startswith("Practitioner/") else None


def _active(user: str | None, facts: Facts) -> Iterator[Any]:
    """DTR "activeRole": in which role a Practitioner acts at present."""
    person = next((p for p in facts.of_type("Practitioner") if reference_of(p) == user), {})
    extensions = person.get("extension")
    for one in extensions if isinstance(extensions, list) else ():
        if isinstance(one, Mapping) and one.get("url") == _ACTIVE_ROLE:
            yield one.get("valueCodeableConcept")


def _codes(role: Resource) -> Iterator[Any]:
    codes = role.get("code")
    yield from codes if isinstance(codes, list) else ()


def _is_sound(concept: Any) -> bool:
    """Whether it can stand in a form that is signed; an EHR's record may hold anything."""
    from fhir.resources.R4B.codeableconcept import CodeableConcept  # noqa: PLC0415 - slow to load

    try:
        CodeableConcept.model_validate(concept)
    except ValueError:
        return False
    return bool(concept)
