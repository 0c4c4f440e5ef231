"""An answer of a QuestionnaireResponse: its value, where it came from, and how it is marked as someone's own."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from smartapp.outputs.form import authors
from smartapp.outputs.form.authors import Author

ORIGIN = "http://hl7.org/fhir/us/davinci-dtr/StructureDefinition/information-origin"
SOURCE = "https://smartapp.example/fhir/StructureDefinition/answer-source"
Answer = Mapping[str, Any]


def value(answer: Answer) -> Any:
    """The answer's value, whatever its type, or None."""
    return next((held for key, held in answer.items() if key.startswith("value")), None)


def origin(answer: Answer) -> str | None:
    """`auto` (from the chart), `override` (changed by a person), `manual` (given by a person), or None.

    DTR 2.2 says "auto-client" and "auto-server" where 2.0.1 says "auto".
    """
    source = next((part.get("valueCode") for part in _origin_parts(answer) if part["url"] == "source"), None)
    return "auto" if source and source.startswith("auto") else source


def author(answer: Answer) -> str | None:
    """The name, or else the reference, of the person who gave or changed the answer."""
    given = (authors.name(part) for part in _origin_parts(answer) if part["url"] == "author")
    return next(given, None)


def is_own(answer: Answer) -> bool:
    """Whether a person gave or changed it."""
    return origin(answer) in ("override", "manual")


def sources(answer: Answer) -> tuple[str, ...]:
    """The resources that the answer came from, as "Type/id"."""
    found = (e["valueReference"]["reference"] for e in answer.get("extension", ()) if e["url"] == SOURCE)
    return tuple(found)


def mark(answer: Answer, *, before: Answer | None, cleared: bool, by: Author) -> dict[str, Any]:
    """The answer as `by` gave it: `override` over one from the chart, `manual` where there was none.

    What else was known about the answer that it replaces is kept. `cleared`: the one from the chart was taken
    out before. DTR "information-origin": an author stands beside override and manual, never beside auto.
    """
    changed = cleared or (before is not None and origin(before) in ("auto", "override"))
    kept = [e for e in (before or {}).get("extension", ()) if e["url"] != ORIGIN]
    parts = [{"url": "source", "valueCode": "override" if changed else "manual"}, authors.part(by)]
    return {**answer, "extension": [{"url": ORIGIN, "extension": parts}, *kept]}


def overriding(answer: Answer) -> dict[str, Any]:
    """A manual answer as `override`: the chart says something there now (DTR 2.2 spec-72). Any other as it is."""
    if origin(answer) != "manual":
        return dict(answer)
    changed = {"url": "source", "valueCode": "override"}
    return {
        **answer,
        "extension": [
            {**e, "extension": [changed if part["url"] == "source" else part for part in e["extension"]]}
            if e["url"] == ORIGIN
            else e
            for e in answer["extension"]
        ],
    }


def taken_from(answer: Answer, *, over: Answer | None, by: Author) -> dict[str, Any]:
    """An answer that a person gave in another app: its value, origin and author, and nothing else of it.

    `by` stands for an author that it does not name; `over` is what the chart had filled in here (spec-72).
    """
    held = {key: part for key, part in answer.items() if key.startswith("value")}
    kept = [e for e in (over or {}).get("extension", ()) if e["url"] != ORIGIN]
    source = "override" if over else origin(answer)
    given = next((part for part in _origin_parts(answer) if part["url"] == "author" and author(answer)), None)
    parts = [{"url": "source", "valueCode": source}, given or authors.part(by)]
    return {**held, "extension": [{"url": ORIGIN, "extension": parts}, *kept]}


def is_copied(response: Mapping[str, Any], links: Iterable[str]) -> bool:
    """Whether a form only repeats, on these questions, what the chart had filled in."""
    about = frozenset(links)
    given = [a for link, held in all_answers(response.get("item", ())) if link in about for a in held]
    return bool(given) and all(origin(answer) == "auto" for answer in given)


def all_answers(items: Iterable[Mapping[str, Any]]) -> Iterator[tuple[str, list[Answer]]]:
    """The answers of these items and of those below them, by linkId; an EHR's form may lack one."""
    for item in items:
        if item.get("answer") and "linkId" in item:
            yield item["linkId"], item["answer"]
        yield from all_answers(item.get("item", ()))


def _origin_parts(answer: Answer) -> Iterator[Mapping[str, Any]]:
    return (p for e in answer.get("extension", ()) if e["url"] == ORIGIN for p in e.get("extension", ()))
