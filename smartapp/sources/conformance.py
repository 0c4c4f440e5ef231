"""Whether resources conform to FHIR R4, by the R4B models, which are the same for the types used here.

The models are imported where they are used: they cost 0.2 s once. What they say is never passed on as it
is, for it quotes the patient: only the names of elements are.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from smartapp.facts import Remark, Resource

_MOST_NAMED = 6


def remarks(resources: Iterable[Resource]) -> tuple[Remark, ...]:
    """One remark for each type of which some resources do not conform; they are used all the same."""
    odd: dict[str, list[tuple[str, ...]]] = {}
    for resource in resources:
        if found := faults(resource):
            odd.setdefault(str(resource["resourceType"]), []).append(found)
    return tuple(_remark(name, found) for name, found in odd.items())


def faults(resource: Resource) -> tuple[str, ...]:
    """The elements that are not as FHIR R4 has them, such as "code" or "stage.summary"; none: it conforms."""
    from fhir.resources.R4B import get_fhir_model_class  # noqa: PLC0415
    from pydantic import ValidationError  # noqa: PLC0415

    try:
        get_fhir_model_class(str(resource.get("resourceType"))).model_validate(resource)
    except ValidationError as error:
        details = error.errors(include_input=False, include_url=False, include_context=False)
        return tuple(dict.fromkeys(map(_element, details)))
    except (LookupError, ValueError, TypeError, AttributeError, RecursionError):
        return ("resourceType",)
    return ()


def _element(detail: Any) -> str:
    names = [str(part) for part in detail["loc"] if isinstance(part, str)]
    return ".".join(names) or "resource"


def _remark(resource_type: str, found: list[tuple[str, ...]]) -> Remark:
    named = tuple(dict.fromkeys(name for names in found for name in names))
    more = " and others" if len(named) > _MOST_NAMED else ""
    elements = ", ".join(_safe(named[:_MOST_NAMED]))
    what = f"{resource_type} resources that do not conform to FHIR R4: {len(found)} ({elements}{more})"
    return Remark(code="nonconformant", text=f"{what}; they are used as they are.")


def _safe(names: Iterable[str]) -> Iterator[str]:
    """Names of elements; what a server made up for a name may be anything."""
    for name in names:
        yield name if name.replace(".", "").replace("_", "").isalnum() else "an unknown element"
