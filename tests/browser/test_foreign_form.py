"""LHC-Forms, which others wrote, reads from our questionnaire and response what we mean by them."""

from datetime import UTC, datetime
from functools import cache

import pytest
from browser import lhcforms
from spec import cases

from smartapp import flow
from smartapp.policies import load_catalog
from smartapp.sources.bundle import case_of, read

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
EVERY_TENTH = [case for case in cases.load("vignettes") if not case.odd][::10]


@cache
def catalog():
    return load_catalog()


def questionnaire():
    return dict(catalog().policies[0].questionnaire)


def review(case):
    found = case_of(read(case.bundle), match=catalog().match, order=case.order, origin="file")
    return flow.review(catalog().policies[0], found.facts, order=found.order, now=NOW)


@pytest.mark.parametrize("case", EVERY_TENTH, ids=lambda case: case.id)
def test_every_answer_comes_back_as_it_was_given(open_page, case):
    response = review(case).response()
    out = lhcforms.shown(open_page().page, questionnaire(), response)
    assert lhcforms.answers(out["response"]) == lhcforms.answers(response)
