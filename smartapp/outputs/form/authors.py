"""Who gives an answer, and the part of the answer's origin that says so.

DTR "information-origin", 2.0.1 and 2.2.0 alike: an author has any number of roles and at most one practitioner, which
only a Practitioner can be. Anyone else is named in an extension of our own, and a role that is not known is left out.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

OTHER = "https://smartapp.example/fhir/StructureDefinition/answer-author"
"""Names an author who is no Practitioner."""
Json = Mapping[str, Any]
_PRACTITIONER = "practitioner"
_CLINICIANS = frozenset({"Practitioner", "PractitionerRole"})
_KIND = re.compile(r"(?:^|/)([A-Z][A-Za-z]+)/[^/]+(?:/_history/[^/]+)?$")
_CLASSES = "http://terminology.hl7.org/CodeSystem/v3-RoleClass"
# FHIR R4 maps Patient and RelatedPerson to these; a Person is nobody in particular
_ROLES: Mapping[str | None, tuple[Json, ...]] = {
    "Patient": ({"coding": [{"system": _CLASSES, "code": "PAT", "display": "patient"}]},),
    "RelatedPerson": ({"coding": [{"system": _CLASSES, "code": "PRS", "display": "personal relationship"}]},),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Author:
    """Who answers."""

    reference: str | None
    """"Practitioner/id" or another type, as the EHR named the user, or None when it named nobody."""
    name: str | None
    roles: tuple[Json, ...] = ()
    """As what the record shows a clinician, as CodeableConcepts; (): it does not say."""
    practitioner: str | None = None
    """"Practitioner/id" behind a PractitionerRole, where the record tells."""


def part(by: Author) -> dict[str, Any]:
    """The part of an answer's origin that names its author."""
    roles = by.roles or _ROLES.get(_kind(by.reference), ())
    named = [{"url": "role", "valueCodeableConcept": role} for role in roles]
    return {"url": "author", "extension": [*named, _who(by)]}


def name(part: Json) -> str | None:
    """The name, or else the reference, of the author whom such a part names."""
    who: Json = next((who for url, who in _named(part) if url in (_PRACTITIONER, OTHER)), {})
    return who.get("display") or who.get("reference")


def is_clinician(reference: str | None) -> bool:
    """Whether a user ("Practitioner/id") is a clinician; one whom the EHR does not name, as many, is taken for one."""
    return reference is None or _kind(reference) in _CLINICIANS


def is_clinicians(part: Json) -> bool:
    """Whether nothing in such a part names someone who is not known to be a clinician."""
    return all(_is_clinicians(url, who) for url, who in _named(part))


def _who(by: Author) -> dict[str, Any]:
    found = by.practitioner or by.reference
    url = _PRACTITIONER if found is None or _kind(found) == "Practitioner" else OTHER
    # what another form contains is not in ours
    known = None if found is None or found.startswith("#") else found
    who = {"reference": known, "display": by.name or (None if known else "name not given")}
    return {"url": url, "valueReference": {key: held for key, held in who.items() if held}}


def _named(part: Json) -> Iterator[tuple[str, Json]]:
    for one in part.get("extension", ()):
        if "valueReference" in one:
            yield one["url"], one["valueReference"]


def _is_clinicians(url: str, who: Json) -> bool:
    kind = _kind(who.get("reference")) or who.get("type")
    is_unnamed = url != OTHER and not who.get("reference") and kind is None
    return is_unnamed or kind in _CLINICIANS


def _kind(reference: str | None) -> str | None:
    """The type of resource that a reference, relative or absolute, names."""
    found = _KIND.search(reference or "")
    return found[1] if found else None
