"""What DTR 2.2.0 asks of what we emit, from its FSH sources, for there is no compiled package.

Profiles dtr-base-questionnaire, dtr-std-questionnaire, dtr-questionnaireresponse, DTR-QPackageBundle and
dtr-qpackage-output-parameters, extension information-origin; invariants dtrq-2, dtrq-6, dtrb-1, dtrx-1.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from davinci import origins

_DTR = "http://hl7.org/fhir/us/davinci-dtr/StructureDefinition/"
_USES = {"withpa", "withclaim", "withorder", "retain-doc", "OTH"}
_TIMES = {"under-1min", "under-3min", "under-5min", "over-5min"}
_BUNDLED = ("Questionnaire", "QuestionnaireResponse", "ValueSet", "Library")

Json = Mapping[str, Any]


def parameters(given: Json) -> Iterator[str]:
    names = [part["name"] for part in given.get("parameter", ())]
    if not names:
        yield "no parameter"
    if names.count("outcome") > 1 or set(names) - {"packagebundle", "outcome"}:
        yield f"parameters {names}"
    for part in given.get("parameter", ()):
        if part["name"] == "packagebundle":
            yield from bundle(part["resource"])


def bundle(given: Json) -> Iterator[str]:
    kinds = [entry["resource"]["resourceType"] for entry in given["entry"]]
    if given["type"] != "collection" or kinds[0] != "Questionnaire":
        yield "dtrb-1: a collection that begins with the Questionnaire"
    if kinds.count("Questionnaire") != 1 or kinds.count("QuestionnaireResponse") != 1:
        yield "one Questionnaire, one QuestionnaireResponse"
    if set(kinds) - set(_BUNDLED):
        yield "the slices are closed"
    for resource in (entry["resource"] for entry in given["entry"]):
        if resource["resourceType"] == "Questionnaire":
            yield from questionnaire(resource)
        elif resource["resourceType"] == "QuestionnaireResponse":
            yield from response(resource)


def questionnaire(given: Json) -> Iterator[str]:
    if given.get("subjectType") != ["Patient"]:
        yield "subjectType is Patient"
    if given.get("version") is None or given.get("url") is None:
        yield "url and version"
    extensions = {e["url"]: e for e in given.get("extension", ())}
    audience = extensions.get(f"{_DTR}questionnaireAudience", {}).get("valueCode")
    times = extensions.get(f"{_DTR}estimated-completion-time", {}).get("extension", ())
    if audience not in {None, "clinical", "admin", "patient"}:
        yield "audience"
    if audience in {"clinical", "patient"} and times and "clinicalTime" not in {t["url"] for t in times}:
        yield "dtrq-6"
    if any(time["valueCode"] not in _TIMES for time in times):
        yield "a time that is none"
    for item in origins.items(given):
        if not item.get("text"):
            yield f"{item['linkId']}: text"
        if item["type"] in {"choice", "open-choice"} and not {"answerOption", "answerValueSet"} & set(item):
            yield f"dtrq-2: {item['linkId']}"


def response(given: Json) -> Iterator[str]:
    found = [(e["url"].removeprefix(_DTR), e) for e in given.get("extension", ())]
    coverages = [e["valueReference"]["reference"] for name, e in found if name == "qr-coverage"]
    contexts = [e["valueReference"]["reference"] for name, e in found if name == "qr-context"]
    uses = [e["valueCodeableConcept"]["coding"][0] for name, e in found if name == "intendedUse"]
    if not coverages or not all(name.startswith("Coverage/") for name in coverages):
        yield "qr-coverage 1..*"
    if any(name.startswith("Coverage/") for name in contexts):
        yield "a Coverage is no context"
    if not uses or any(use["code"] not in _USES for use in uses):
        yield "intendedUse 1..*"
    if any(not use["system"].endswith(("coverage-information-codes", "v3-NullFlavor")) for use in uses):
        yield "intendedUse of the code system of CRD 2.2"
    if {"basedOn", "partOf"} & set(given) or "|" not in given.get("questionnaire", ""):
        yield "no basedOn, no partOf, a questionnaire with version"
    if not given.get("authored") or not given.get("subject"):
        yield "authored and subject"
    if wrong := origins.sources(given) - {"auto-client", "auto-server", "override", "manual"}:
        yield f"sources {wrong}"
    yield from (f"dtrx-1: {name}" for name in origins.without_author(given))
