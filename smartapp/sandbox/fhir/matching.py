"""Whether a resource is what one search parameter asks for."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from smartapp.facts import Resource
from smartapp.sandbox.fhir import dates
from smartapp.sandbox.fhir.parameters import Kind, Parameter


def matches(resource: Resource, parameter: Parameter, asked: str) -> bool:
    """Whether any value of the resource is any of the values, which commas part."""
    held = [value for element in parameter.elements for value in values(resource, element)]
    compare = _COMPARE[parameter.kind]
    return any(compare(value, one, parameter) for one in asked.split(",") for value in held)


def values(resource: Any, path: str) -> Iterator[Any]:
    """Every value at a dotted path, through lists."""
    first, _, rest = path.partition(".")
    found = resource.get(first) if isinstance(resource, dict) else None
    for value in found if isinstance(found, list) else [found]:
        if value is None:
            continue
        if rest:
            yield from values(value, rest)
        else:
            yield value


def _reference(value: Any, asked: str, parameter: Parameter) -> bool:
    name = asked if "/" in asked else f"{parameter.target}/{asked}"
    return isinstance(value, dict) and value.get("reference") in {name, "/".join(name.split("/")[-2:])}


def _token(value: Any, asked: str, _: Parameter) -> bool:
    system, bar, code = asked.rpartition("|")
    return any(
        (not bar or (held_system or "") == system) and (not code or held_code == code)
        for held_system, held_code in _codes(value)
    )


def _codes(value: Any) -> Iterator[tuple[str | None, Any]]:
    """The pairs of system and code in a CodeableConcept, Coding, Identifier, code or boolean."""
    if not isinstance(value, dict):
        yield None, {True: "true", False: "false"}.get(value, value) if isinstance(value, bool) else value
    elif "coding" in value or "text" in value:
        for coding in value.get("coding", ()):
            yield from _codes(coding)
    else:
        yield value.get("system"), value.get("code", value.get("value"))


def _string(value: Any, asked: str, _: Parameter) -> bool:
    return isinstance(value, str) and value.casefold().startswith(asked.casefold())


def _uri(value: Any, asked: str, _: Parameter) -> bool:
    # a canonical that is asked for without a version is any version
    return isinstance(value, str) and asked in (value, value.partition("|")[0])


def _date(value: Any, asked: str, _: Parameter) -> bool:
    return dates.matches(value, asked)


_COMPARE: Mapping[Kind, Callable[[Any, str, Parameter], bool]] = {
    "reference": _reference,
    "token": _token,
    "string": _string,
    "uri": _uri,
    "date": _date,
}
