"""The pre-filled form: a QuestionnaireResponse whose answers come only from the form's declared expressions.

An item names a define as its initialExpression; a repeating group names a list as its itemPopulationContext, and its
items pick elements of one row (`%row.element`). Null leaves the item empty. Each answer says that it was filled
automatically, and from which resources: those that the define "X Source", or the row, names.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from smartapp.elm import DefineError, Evaluation
from smartapp.elm.code import Code
from smartapp.elm.temporal import Date, DateTime
from smartapp.policies import Policy
from smartapp.policies.form import Item

ORIGIN = "http://hl7.org/fhir/us/davinci-dtr/StructureDefinition/information-origin"
SOURCE = "https://smartapp.example/fhir/StructureDefinition/answer-source"

Row = Mapping[str, Any]


def fill(policy: Policy, form: Evaluation, *, patient: str, now: datetime) -> dict[str, Any]:
    """The QuestionnaireResponse (in progress) for `patient` ("Patient/id") with every answer the record gives."""
    filled = _Form(form).items(policy.form, rows={})
    items = list(_enabled(policy.form, filled, dict(_answers(filled))))
    response = {
        "resourceType": "QuestionnaireResponse",
        "questionnaire": policy.form_canonical,
        "status": "in-progress",
        "subject": {"reference": patient},
        "authored": now.isoformat(timespec="seconds"),
        "item": items,
    }
    return {key: value for key, value in response.items() if value}


@dataclass(frozen=True, slots=True)
class _Form:
    """The evaluated library behind a form."""

    run: Evaluation

    def items(self, items: Iterable[Item], rows: Mapping[str, Row]) -> list[dict[str, Any]]:
        """The answered items, in the form's order."""
        return [filled for item in items for filled in self._item(item, rows)]

    def _item(self, item: Item, rows: Mapping[str, Row]) -> Iterator[dict[str, Any]]:
        if item.rows is None:
            yield from self._once(item, rows)
            return
        name, define = item.rows
        for row in self._value(define) or ():
            yield from self._once(item, {**rows, name: row})

    def _once(self, item: Item, rows: Mapping[str, Row]) -> Iterator[dict[str, Any]]:
        answers = self._answers(item, rows)
        below = self.items(item.items, rows) if item.items else []
        if answers or below:
            parts = {"linkId": item.link_id, "text": item.text, "answer": answers, "item": below}
            yield {key: value for key, value in parts.items() if value}

    def _answers(self, item: Item, rows: Mapping[str, Row]) -> list[dict[str, Any]]:
        value, references = self._from_row(item, rows) if item.element else self._from_define(item)
        if value is None or value == "":
            return []
        return [{**_typed(value, item.type), "extension": [_AUTOMATIC, *_sources(references)]}]

    def _from_row(self, item: Item, rows: Mapping[str, Row]) -> tuple[Any, Any]:
        assert item.element is not None
        row = rows[item.element[0]]
        return row.get(item.element[1]), row.get("references") or row.get("reference")

    def _from_define(self, item: Item) -> tuple[Any, Any]:
        value = self._value(item.define) if item.define else None
        if value is None:
            return None, None
        source = f"{item.define} Source"
        return value, self._value(source) if self.run.has(source) else None

    def _value(self, define: str) -> Any:
        """The value of a define; one that fails leaves its item empty for the clinician."""
        try:
            return self.run.value(define)
        except DefineError:
            return None


_AUTOMATIC = {"url": ORIGIN, "extension": [{"url": "source", "valueCode": "auto"}]}


def _sources(found: Any) -> list[dict[str, Any]]:
    listed = [found] if isinstance(found, str) else found or ()
    return [{"url": SOURCE, "valueReference": {"reference": name}} for name in dict.fromkeys(listed) if name]


def _typed(value: Any, kind: str) -> dict[str, Any]:
    """The answer's value[x] for a CQL value and the type of its item."""
    if isinstance(value, Code):
        coding = {"system": value.system, "code": value.code, "display": value.display}
        return {"valueCoding": {key: part for key, part in coding.items() if part}}
    if isinstance(value, bool):
        return {"valueBoolean": value}
    if isinstance(value, int):
        return {"valueInteger": value}
    if isinstance(value, Decimal):
        return {"valueDecimal": float(value)}
    if kind == "date" or isinstance(value, Date | DateTime):
        return {"valueDate": str(value)[:10]}
    return {"valueString": str(value)}


def _answers(items: Iterable[Mapping[str, Any]]) -> Iterator[tuple[str, list[Any]]]:
    for item in items:
        if "answer" in item:
            yield item["linkId"], item["answer"]
        yield from _answers(item.get("item", ()))


def _enabled(
    items: Iterable[Item], filled: Iterable[dict[str, Any]], answers: Mapping[str, list[Any]]
) -> Iterator[dict[str, Any]]:
    """The filled items whose enableWhen holds; a disabled item keeps no answer."""
    defined = {item.link_id: item for item in items}
    for given in filled:
        item = defined[given["linkId"]]
        if not is_enabled(item, answers):
            continue
        below = list(_enabled(item.items, given["item"], answers)) if "item" in given else []
        if below:
            yield {**given, "item": below}
        elif "answer" in given:
            yield {key: value for key, value in given.items() if key != "item"}


def is_enabled(item: Item, answers: Mapping[str, list[Any]]) -> bool:
    """Whether an item's enableWhen holds for these answers, by linkId (FHIR R4 Questionnaire.item.enableWhen)."""
    if not item.enable_when:
        return True
    held = [_holds(condition, answers.get(condition["question"], [])) for condition in item.enable_when]
    return any(held) if item.enable_any else all(held)


def _holds(condition: Mapping[str, Any], given: list[Any]) -> bool:
    if condition["operator"] == "exists":
        return bool(given) is condition["answerBoolean"]
    if "answerCoding" in condition:
        wanted = condition["answerCoding"]["code"]
        return any(answer.get("valueCoding", {}).get("code") == wanted for answer in given)
    return any(answer.get("valueBoolean") is condition["answerBoolean"] for answer in given)
