"""The pre-filled form: a QuestionnaireResponse whose answers come only from the form's declared expressions.

An item names a define as its initialExpression; a repeating group names a list as its itemPopulationContext, and its
items pick elements of one row (`%row.element`). Null leaves the item empty. Each answer says that it was filled
automatically, and from which resources: those that the define "X Source", or the row, names.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from smartapp.elm import DefineError, Evaluation
from smartapp.elm.code import Code
from smartapp.elm.temporal import Date, DateTime
from smartapp.policies import Policy

_SDC = "http://hl7.org/fhir/uv/sdc/StructureDefinition/"
INITIAL = f"{_SDC}sdc-questionnaire-initialExpression"
CONTEXT = f"{_SDC}sdc-questionnaire-itemPopulationContext"
ORIGIN = "http://hl7.org/fhir/us/davinci-dtr/StructureDefinition/information-origin"
SOURCE = "https://smartapp.example/fhir/StructureDefinition/answer-source"
_DEFINE = re.compile(r'^"[^"]+"\."(?P<define>[^"]+)"$')
_ELEMENT = re.compile(r"^%(?P<row>\w+)\.(?P<element>\w+)$")

Row = Mapping[str, Any]


def fill(policy: Policy, form: Evaluation, *, patient: str, now: datetime) -> dict[str, Any]:
    """The QuestionnaireResponse (in progress) for `patient` ("Patient/id") with every answer the record gives."""
    filled = _Form(form).items(policy.questionnaire, rows={})
    items = list(_enabled(policy.questionnaire, filled, dict(_answers(filled))))
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

    def items(self, node: Mapping[str, Any], rows: Mapping[str, Row]) -> list[dict[str, Any]]:
        """The answered items below a Questionnaire or an item, in the form's order."""
        return [filled for item in node.get("item", ()) for filled in self._item(item, rows)]

    def _item(self, item: Mapping[str, Any], rows: Mapping[str, Row]) -> Iterator[dict[str, Any]]:
        if item["type"] == "display":
            return
        context = _expression(item, CONTEXT)
        if context is None:
            yield from self._once(item, rows)
            return
        for row in self._value(context["expression"]) or ():
            yield from self._once(item, {**rows, context["name"]: row})

    def _once(self, item: Mapping[str, Any], rows: Mapping[str, Row]) -> Iterator[dict[str, Any]]:
        answers = list(self._answers(item, rows))
        below = self.items(item, rows)
        if answers or below:
            parts = {"linkId": item["linkId"], "text": item.get("text"), "answer": answers, "item": below}
            yield {key: value for key, value in parts.items() if value}

    def _answers(self, item: Mapping[str, Any], rows: Mapping[str, Row]) -> Iterator[dict[str, Any]]:
        expression = _expression(item, INITIAL)
        if expression is None:
            return
        text = expression["expression"]
        element = _ELEMENT.match(text)
        row = rows[element["row"]] if element else None
        value = row.get(element["element"]) if row is not None and element else self._value(text)
        if value is not None and value != "":
            yield {**_typed(value, item["type"]), "extension": [_origin(), *self._sources(text, row)]}

    def _value(self, text: str) -> Any:
        """The value of a define; one that fails leaves its item empty for the clinician."""
        try:
            return self.run.value(_define(text))
        except DefineError:
            return None

    def _sources(self, text: str, row: Row | None) -> Iterator[dict[str, Any]]:
        if row is not None:
            found = row.get("references") or row.get("reference")
        else:
            name = f"{_define(text)} Source"
            found = self._value(f'"form"."{name}"') if self.run.has(name) else None
        for reference in dict.fromkeys(_listed(found)):
            yield {"url": SOURCE, "valueReference": {"reference": reference}}


def _listed(found: Any) -> Iterable[str]:
    if found is None:
        return ()
    return (found,) if isinstance(found, str) else (r for r in found if r)


def _define(text: str) -> str:
    match = _DEFINE.match(text)
    assert match, f"not an expression of the form's library: {text}"
    return match["define"]


def _expression(item: Mapping[str, Any], url: str) -> dict[str, Any] | None:
    found = (e["valueExpression"] for e in item.get("extension", ()) if e["url"] == url)
    return next(found, None)


def _origin() -> dict[str, Any]:
    return {"url": ORIGIN, "extension": [{"url": "source", "valueCode": "auto"}]}


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
    node: Mapping[str, Any], filled: Iterable[dict[str, Any]], answers: Mapping[str, list[Any]]
) -> Iterator[dict[str, Any]]:
    """The filled items whose enableWhen holds; a disabled item keeps no answer."""
    defined = {item["linkId"]: item for item in node.get("item", ())}
    for item in filled:
        definition = defined[item["linkId"]]
        if not is_enabled(definition, answers):
            continue
        below = list(_enabled(definition, item.get("item", ()), answers))
        kept = {**item, "item": below} if below else {k: v for k, v in item.items() if k != "item"}
        if "answer" in kept or below:
            yield kept


def is_enabled(item: Mapping[str, Any], answers: Mapping[str, list[Any]]) -> bool:
    """Whether an item's enableWhen holds for these answers, by linkId (FHIR R4 Questionnaire.item.enableWhen)."""
    conditions = item.get("enableWhen", ())
    if not conditions:
        return True
    held = [_holds(condition, answers.get(condition["question"], [])) for condition in conditions]
    return any(held) if item.get("enableBehavior") == "any" else all(held)


def _holds(condition: Mapping[str, Any], given: list[Any]) -> bool:
    if condition["operator"] == "exists":
        return bool(given) is condition["answerBoolean"]
    assert condition["operator"] == "=", "the forms use = and exists only"
    if "answerCoding" in condition:
        wanted = condition["answerCoding"]["code"]
        return any(answer.get("valueCoding", {}).get("code") == wanted for answer in given)
    return any(answer.get("valueBoolean") is condition["answerBoolean"] for answer in given)
