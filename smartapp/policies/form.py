"""A questionnaire as the form that it is: its items with their expressions read once, when the policy is loaded."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from smartapp.errors import BadPolicy

_FHIR = "http://hl7.org/fhir/StructureDefinition/"
_SDC = "http://hl7.org/fhir/uv/sdc/StructureDefinition/"
INITIAL = f"{_SDC}sdc-questionnaire-initialExpression"
CONTEXT = f"{_SDC}sdc-questionnaire-itemPopulationContext"
COLLAPSIBLE = f"{_SDC}sdc-questionnaire-collapsible"
_DEFINE = re.compile(r'^"[^"]+"\."(?P<define>[^"]+)"$')
_ELEMENT = re.compile(r"^%(?P<row>\w+)\.(?P<element>\w+)$")


Coding = Mapping[str, Any]
ValueSets = Mapping[str, Sequence[Coding]]
"""The Codings of each value set, by its canonical."""
_NO_SETS: ValueSets = MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What a person sees of an item, and what may be answered."""

    prefix: str | None
    help: tuple[str, ...]
    """Help and other texts beside the question."""
    required: bool
    repeats: bool
    read_only: bool
    check_box: bool
    """A yes that is ticked or left alone."""
    folds: bool
    """A group that need not be seen while nothing in it is answered (SDC "collapsible": default-closed)."""
    options: tuple[Coding, ...]
    """The Codings to choose from."""
    offered: frozenset[tuple[str | None, str | None]]
    """Their systems and codes."""
    minimum: Decimal | None
    maximum: Decimal | None
    max_length: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One item that can be answered, or a group of them."""

    link_id: str
    text: str | None
    type: str
    define: str | None
    """The define that fills it."""
    source: str
    """The define that may name the resources behind it; "": none fills it."""
    element: tuple[str, str] | None
    """Or the element of a row that fills it: the name of the rows, the name of the element."""
    rows: tuple[str, str] | None
    """For a group that is repeated for each row of a define: the name of the rows, the define."""
    shown: "Shown"
    """How it is asked."""
    enable_when: tuple[Mapping[str, Any], ...]
    enable_any: bool
    items: tuple["Item", ...]
    is_filled: bool
    """Whether a define or an element fills it."""
    link_ids: frozenset[str]
    """Its linkId and those below it."""
    is_conditional: bool
    """Whether it, or an item below it, has an enableWhen."""


def read_form(node: Mapping[str, Any], value_sets: ValueSets = _NO_SETS) -> tuple[Item, ...]:
    """The items below a Questionnaire or an item; BadPolicy names what the form cannot use or has not got."""
    return tuple(_item(item, value_sets) for item in node.get("item", ()) if item["type"] != "display")


def all_items(items: tuple[Item, ...]) -> Iterator[Item]:
    """The items and those below them, in order."""
    for item in items:
        yield item
        yield from all_items(item.items)


def offers(item: Item, coding: Coding) -> bool:
    """Whether a Coding, by its system and code, is one of those to choose from."""
    return _pair(coding) in item.shown.offered


def _pair(coding: Coding) -> tuple[str | None, str | None]:
    return coding.get("system"), coding.get("code")


def _item(item: Mapping[str, Any], value_sets: ValueSets) -> Item:
    initial, context = _expression(item, INITIAL), _expression(item, CONTEXT)
    element = _ELEMENT.match(initial["expression"]) if initial else None
    below = read_form(item, value_sets)
    define = _define(initial, item) if initial and not element else None
    return Item(
        link_id=item["linkId"],
        text=item.get("text"),
        type=item["type"],
        define=define,
        source=f"{define} Source" if define else "",
        element=(element["row"], element["element"]) if element else None,
        rows=(context["name"], _define(context, item)) if context else None,
        enable_when=tuple(_checked(condition, item) for condition in item.get("enableWhen", ())),
        enable_any=item.get("enableBehavior") == "any",
        items=below,
        is_filled=initial is not None,
        link_ids=frozenset((item["linkId"],)).union(*(one.link_ids for one in below)),
        is_conditional="enableWhen" in item or any(one.is_conditional for one in below),
        shown=_shown(item, value_sets),
    )


def _shown(item: Mapping[str, Any], value_sets: ValueSets) -> Shown:
    options = _options(item, value_sets)
    return Shown(
        prefix=item.get("prefix"),
        help=tuple(below["text"] for below in item.get("item", ()) if below["type"] == "display"),
        required=item.get("required", False),
        repeats=item.get("repeats", False),
        read_only=item.get("readOnly", False),
        check_box=item["type"] == "boolean" and _control(item) == "check-box",
        folds=_folds(item),
        options=options,
        offered=frozenset(map(_pair, options)),
        minimum=_bound(item, "minValue"),
        maximum=_bound(item, "maxValue"),
        max_length=item.get("maxLength"),
    )


def _options(item: Mapping[str, Any], value_sets: ValueSets) -> tuple[Coding, ...]:
    canonical = item.get("answerValueSet")
    if canonical is None:
        return tuple(o["valueCoding"] for o in item.get("answerOption", ()) if "valueCoding" in o)
    if canonical not in value_sets:
        raise BadPolicy(f"Item {item['linkId']}: {canonical} is needed and not there.")
    return tuple(value_sets[canonical])


def _folds(item: Mapping[str, Any]) -> bool:
    found = (e.get("valueCode") for e in item.get("extension", ()) if e["url"] == COLLAPSIBLE)
    return next(found, None) == "default-closed"


def _control(item: Mapping[str, Any]) -> str | None:
    url = f"{_FHIR}questionnaire-itemControl"
    found = (e["valueCodeableConcept"]["coding"][0] for e in item.get("extension", ()) if e["url"] == url)
    return next((coding.get("code") for coding in found), None)


def _bound(item: Mapping[str, Any], name: str) -> Decimal | None:
    found = (e for e in item.get("extension", ()) if e["url"] == f"{_FHIR}{name}")
    values = (e.get("valueInteger", e.get("valueDecimal")) for e in found)
    return next((Decimal(str(value)) for value in values if value is not None), None)


def _expression(item: Mapping[str, Any], url: str) -> Mapping[str, Any] | None:
    found = (e["valueExpression"] for e in item.get("extension", ()) if e["url"] == url)
    return next(found, None)


def _define(expression: Mapping[str, Any], item: Mapping[str, Any]) -> str:
    match = _DEFINE.match(expression["expression"])
    if match is None:
        raise BadPolicy(
            f"Item {item['linkId']}: {expression['expression']} names no define of the form's library."
        )
    return match["define"]


def _checked(condition: Mapping[str, Any], item: Mapping[str, Any]) -> Mapping[str, Any]:
    known = {"answerBoolean", "answerCoding"} & set(condition)
    if condition["operator"] not in ("=", "exists") or not known:
        raise BadPolicy(
            f"Item {item['linkId']}: its enableWhen compares in a way that the form does not know."
        )
    return condition
