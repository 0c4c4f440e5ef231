"""LHC-Forms, which others wrote, reads from our questionnaire and response what we mean by them."""

import json
from datetime import UTC, datetime
from functools import cache

import pytest
from browser import lhcforms
from spec import cases

from smartapp import flow
from smartapp.outputs.form.enabled import enabled
from smartapp.policies import load_catalog
from smartapp.policies.artifacts import canonical_of, load_artifacts
from smartapp.sources.bundle import case_of, read

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
EVERY_TENTH = [case for case in cases.load("vignettes") if not case.odd][::10]


@cache
def catalog():
    return load_catalog()


def questionnaire():
    """The form with its value sets inside: for those elsewhere LHC-Forms would ask a terminology server."""
    form, inside = json.dumps(catalog().policies[0].questionnaire), []
    for one in load_artifacts().of_type("ValueSet"):
        if f'"{canonical_of(one)}"' in form:
            form = form.replace(canonical_of(one), f"#{one['id']}")
            inside.append(one)
    return {**json.loads(form), "contained": inside}


def review(case):
    found = case_of(read(case.bundle), match=catalog().match, order=case.order, origin="file")
    return flow.review(catalog().policies[0], found.facts, order=found.order, now=NOW)


@pytest.mark.parametrize("case", EVERY_TENTH, ids=lambda case: case.id)
def test_every_answer_comes_back_as_it_was_given(open_page, case):
    response = review(case).response()
    out = lhcforms.shown(open_page().page, questionnaire(), response)
    assert lhcforms.answers(out["response"]) == lhcforms.answers(response)


def test_the_same_items_are_required(open_page):
    """An empty form: it misses what our questionnaire requires and asks at once."""
    out = lhcforms.shown(open_page().page, questionnaire(), response([]))
    wanted = {i["text"] for i in items(questionnaire()) if i.get("required") and "enableWhen" not in i}
    assert {line.removesuffix(" requires a value") for line in out["invalid"]} == wanted


@pytest.mark.parametrize("unresectable", [True, False])
def test_the_same_items_are_asked_only_on_condition(open_page, unresectable):
    given = [
        {"linkId": "unresectable", "answer": [{"valueBoolean": unresectable}]},
        {"linkId": "unresectable.why", "answer": [{"valueString": "Encases the vessels"}]},
    ]
    form = response([{"linkId": "disease", "item": given}])
    out = lhcforms.shown(open_page().page, questionnaire(), form)
    asked = [name for name, _, _ in lhcforms.answers(out["response"])]
    assert ("unresectable.why" in asked) is unresectable


ASKED = [
    {},
    {"unresectable": True, "metastatic": False, "pd1.received": True, "braf.status": "v600-positive"},
    {"unresectable": False, "metastatic": True, "pd1.received": False, "braf.status": "v600-not-detected"},
    {"metastatic": None, "stage.group": None, "brafi.received": False, "braf.status": "pending"},
    {"pd1.outcome": None, "brafi.received": True, "braf.status": "equivocal"},
    {"pd1.received": None, "braf.status": None},
]
VALUES = {
    "boolean": {"valueBoolean": True},
    "date": {"valueDate": "2024-05-01"},
    "decimal": {"valueDecimal": 1},
    "integer": {"valueInteger": 1},
}


def answered(form, given):
    """Every question with an answer, those in `given` with that one or, for None, with none."""
    for one in form:
        below = list(answered(one.items, given))
        if one.type == "group":
            yield {"linkId": one.link_id, "item": below}
        elif one.type != "display" and given.get(one.link_id, 0) is not None:
            yield {"linkId": one.link_id, "answer": [value(one, given.get(one.link_id))]}


def value(one, given):
    if isinstance(given, bool):
        return {"valueBoolean": given}
    if one.shown.options:
        option = next((o for o in one.shown.options if o["code"] == given), one.shown.options[0])
        return {"valueCoding": dict(option)}
    return VALUES.get(one.type, {"valueString": "x"})


@pytest.mark.parametrize("given", ASKED, ids=str)
def test_of_all_answers_those_to_questions_that_are_asked_are_left(open_page, given):
    """ui.md 7, check 10: with each answer that others depend on, the other renderer asks what we ask."""
    form = catalog().policies[0].form
    whole = list(answered(form, given))
    out = lhcforms.shown(open_page().page, questionnaire(), response(whole))
    theirs = {name for name, _, _ in lhcforms.answers(out["response"])}
    ours = {name for name, _, _ in lhcforms.answers(response(enabled(form, whole)))}
    assert theirs == ours
    assert len(ours) < len({name for name, _, _ in lhcforms.answers(response(whole))})


def response(given):
    return {"resourceType": "QuestionnaireResponse", "status": "in-progress", "item": given}


def items(node):
    for item in node.get("item", ()):
        yield item
        yield from items(item)
