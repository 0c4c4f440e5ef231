"""Where the answers of a form came from, against the form: what an Inferno DTR client test asks of a response."""

from collections.abc import Iterator, Mapping
from typing import Any

_ORIGIN = "http://hl7.org/fhir/us/davinci-dtr/StructureDefinition/information-origin"
_FILLING = ("initialExpression", "calculatedExpression", "candidateExpression")
_AUTO = {"auto", "auto-client", "auto-server"}

Json = Mapping[str, Any]


def wrong(response: Json, questionnaire: Json) -> list[str]:
    """The linkIds whose answers cannot have come from where they say: filled without an expression, or none said."""
    fillable = {item["linkId"] for item in items(questionnaire) if is_fillable(item)}
    return [
        item["linkId"]
        for item in items(response)
        for answer in item.get("answer", ())
        if _source(answer) not in ({*_AUTO, "override"} if item["linkId"] in fillable else {"manual"})
    ]


def without_author(response: Json) -> list[str]:
    """dtrx-1: an author for what a person answered, none for what was filled."""
    return [
        item["linkId"]
        for item in items(response)
        for answer in item.get("answer", ())
        if (_source(answer) in _AUTO) == ("author" in _parts(answer))
    ]


def missing(response: Json, complete: Json) -> list[str]:
    """The linkIds that a complete response answers and this one does not."""
    answered = {item["linkId"] for item in items(response) if "answer" in item}
    return [i["linkId"] for i in items(complete) if "answer" in i and i["linkId"] not in answered]


def items(node: Json) -> Iterator[Json]:
    """Every item below, in order."""
    for item in node.get("item", ()):
        yield item
        yield from items(item)
        for answer in item.get("answer", ()):
            yield from items(answer)


def is_fillable(item: Json) -> bool:
    return any(e["url"].endswith(_FILLING) for e in item.get("extension", ()))


def sources(response: Json) -> set[str | None]:
    return {_source(answer) for item in items(response) for answer in item.get("answer", ())}


def _source(answer: Json) -> str | None:
    return _parts(answer).get("source", {}).get("valueCode")


def _parts(answer: Json) -> dict[str, Json]:
    found = [e for e in answer.get("extension", ()) if e["url"] == _ORIGIN]
    return {part["url"]: part for e in found for part in e.get("extension", ())}
