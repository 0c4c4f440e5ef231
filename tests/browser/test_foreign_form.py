"""LHC-Forms, which others wrote, reads from our questionnaire and response what we mean by them."""

import json
from datetime import UTC, datetime
from functools import cache

import pytest
from browser import lhcforms
from spec import cases

from smartapp import flow
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


def response(given):
    return {"resourceType": "QuestionnaireResponse", "status": "in-progress", "item": given}


def items(node):
    for item in node.get("item", ()):
        yield item
        yield from items(item)
