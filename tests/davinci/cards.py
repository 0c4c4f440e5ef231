"""The rules for the answer of a CDS service: CDS Hooks 2.0.1 "CDS Service Response", with what CRD adds.

The stricter of both readings where they differ: a suggestion needs its uuid (CRD resp-3), an action its description
(CDS Hooks 2.0.1; CRD's own example of a system action has none).
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[1-5][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
_CARD = {"uuid", "summary", "detail", "indicator", "source", "suggestions", "selectionBehavior"} | {
    "overrideReasons",
    "links",
    "extension",
}
_TOO_LONG = 140

Json = Mapping[str, Any]


def problems(answer: Json, *, with_uuids: bool = True, primary: bool = False) -> list[str]:
    """What is wrong with an answer; `with_uuids` False judges as Inferno does, for 2.0.1.

    `primary`: the answer is one to an order that is in scope, at a hook where CRD wants system actions.
    """
    found = [*_empty(answer, "answer")]
    if primary and not isinstance(answer.get("systemActions"), list):
        found.append("systemActions missing")
    if not isinstance(answer.get("cards"), list):
        return [*found, "cards missing"]
    for number, card in enumerate(answer["cards"]):
        found += [f"cards[{number}] {text}" for text in _card(card, with_uuids=with_uuids)]
    for number, action in enumerate(answer.get("systemActions", ())):
        found += [f"systemActions[{number}] {text}" for text in _action(action)]
    uuids = [card["uuid"] for card in answer["cards"] if "uuid" in card]
    if with_uuids and len(set(uuids)) < len(uuids):
        found.append("two cards with one uuid")
    return found


def kind_of(card: Json) -> str:
    """The response type that a card is of, as Inferno tells them apart; "ours" opens our app and saves the form."""
    links = {link.get("type") for link in card.get("links", ())}
    actions = [a for s in card.get("suggestions", ()) for a in s.get("actions", ())]
    created = {a["resource"]["resourceType"] for a in actions if a["type"] == "create"}
    if "QuestionnaireResponse" in created:
        return "ours"
    if "Task" in created:
        return "form-completion"
    if actions:
        return "additional-orders" if all(a["type"] == "create" for a in actions) else "alternate"
    if not links:
        return "instructions"
    return {frozenset({"absolute"}): "external-reference"}.get(frozenset(links), "smart")


def _empty(value: Any, path: str) -> Iterator[str]:
    """CDS Hooks 2.0.1: null and empty values are left out, but for `cards`."""
    if value in (None, "", [], {}) and path != "answer.cards":
        yield f"{path} is empty"
    members = (
        value.items() if isinstance(value, Mapping) else enumerate(value) if isinstance(value, list) else ()
    )
    for name, item in members:
        yield from _empty(item, f"{path}.{name}")


def _card(card: Json, *, with_uuids: bool) -> Iterator[str]:
    if unknown := sorted(set(card) - _CARD):
        yield f"has {', '.join(unknown)}"
    if with_uuids and not _UUID.fullmatch(str(card.get("uuid"))):
        yield "has no uuid"
    if not isinstance(card.get("summary"), str) or len(card["summary"]) >= _TOO_LONG:
        yield "summary is missing or too long"
    if card.get("indicator") not in ("info", "warning", "critical"):
        yield "indicator is none of the three"
    source = card.get("source", {})
    if not isinstance(source.get("label"), str) or not {"code", "system"} <= set(source.get("topic", {})):
        yield "source lacks label or topic"
    if re.search(r"<[a-z/!]", str(card.get("detail", "")), re.IGNORECASE):
        yield "detail holds markup"
    for link in card.get("links", ()):
        yield from _link(link)
    for reason in card.get("overrideReasons", ()):
        if not {"code", "system", "display"} <= set(reason):
            yield "override reason lacks a part"
    yield from _suggestions(card, with_uuids=with_uuids)


def _suggestions(card: Json, *, with_uuids: bool) -> Iterator[str]:
    suggestions = card.get("suggestions", ())
    if card.get("selectionBehavior") == "at-most-one" and sum(map(_is_recommended, suggestions)) > 1:
        yield "two suggestions are recommended and one may be chosen"
    if suggestions and card.get("selectionBehavior") not in ("at-most-one", "any"):
        yield "selectionBehavior is missing"
    for suggestion in suggestions:
        if "label" not in suggestion:
            yield "suggestion has no label"
        if with_uuids and not _UUID.fullmatch(str(suggestion.get("uuid"))):
            yield "suggestion has no uuid"
        if "actions" in suggestion and not suggestion["actions"]:
            yield "actions are empty"
        for action in suggestion.get("actions", ()):
            yield from (f"action {text}" for text in _action(action))


def _is_recommended(suggestion: Json) -> bool:
    return suggestion.get("isRecommended") is True


def _link(link: Json) -> Iterator[str]:
    if not isinstance(link.get("label"), str) or link.get("type") not in ("absolute", "smart"):
        yield "link lacks label or type"
    if urlsplit(str(link.get("url"))).scheme not in ("http", "https"):
        yield "link url is not absolute"
    if not isinstance(link.get("autolaunchable", False), bool):
        yield "autolaunchable is no boolean"
    if "appContext" in link and link.get("type") != "smart":
        yield "appContext on a link that is not smart"


def _action(action: Json) -> Iterator[str]:
    if action.get("type") not in ("create", "update", "delete"):
        yield "type is none of the three"
    if not isinstance(action.get("description"), str):
        yield "lacks description"
    if action.get("type") in ("create", "update") and "resourceType" not in action.get("resource", {}):
        yield "lacks resource"
    if action.get("type") == "delete" and not re.fullmatch(r"[A-Za-z]+/\S+", str(action.get("resourceId"))):
        yield "lacks resourceId"
