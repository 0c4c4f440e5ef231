"""What the EHR calls its user, where the id_token does not say."""

from collections.abc import Mapping
from typing import Any

from smartapp.errors import SmartappError
from smartapp.sources.chart import Server

_SECONDS = 3.0


def name(server: Server, reference: str) -> str | None:
    """The name of the Practitioner or other person behind a launch; None when the EHR does not tell."""
    try:
        found = server.read(reference, seconds=_SECONDS)
        if found.get("resourceType") == "PractitionerRole":
            found = server.read(str(found["practitioner"]["reference"]), seconds=_SECONDS)
    except (SmartappError, LookupError, TypeError):
        return None
    names = found.get("name")
    usable = [item for item in names if isinstance(item, dict)] if isinstance(names, list) else []
    return _written(usable[0]) if usable else None


def _written(human_name: Mapping[str, Any]) -> str | None:
    """FHIR R4 HumanName: its text, or prefix, given, family and suffix in this order."""
    text = human_name.get("text")
    if isinstance(text, str) and text.strip():
        return text.strip()
    parts = [*_texts(human_name, "prefix"), *_texts(human_name, "given"), human_name.get("family")]
    whole = " ".join(part for part in parts if isinstance(part, str) and part)
    return ", ".join(part for part in (whole, *_texts(human_name, "suffix")) if part) or None


def _texts(human_name: Mapping[str, Any], field: str) -> list[str]:
    value = human_name.get(field)
    return [item for item in value if isinstance(item, str)] if isinstance(value, list) else []
