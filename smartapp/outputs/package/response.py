"""A QuestionnaireResponse in a dialect of DTR: what it is about, what it is for, where its answers came from."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from smartapp.outputs.dialect import Dialect
from smartapp.outputs.form.answers import ORIGIN

_DTR = "http://hl7.org/fhir/us/davinci-dtr/StructureDefinition/"
_CRD = "http://hl7.org/fhir/us/davinci-crd/CodeSystem/"
_PROFILES = {
    Dialect.V2_0: f"{_DTR}dtr-questionnaireresponse|2.0.1",
    Dialect.V2_2: f"{_DTR}dtr-questionnaireresponse|2.2.0",
}
_USES = {Dialect.V2_0: f"{_CRD}temp", Dialect.V2_2: f"{_CRD}coverage-information-codes"}
_FILLED = frozenset({"auto", "auto-client", "auto-server"})
AUTO_SERVER = "auto-server"
AUTO_CLIENT = "auto-client"

Json = dict[str, Any]


def in_context(
    response: Mapping[str, Any],
    dialect: Dialect,
    *,
    coverages: Iterable[str],
    requests: Iterable[str],
    filled: str = AUTO_SERVER,
) -> Json:
    """The response for these Coverages and requests ("Type/id"), for prior authorization.

    `filled` says who filled what this service calls auto: 2.2 wants to know, 2.0.1 calls it auto too. The
    response claims the profile of its dialect only with the Coverage, and in 2.0.1 the request, that it asks for.
    """
    about = tuple(coverages), tuple(requests)
    mine = {f"{_DTR}{name}" for name in ("qr-context", "qr-coverage", "intendedUse")}
    others = [e for e in response.get("extension", ()) if e["url"] not in mine]
    whole = {**response, "extension": [*_context(dialect, *about), *others]}
    if all(about) or (about[0] and dialect is Dialect.V2_2):
        whole["meta"] = {**response.get("meta", {}), "profile": [_PROFILES[dialect]]}
    return whole if dialect is Dialect.V2_0 else with_origin(whole, filled)


def with_origin(response: Mapping[str, Any], source: str) -> Json:
    """The response with this source for all that was filled automatically.

    Answers of a clinician (override, manual) stay as they are, with their authors.
    """
    whole = dict(response)
    if "item" in whole:
        whole["item"] = [_marked(item, source) for item in whole["item"]]
    return whole


def _context(dialect: Dialect, coverages: tuple[str, ...], requests: tuple[str, ...]) -> Iterator[Json]:
    """2.0.1 has Coverages among the contexts, 2.2 beside them."""
    about = "qr-context" if dialect is Dialect.V2_0 else "qr-coverage"
    yield from ({"url": f"{_DTR}{about}", "valueReference": {"reference": name}} for name in coverages)
    yield from ({"url": f"{_DTR}qr-context", "valueReference": {"reference": name}} for name in requests)
    use = {"coding": [{"system": _USES[dialect], "code": "withpa"}]}
    yield {"url": f"{_DTR}intendedUse", "valueCodeableConcept": use}


def _marked(item: Mapping[str, Any], source: str) -> Json:
    marked = dict(item)
    if "answer" in item:
        marked["answer"] = [_answer(answer, source) for answer in item["answer"]]
    if "item" in item:
        marked["item"] = [_marked(below, source) for below in item["item"]]
    return marked


def _answer(answer: Mapping[str, Any], source: str) -> Json:
    marked = dict(answer)
    if "extension" in answer:
        marked["extension"] = [_extension(e, source) for e in answer["extension"]]
    if "item" in answer:
        marked["item"] = [_marked(below, source) for below in answer["item"]]
    return marked


def _extension(extension: Mapping[str, Any], source: str) -> Mapping[str, Any]:
    if extension["url"] != ORIGIN:
        return extension
    parts = [
        {**part, "valueCode": source} if part["url"] == "source" and part["valueCode"] in _FILLED else part
        for part in extension["extension"]
    ]
    return {**extension, "extension": parts}
