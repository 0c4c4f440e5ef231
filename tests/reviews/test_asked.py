"""Which questions are asked, and whether the form may be signed: decided by the server, at every save."""

from fakes_reviews import COMPLETE, DOCTOR, policy

from smartapp.outputs.form.check import misfits, missing
from smartapp.outputs.form.enabled import asked, enabled
from smartapp.outputs.form.read import read
from smartapp.policies.form import read_form

FORM = policy().form


def answered(**changes):
    sent = {name.replace("__", "."): texts for name, texts in changes.items()}
    return read(FORM, (), sent, removed={}, by=DOCTOR).items


def link_ids(items):
    found = set()
    for item in items:
        found |= {item["linkId"], *link_ids(item.get("item", ()))}
    return found


def test_a_question_is_asked_once_its_condition_holds():
    assert "unresectable.why" not in asked(FORM, answered(unresectable=("false",)))
    assert "unresectable.why" in asked(FORM, answered(unresectable=("true",)))


def test_an_answer_to_a_question_that_is_not_asked_enables_nothing():
    items = answered(
        braf__status=("v600-not-detected",), brafi__received=("false",), brafi__notgiven=("Toxic",)
    )

    found = asked(FORM, items)

    assert found & {"brafi.received", "brafi.notgiven"} == set()
    assert link_ids(enabled(FORM, items)) & {"brafi.received", "brafi.notgiven"} == set()


def test_it_comes_back_when_the_question_is_asked_again():
    items = answered(unresectable=("true",), unresectable__why=("Encases the vessels",))
    closed = read(FORM, items, {"unresectable": ("false",)}, removed={}, by=DOCTOR).items

    reopened = read(FORM, closed, {"unresectable": ("true",)}, removed={}, by=DOCTOR).items

    assert "unresectable.why" not in link_ids(enabled(FORM, closed))
    assert "unresectable.why" in link_ids(enabled(FORM, reopened))


def test_a_required_question_that_is_not_asked_is_not_missing():
    wanted = {error.field for error in missing(FORM, answered(unresectable=("false",)))}

    assert "unresectable.why" not in wanted
    assert "attest.statement" in wanted


def test_each_required_question_without_an_answer_is_told():
    errors = missing(FORM, answered(unresectable=("true",), braf__status=("v600-positive",)))

    assert [error.field for error in errors] == [
        "product",
        "dx.code",
        "dx.histology",
        "metastatic",
        "unresectable.why",
        "pd1.received",
        "attest.statement",
        "attest.name",
        "attest.date",
    ]
    assert errors[0].text == "Answer this question to sign."


def test_what_cannot_be_answered_in_this_form_does_not_stand_in_the_way():
    form = read_form(
        {
            "item": [
                {"linkId": "scan", "type": "attachment", "required": True},
                {"linkId": "age", "type": "integer", "required": True, "readOnly": True},
            ]
        }
    )

    assert missing(form, ()) == ()


def test_a_form_that_agrees_with_its_questionnaire_has_no_misfits():
    items = read(FORM, (), COMPLETE, removed={}, by=DOCTOR).items

    assert misfits(FORM, enabled(FORM, items)) == ()


def test_what_does_not_agree_with_the_questionnaire_is_named():
    stray = {"linkId": "stray", "answer": [{"valueString": "x"}]}
    twice = answered(ecog=("1",))
    wrong = {"linkId": "ecog", "answer": [{"valueString": "one"}]}
    unasked = answered(unresectable__why=("Encases the vessels",))

    assert misfits(FORM, [stray]) == ("stray: not a question of this form, or not at this place.",)
    assert misfits(FORM, [*twice, *twice]) == ("supporting: there twice.",)
    assert misfits(FORM, [{"linkId": "supporting", "item": [wrong]}]) == (
        "ecog: an answer that is no integer.",
    )
    assert misfits(FORM, unasked) == ("unresectable.why: answered although it is not asked.",)
