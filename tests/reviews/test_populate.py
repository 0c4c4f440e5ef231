"""A newer chart fills in what nobody answered; what a person answered, changed or took out stays as it is."""

import json

from fakes_reviews import CHART, DOCTOR, MELANOMA, NOW, ORDER, PATIENT, facts, given, policy

from smartapp.flow import review
from smartapp.outputs.form.names import numbered
from smartapp.outputs.form.populate import populate
from smartapp.outputs.form.read import read

LATER = given("nivolumab", "1597876", "2024-09-01", "a2")


def filled(*resources):
    found = review(policy(), facts(*resources), order=ORDER, now=NOW).response()
    return json.loads(json.dumps(numbered(policy().form, found["item"])))


def answers(items, prefix=""):
    found = {}
    for one in items:
        inner = f"{one['linkId']}[{one['id']}]." if "id" in one else prefix
        found |= answers(one.get("item", ()), inner)
        for answer in one.get("answer", ()):
            found[prefix + one["linkId"]] = answer
    return found


def values(items):
    return {
        name: next(value for key, value in answer.items() if key.startswith("value"))
        for name, answer in answers(items).items()
    }


def test_a_chart_that_did_not_change_changes_nothing():
    items = filled(*CHART)

    again = populate(policy().form, items, filled(*CHART), removed={})

    assert json.dumps(again) == json.dumps(items)


def test_answers_of_a_person_are_never_touched_and_those_from_the_chart_follow_it():
    items = filled(*CHART)
    own = read(
        policy().form,
        items,
        {"patient.sex": ("male",), "ecog": ("1",), "pd1.lines[row-1].pd1.setting": ("metastatic",)},
        removed={},
        by=DOCTOR,
    ).items

    after = populate(policy().form, own, filled(*CHART, LATER), removed={})

    before_own, after_own = answers(own), answers(after)
    for name in ("patient.sex", "ecog", "pd1.lines[row-1].pd1.setting"):
        assert json.dumps(after_own[name]) == json.dumps(before_own[name])
    assert values(after)["pd1.lines[row-1].pd1.last"] == "2024-09-01"
    assert values(after)["pd1.lines[row-1].pd1.doses"] == 2
    assert values(after)["pd1.lines[row-2].pd1.drug"] == "pembrolizumab"


def test_what_was_taken_out_stays_out():
    items = filled(*CHART)
    reading = read(
        policy().form,
        items,
        {"dx.histology": ("",), "pd1.lines[row-2].remove": ("yes",)},
        removed={},
        by=DOCTOR,
    )

    after = populate(policy().form, reading.items, filled(*CHART, LATER), removed=reading.removed)

    found = values(after)
    assert "dx.histology" not in found
    assert [value for name, value in found.items() if name.endswith("pd1.drug")] == ["nivolumab"]


def test_a_new_treatment_becomes_a_row_of_its_own():
    items = filled(PATIENT, ORDER, MELANOMA, LATER)

    after = populate(policy().form, items, filled(*CHART, LATER), removed={})

    assert values(after)["pd1.lines[row-1].pd1.drug"] == "nivolumab"
    assert values(after)["pd1.lines[row-2].pd1.drug"] == "pembrolizumab"


def test_a_row_that_the_chart_lost_goes_unless_a_person_answered_in_it():
    items = filled(*CHART)
    own = read(
        policy().form,
        items,
        {"pd1.lines[row-2].pd1.setting": ("metastatic",)},
        removed={},
        by=DOCTOR,
    ).items

    after = populate(policy().form, own, filled(PATIENT, ORDER, MELANOMA), removed={})

    assert {name for name in values(after) if name.startswith("pd1.lines")} == {
        name for name in values(own) if name.startswith("pd1.lines[row-2]")
    }


def test_rows_that_a_person_added_stay():
    own = read(
        policy().form, filled(*CHART), {"pd1.lines[new].pd1.drug": ("cemiplimab",)}, removed={}, by=DOCTOR
    ).items

    after = populate(policy().form, own, filled(*CHART), removed={})

    assert json.dumps(after) == json.dumps(own)
