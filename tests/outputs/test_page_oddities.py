"""Whatever a chart holds, there is a page."""

from random import Random

import pytest
from outputs.page_reviews import WHOLE, drawn, reviewed
from spec import fhir
from spec.mutate import wild

FORM = fhir.answers({"pd1.received": True, "unresectable": True, "braf.status": "v600-positive"}, id="form")
ORDERED = fhir.request("nivolumab", id="nivo", status="active", on="2025-02-03")


@pytest.mark.parametrize("seed", range(150))
def test_a_record_out_of_shape_still_has_a_page_with_every_criterion(seed):
    resources = wild([dict(r) for r in (*WHOLE, FORM, ORDERED)], Random(seed))

    seen = reviewed(*resources)
    drawing = drawn(seen)

    assert len(drawing.criteria) == len(seen.determination.criteria) == 5


@pytest.mark.parametrize(
    "answer",
    [
        {},
        {"valueCoding": "x"},
        {"valueBoolean": "true"},
        {"valueString": "yes"},
        {"valueQuantity": {"value": 1}},
        {"valueCoding": {"system": "x"}},
    ],
)
def test_an_answer_of_another_type_than_the_question_is_told_as_far_as_it_goes(answer):
    odd = {
        **FORM,
        "item": [{"linkId": "pd1.received", "answer": [answer, {"valueBoolean": True}]}, {"linkId": "x"}],
    }

    drawing = drawn(reviewed(*WHOLE, odd))

    assert len(drawing.criteria) == 5


@pytest.mark.parametrize(
    "text", ["x" * 400, "word " * 80, "name " * 30 + ": result", "name: " + "result " * 40, ": "]
)
def test_a_line_stays_a_line(text):
    long = fhir.administration(
        "rxnorm:1597876|nivolumab",
        id="long",
        fhir={
            "medicationCodeableConcept": {
                "coding": [{"system": "http://www.nlm.nih.gov/research/umls/rxnorm", "code": "1597876"}],
                "text": text,
            }
        },
    )

    drawing = drawn(reviewed(*(r for r in WHOLE if r["id"] != "nivolumab"), long))

    line = next(one.brief for one in drawing.criteria if one.id == "anti-pd1")
    assert 0 < len(line) <= 80 + len(", 2025-02-03")
