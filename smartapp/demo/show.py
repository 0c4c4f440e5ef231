"""Cards and forms as text for a terminal."""

import re
import textwrap
from collections.abc import Iterator, Mapping
from typing import Any

_WIDTH = 96
_EMPHASIS = re.compile(r"\*{1,2}([^*]+)\*{1,2}")
_ESCAPED = re.compile(r"\\([\\`*_{}\[\]<>#|~!])")
_ENTITIES = {"&lt;": "<", "&gt;": ">", "&amp;": "&"}


def heading(title: str) -> Iterator[str]:
    """A line to find one's place by."""
    yield ""
    yield f"=== {title} ".ljust(_WIDTH, "=")


def order_lines(request: Mapping[str, Any]) -> Iterator[str]:
    """What is being ordered, and for whom."""
    entries = request["context"]["draftOrders"]["entry"]
    for order in (entry["resource"] for entry in entries):
        drug = order["medicationCodeableConcept"]["text"]
        yield f"Order {order['resourceType']}/{order['id']}: {drug}, for {order['subject']['reference']}"


def answer(body: Mapping[str, Any]) -> Iterator[str]:
    """The cards of an answer with the forms that they offer; of a refusal what it says."""
    if "cards" not in body:
        yield from _wrapped(str(body["issue"][0]["diagnostics"]))
    elif not body["cards"]:
        yield "No card: these orders are not what a policy here is about."
    for card in body.get("cards", ()):
        yield from _card(card)
        for suggestion in card.get("suggestions", ()):
            for action in suggestion["actions"]:
                yield from form(action["resource"])


def form(response: Mapping[str, Any]) -> Iterator[str]:
    """A QuestionnaireResponse, item by item, with where each answer came from."""
    yield ""
    yield f"Pre-filled form {response['questionnaire']} ({response['status']})"
    yield from _items(response.get("item", ()), depth=1)


def _card(card: Mapping[str, Any]) -> Iterator[str]:
    yield f"CARD [{card['indicator']}] from {card['source']['label']}"
    yield from _wrapped(card["summary"], start="  ")
    yield ""
    for line in card.get("detail", "").split("\n"):
        depth = len(line) - len(line.lstrip())
        yield from _wrapped(plain(line.strip()), start="  " + " " * depth)
    yield ""
    for link in card.get("links", ()):
        yield f"  -> {link['label']}: {link['url']}"


def _items(items: Any, *, depth: int) -> Iterator[str]:
    for item in items:
        start = "  " * depth
        text = item.get("text", item["linkId"])
        answers = ", ".join(_value(given) for given in item.get("answer", ()))
        yield from _wrapped(f"{text}: {answers}" if answers else text, start=start)
        yield from _items(item.get("item", ()), depth=depth + 1)


def _value(given: Mapping[str, Any]) -> str:
    value = next((given[name] for name in given if name.startswith("value")), "")
    if isinstance(value, Mapping):
        value = value.get("display") or value.get("code") or value.get("reference")
    shown = {True: "yes", False: "no"}.get(value, value) if isinstance(value, bool) else value
    sources = [reference for extension in given.get("extension", ()) for reference in _references(extension)]
    return f"{shown}  [from {', '.join(sources)}]" if sources else f"{shown}"


def _references(extension: Mapping[str, Any]) -> Iterator[str]:
    reference = extension.get("valueReference", {}).get("reference")
    if reference:
        yield str(reference)


def plain(markdown: str) -> str:
    """The words of a line of Markdown."""
    words = _ESCAPED.sub(r"\1", _EMPHASIS.sub(r"\1", markdown))
    for entity, character in _ENTITIES.items():
        words = words.replace(entity, character)
    return words


def _wrapped(text: str, *, start: str = "") -> Iterator[str]:
    hang = start + ("  " if text.startswith("- ") else "")
    yield from textwrap.wrap(text, _WIDTH, initial_indent=start, subsequent_indent=hang) or [""]
