"""Whether a resource is valid FHIR R4: the practice EHR refuses what a strict EHR would."""

from typing import Any


def problem_of(resource: dict[str, Any]) -> str | None:
    """What is wrong with a resource, without its values; None when nothing is."""
    # imported with the first write: the models take longer to load than the EHR to start
    from fhir.resources.R4B import get_fhir_model_class  # noqa: PLC0415
    from pydantic import ValidationError  # noqa: PLC0415

    try:
        get_fhir_model_class(resource["resourceType"]).model_validate(resource)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False, include_context=False)[0]
        return f"{'.'.join(map(str, first['loc']))}: {first['msg']}"
    return None
