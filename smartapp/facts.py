"""One patient's resources as they came, where each came from, and what could not be read."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

Resource = Mapping[str, Any]
"""A FHIR R4 resource as parsed JSON."""


class Gap(StrEnum):
    """Why a resource type could not be read completely."""

    NOT_SENT = "not-sent"
    NOT_GRANTED = "not-granted"
    NOT_SUPPORTED = "not-supported"
    FAILED = "failed"
    INCOMPLETE = "incomplete"


@dataclass(frozen=True, slots=True, kw_only=True)
class Unread:
    """A resource type that was not read, or not to the end; never the same as "there is none"."""

    type: str
    gap: Gap
    text: str
    """What happened, for a person: "The EHR refused access to Observation (403)."."""


def in_words(unread: Iterable[Unread]) -> tuple[str, ...]:
    """What was not read, in sentences: the types of which the same is said are named in one."""
    said: dict[str, list[str]] = {}
    for item in unread:
        said.setdefault(item.text.replace(item.type, _NAMED, 1), []).append(item.type)
    return tuple(_sentence(text, list(dict.fromkeys(types))) for text, types in said.items())


_NAMED = "\0"
_WAS = f"{_NAMED} was"


def _sentence(text: str, types: list[str]) -> str:
    if len(types) == 1:
        return text.replace(_NAMED, types[0])
    named = f"{', '.join(types[:-1])} and {types[-1]}"
    plural = f"{_NAMED} were{text[len(_WAS) :]}" if text.startswith(_WAS) else text
    return plural.replace(_NAMED, named)


@dataclass(frozen=True, slots=True, kw_only=True)
class Remark:
    """Something odd about the input that changes no answer but must be seen."""

    code: str
    text: str
    reference: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """One patient's resources, immutable, and the limits of what is known about the patient."""

    patient_id: str
    resources: tuple[Resource, ...]
    unread: tuple[Unread, ...] = ()
    remarks: tuple[Remark, ...] = ()
    origins: Mapping[str, str] = field(default_factory=dict)
    """Where a resource came from ("prefetch", "file", "https://ehr.example/r4"), by "Type/id"."""
    full_urls: Mapping[str, str] = field(default_factory=dict)
    """The "Type/id" behind a Bundle entry's fullUrl, for references by urn:uuid or by address."""

    def of_type(self, *types: str) -> Iterator[Resource]:
        """The resources of these types, in the order in which they came."""
        return (r for r in self.resources if r.get("resourceType") in types)

    def find(self, reference: str) -> Resource | None:
        """The resource that "Type/id" names, or None."""
        return next((r for r in self.resources if reference_of(r) == reference), None)


def reference_of(resource: Resource) -> str:
    """The relative reference of a resource, "Type/id"."""
    return f"{resource.get('resourceType')}/{resource.get('id')}"


def is_forbidden(order: Resource) -> bool:
    """Whether an order says that it must not be carried out; a doNotPerform that is no boolean says so too."""
    return order.get("doNotPerform") not in (None, False, "false", "False")
