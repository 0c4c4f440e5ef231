"""Our Questionnaire as each edition of DTR wants it: its expressions, its narrative, what it says of itself."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from html import escape
from typing import Any

from smartapp.outputs.dialect import Dialect

_DTR = "http://hl7.org/fhir/us/davinci-dtr/StructureDefinition/"
_LIBRARY = "http://hl7.org/fhir/StructureDefinition/cqf-library"
_PROFILES = {
    Dialect.V2_0: f"{_DTR}dtr-std-questionnaire|2.0.1",
    Dialect.V2_2: f"{_DTR}dtr-std-questionnaire|2.2.0",
}

Json = dict[str, Any]


def adapted(questionnaire: Mapping[str, Any], libraries: Iterable[str], dialect: Dialect) -> Json:
    """The Questionnaire in a dialect; `libraries` are the canonicals of all Libraries that it needs."""
    own = [e for e in questionnaire.get("extension", ()) if e["url"] != _LIBRARY]
    needed = [{"url": _LIBRARY, "valueCanonical": canonical} for canonical in libraries]
    whole = {
        **questionnaire,
        "meta": {"profile": [_PROFILES[dialect]]},
        "text": {"status": "generated", "div": _narrative(questionnaire)},
        "extension": [*needed, *own, *_ABOUT[dialect]],
    }
    rewritten: Json = _with_expressions(whole, _EXPRESSIONS[dialect])
    return rewritten


# DTR 2.2.0: who fills it in, how long that takes, and that every request needs one of its own
_ABOUT: Mapping[Dialect, tuple[Json, ...]] = {
    Dialect.V2_0: (),
    Dialect.V2_2: (
        {"url": f"{_DTR}questionnaireAudience", "valueCode": "clinical"},
        {
            "url": f"{_DTR}estimated-completion-time",
            "extension": [
                {"url": "clinicalTime", "valueCode": "over-5min"},
                {"url": "totalTime", "valueCode": "over-5min"},
            ],
        },
        {"url": f"{_DTR}request-specific", "valueBoolean": True},
    ),
}


def _with_expressions(node: Any, rewrite: Callable[[Mapping[str, Any]], Json]) -> Any:
    if isinstance(node, list):
        return [_with_expressions(item, rewrite) for item in node]
    if not isinstance(node, dict):
        return node
    return {
        key: rewrite(value) if key == "valueExpression" else _with_expressions(value, rewrite)
        for key, value in node.items()
    }


def _expression_2_0(expression: Mapping[str, Any]) -> Json:
    """FHIRPath is a part of CQL, and 2.0.1 knows the language "text/cql" only."""
    return {**expression, "language": "text/cql"}


def _expression_2_2(expression: Mapping[str, Any]) -> Json:
    """An identifier of a library (spec-86), with its compiled form beside it (spec-96); FHIRPath as FHIRPath."""
    if expression["language"] != "text/cql":
        return dict(expression)
    library, _, name = expression["expression"].strip('"').partition('"."')
    elm = f'{{"type":"ExpressionRef","libraryName":"{library}","name":"{name}"}}'
    compiled = {"language": "application/elm+json", "expression": elm}
    alternative = {"url": f"{_DTR}alternativeExpression", "valueExpression": compiled}
    return {"extension": [alternative], **expression, "language": "text/cql-identifier"}


_EXPRESSIONS: Mapping[Dialect, Callable[[Mapping[str, Any]], Json]] = {
    Dialect.V2_0: _expression_2_0,
    Dialect.V2_2: _expression_2_2,
}


def _narrative(questionnaire: Mapping[str, Any]) -> str:
    """The form in a few lines of XHTML: what it is, and its parts."""
    parts = "".join(f"<li>{escape(item['text'])}</li>" for item in _parts(questionnaire))
    said = "".join(
        f"<p>{escape(questionnaire[key])}</p>" for key in ("title", "description") if key in questionnaire
    )
    listed = f"<ul>{parts}</ul>" if parts else ""
    return f'<div xmlns="http://www.w3.org/1999/xhtml">{said}{listed}</div>'


def _parts(questionnaire: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    return (item for item in questionnaire.get("item", ()) if "text" in item)
