"""Every answer of the form with where it came from, in the form's order, as rows to print."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from smartapp.outputs.packet.sources import Sources
from smartapp.outputs.questionnaire import ORIGIN, SOURCE, is_enabled
from smartapp.policies import Policy
from smartapp.policies.form import Item

Json = Mapping[str, Any]

_ORIGINS = {"auto": "from the chart", "override": "changed by clinician", "manual": "entered by clinician"}


def groups(questionnaire: Json, response: Json, sources: Sources) -> list[dict[str, Any]]:
    """The answered groups at the top of the form: { title, rows }; a row is a heading or an answer."""
    defined = {item["linkId"]: item for item in questionnaire.get("item", ())}
    found = []
    for given in response.get("item", ()):
        item = defined.get(given["linkId"], {})
        rows = list(_rows(item, given, item.get("prefix") or "", sources))
        if rows:
            found.append({"title": item.get("text") or given["linkId"], "rows": rows})
    return found


def unanswered(policy: Policy, response: Json) -> list[str]:
    """The questions that the form requires and that have no answer yet."""
    given = dict(given_answers(response))
    required = _required(policy.questionnaire)
    return [
        item.text or item.link_id
        for item in _open_items(policy.form, given)
        if item.link_id in required and item.link_id not in given
    ]


def given_answers(response: Json) -> Iterator[tuple[str, list[Json]]]:
    """The linkId and the answers of every answered item."""
    for item in response.get("item", ()):
        if item.get("answer"):
            yield item["linkId"], item["answer"]
        yield from given_answers(item)


def said(answer: Json) -> str:
    """The value of one answer, for a person."""
    key = next((key for key in answer if key.startswith("value")), "")
    value: Any = answer.get(key, "")
    if key == "valueBoolean":
        return "Yes" if value else "No"
    if key == "valueCoding":
        return _coding(value)
    if key == "valueQuantity":
        return f"{value.get('value', '')} {value.get('unit') or value.get('code') or ''}".strip()
    if key in ("valueReference", "valueAttachment"):
        return str(value.get("display") or value.get("title") or value.get("reference") or "")
    return str(value)


def origin(answer: Json) -> str:
    """Where the answer came from: the chart, or a clinician, by name where that is recorded."""
    marks = [e for e in answer.get("extension", ()) if e.get("url") == ORIGIN]
    source = next(
        (p.get("valueCode") for e in marks for p in e.get("extension", ()) if p["url"] == "source"), ""
    )
    author = next((name for mark in marks for name in _names(mark)), "")
    words = _ORIGINS.get(str(source), "origin not recorded")
    return words.replace("clinician", author) if author else words


def is_from_chart(answer: Json) -> bool:
    """Whether the answer is as the chart filled it."""
    return _origin_code(answer) == "auto"


def questions_of(questionnaire: Json) -> dict[str, str]:
    """The text of every item, by its linkId."""
    found: dict[str, str] = {}
    for item in questionnaire.get("item", ()):
        found[item["linkId"]] = item.get("text") or item["linkId"]
        found |= questions_of(item)
    return found


def _marks(answer: Json) -> list[Json]:
    return [e for e in answer.get("extension", ()) if e.get("url") == ORIGIN]


def _origin_code(answer: Json) -> str:
    parts = (part for mark in _marks(answer) for part in mark.get("extension", ()))
    return next((str(part.get("valueCode")) for part in parts if part.get("url") == "source"), "")


def _rows(item: Json, given: Json, number: str, sources: Sources) -> Iterator[dict[str, str]]:
    defined = {below["linkId"]: below for below in item.get("item", ())}
    counts: dict[str, int] = {}
    for below in given.get("item", ()):
        inner = defined.get(below["linkId"], {})
        counts[below["linkId"]] = counts.get(below["linkId"], 0) + 1
        nth = counts[below["linkId"]] if inner.get("repeats") else 0
        yield from _item(inner, below, nth, sources)
    if given.get("answer") and item.get("type") != "group":
        yield _answer(item, given, number, sources)


def _item(item: Json, given: Json, nth: int, sources: Sources) -> Iterator[dict[str, str]]:
    number = item.get("prefix") or ""
    if given.get("answer"):
        yield _answer(item, given, number, sources)
    if not given.get("item"):
        return
    if item.get("type") == "group":
        title = f"{item.get('text') or given['linkId']}{f' ({nth})' if nth else ''}"
        yield {"heading": title, "number": number}
    yield from _rows({**item, "type": "group"}, given, "", sources)


def _answer(item: Json, given: Json, number: str, sources: Sources) -> dict[str, str]:
    answers = given["answer"]
    return {
        "number": number,
        "question": item.get("text") or given.get("text") or given["linkId"],
        "answer": "; ".join(map(said, answers)),
        "origin": "; ".join(dict.fromkeys(map(origin, answers))),
        "source": sources.cite(ref for answer in answers for ref in _references(answer)),
    }


def _references(answer: Json) -> Iterator[str]:
    for extension in answer.get("extension", ()):
        if extension.get("url") == SOURCE and isinstance(extension.get("valueReference"), Mapping):
            yield str(extension["valueReference"].get("reference", ""))


def _names(node: Json) -> Iterator[str]:
    """The display of every reference below an extension."""
    for below in node.get("extension", ()):
        reference = below.get("valueReference")
        if isinstance(reference, Mapping) and (reference.get("display") or reference.get("reference")):
            yield str(reference.get("display") or reference.get("reference"))
        yield from _names(below)


def _coding(coding: Json) -> str:
    display, code = coding.get("display"), coding.get("code")
    system = str(coding.get("system", ""))
    if display and code and "smartapp.example" not in system:
        return f"{display} ({code})"
    return str(display or code or "")


def _required(node: Json) -> set[str]:
    below = list(node.get("item", ()))
    return {i["linkId"] for i in below if i.get("required")}.union(*map(_required, below))


def _open_items(items: Iterable[Item], given: Mapping[str, list[Any]]) -> Iterator[Item]:
    for item in items:
        if is_enabled(item, given):
            yield item
            yield from _open_items(item.items, given)
