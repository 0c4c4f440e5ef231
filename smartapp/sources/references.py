"""References between resources, as the relative "Type/id" that they mean."""

from collections.abc import Iterator, Mapping
from typing import Any

from smartapp.facts import Resource

_SUBJECTS = ("subject", "patient", "beneficiary", "individual", "for")
_SUPPORTING = ("medicationReference", "request", "basedOn", "payor")


def subject_of(resource: Resource, full_urls: Mapping[str, str]) -> str | None:
    """The id of the patient whom a resource is about; None when it does not say."""
    for name in _SUBJECTS:
        kind, _, patient = (resolved(resource.get(name), full_urls) or "").partition("/")
        if kind == "Patient":
            return patient
    return None


def references(resource: Resource, full_urls: Mapping[str, str]) -> Iterator[str]:
    """What a resource needs others for to be understood: its medication, its request, its payer."""
    for name in _SUPPORTING:
        value = resource.get(name)
        for item in value if isinstance(value, list) else (value,):
            if reference := resolved(item, full_urls):
                yield reference


def resolved(value: Any, full_urls: Mapping[str, str]) -> str | None:
    """The "Type/id" that a Reference means; None when it points inside its own resource or nowhere."""
    text = value.get("reference") if isinstance(value, dict) else None
    if not isinstance(text, str) or text.startswith("#"):
        return None
    if text in full_urls:
        return full_urls[text]
    kind, _, name = text.partition("/_history/")[0].rpartition("/")
    kind = kind.rpartition("/")[2]
    return f"{kind}/{name}" if kind and name else None
