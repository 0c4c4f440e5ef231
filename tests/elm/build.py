"""ELM in the shortest form that a test can read, and its value in our engine."""

from datetime import UTC, datetime
from typing import Any

from smartapp.elm import Evaluation, Program, compile_program

SYSTEM, FHIR = "{urn:hl7-org:elm-types:r1}", "{http://hl7.org/fhir}"
NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
VALUES = {"http://vs": frozenset({("http://loinc.org", "85337-4")})}


def node(kind: str, *operands: Any, **fields: Any) -> dict[str, Any]:
    """A node with its operands; one operand stands alone, as ELM writes it."""
    given = {} if not operands else {"operand": operands[0] if len(operands) == 1 else list(operands)}
    return {"type": kind, **given, **fields}


def literal(value: Any) -> dict[str, Any]:
    if value is None:
        return node("Null")
    kind = {bool: "Boolean", int: "Integer", str: "String"}[type(value)]
    text = str(value).lower() if isinstance(value, bool) else str(value)
    return node("Literal", valueType=SYSTEM + kind, value=text)


def named(name: str) -> dict[str, Any]:
    return node("NamedTypeSpecifier", name=name)


def listed(*values: Any) -> dict[str, Any]:
    return node("List", element=[literal(value) for value in values])


def date(*parts: int) -> dict[str, Any]:
    return node("Date", **dict(zip(("year", "month", "day"), map(literal, parts), strict=False)))


def retrieve(kind: str, **fields: Any) -> dict[str, Any]:
    return node("Retrieve", dataType=FHIR + kind, **fields)


def query(source: Any, *, alias: str = "X", **clauses: Any) -> dict[str, Any]:
    return node("Query", source=[{"alias": alias, "expression": source}], **clauses)


def of(path: str, scope: str = "X") -> dict[str, Any]:
    return node("Property", path=path, scope=scope)


def helper(name: str, operand: Any) -> dict[str, Any]:
    return {"type": "FunctionRef", "libraryName": "FHIRHelpers", "name": name, "operand": [operand]}


def library(defines: dict[str, Any], **parts: Any) -> dict[str, Any]:
    statements = [
        {"name": name, "accessLevel": "Public", "context": "Patient", "expression": expression}
        for name, expression in defines.items()
    ]
    includes = [{"localIdentifier": "FHIRHelpers", "path": "FHIRHelpers"}]
    own = {"identifier": {"id": "L"}, "includes": {"def": includes}, "statements": {"def": statements}}
    return {"library": {**own, **{name: {"def": value} for name, value in parts.items()}}}


HELPERS: dict[str, Any] = {"library": {"identifier": {"id": "FHIRHelpers"}}}


def program(defines: dict[str, Any], **parts: Any) -> Program:
    return compile_program([library(defines, **parts), HELPERS], VALUES)


def run(
    defines: dict[str, Any], *resources: Any, parameters: dict[str, Any] | None = None, **parts: Any
) -> Evaluation:
    return program(defines, **parts).evaluate("L", resources, parameters=parameters or {}, now=NOW)


def value(expression: Any, *resources: Any) -> Any:
    return run({"X": expression}, *resources).value("X")
