"""The pre-filled form: a QuestionnaireResponse whose answers come only from the form's declared expressions.

An item names a define as its initialExpression; a repeating group names a list as its itemPopulationContext, and its
items pick elements of one row (`%row.element`). Null, or a number that may be one of several, leaves the item empty.
Each answer says that it was filled automatically, and from which resources: those that the define "X Source", or the
row, names.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from smartapp.elm import DefineError, Evaluation
from smartapp.elm.code import Code
from smartapp.elm.interval import Uncertainty
from smartapp.elm.temporal import Date, DateTime
from smartapp.normalize.systems import canonical
from smartapp.outputs.form.answers import ORIGIN, SOURCE, Answer
from smartapp.outputs.form.enabled import without_hidden
from smartapp.outputs.form.text import as_asked
from smartapp.policies import Policy
from smartapp.policies.form import Item

Row = Mapping[str, Any]


def fill(policy: Policy, form: Evaluation, *, patient: str, now: datetime) -> dict[str, Any]:
    """The QuestionnaireResponse (in progress) for `patient` ("Patient/id") with every answer the record gives."""
    whole = _Form(form, {})
    filled = whole.items(policy.form, rows={})
    response = {
        "resourceType": "QuestionnaireResponse",
        "questionnaire": policy.form_canonical,
        "status": "in-progress",
        "subject": {"reference": patient},
        "authored": now.isoformat(timespec="seconds"),
        "item": without_hidden(policy.form, filled, whole.answers),
    }
    return {key: value for key, value in response.items() if value}


@dataclass(frozen=True, slots=True)
class _Form:
    """The evaluated library behind a form."""

    run: Evaluation
    answers: dict[str, list[Answer]]
    """The answers given so far, by linkId."""

    def items(self, items: Iterable[Item], rows: Mapping[str, Row]) -> list[dict[str, Any]]:
        """The answered items, in the form's order."""
        filled: list[dict[str, Any]] = []
        for item in items:
            if item.rows is None:
                self._once(item, rows, filled)
                continue
            name, define = item.rows
            for row in self._value(define) or ():
                self._once(item, {**rows, name: row}, filled)
        return filled

    def _once(self, item: Item, rows: Mapping[str, Row], filled: list[dict[str, Any]]) -> None:
        """Add the item when it, or one below it, has an answer."""
        answer = self._answer(item, rows) if item.is_filled else None
        below = self.items(item.items, rows) if item.items else None
        if answer is None and not below:
            return
        given: dict[str, Any] = {"linkId": item.link_id}
        if item.text:
            given["text"] = item.text
        if answer is not None:
            given["answer"] = [answer]
            self.answers.setdefault(item.link_id, []).append(answer)
        if below:
            given["item"] = below
        filled.append(given)

    def _answer(self, item: Item, rows: Mapping[str, Row]) -> dict[str, Any] | None:
        if item.define:
            value = self._value(item.define)
            if value is None:
                return None
            references = self._value(item.source) if self.run.has(item.source) else None
        else:
            assert item.element is not None
            row = rows[item.element[0]]
            value = row.get(item.element[1])
            references = row.get("references") or row.get("reference")
        if value is None or value == "" or isinstance(value, Uncertainty):
            return None
        answer = _typed(value, item)
        answer["extension"] = [_AUTOMATIC, *_sources(references)]
        return answer

    def _value(self, define: str) -> Any:
        """The value of a define; one that fails leaves its item empty for the clinician."""
        try:
            return self.run.value(define)
        except DefineError:
            return None


_AUTOMATIC = {"url": ORIGIN, "extension": [{"url": "source", "valueCode": "auto"}]}


def _sources(found: Any) -> list[dict[str, Any]]:
    listed = (found,) if type(found) is str else dict.fromkeys(found or ())
    return [{"url": SOURCE, "valueReference": {"reference": name}} for name in listed if name]


def _typed(value: Any, item: Item) -> dict[str, Any]:
    """The answer's value[x] for a CQL value."""
    if isinstance(value, Code):
        system, code = canonical(value.system, value.code) or (value.system, value.code)
        coding = {"system": system, "code": code, "display": value.display}
        return as_asked(item, {key: part for key, part in coding.items() if part})
    if isinstance(value, bool):
        return {"valueBoolean": value}
    if isinstance(value, int):
        return {"valueInteger": value}
    if isinstance(value, Decimal):
        return {"valueDecimal": float(value)}
    if item.type == "date" or isinstance(value, (Date, DateTime)):
        return {"valueDate": str(value)[:10]}
    return {"valueString": str(value).strip()}
