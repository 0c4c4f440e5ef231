"""The form as it is drawn: how each question is asked, where its answer came from, what is wrong with it."""

import json
from dataclasses import replace

from fakes_reviews import CHART, DOCTOR, NOW, ORDER, facts, policy

from smartapp.flow import review
from smartapp.outputs.form.answers import SOURCE
from smartapp.outputs.form.draw import draw
from smartapp.outputs.form.errors import FieldError
from smartapp.outputs.form.names import numbered
from smartapp.outputs.form.read import read
from smartapp.outputs.form.view import Chip, Condition, Kind, Source
from smartapp.policies.form import read_form


def filled():
    found = review(policy(), facts(*CHART), order=ORDER, now=NOW).response()
    return json.loads(json.dumps(numbered(policy().form, found["item"])))


def answered(sent):
    return read(policy().form, filled(), sent, removed={}, by=DOCTOR).items


def fields(view):
    def walk(parts):
        for part in parts:
            if part.field:
                yield part.field
            elif part.rows:
                yield from (cell for row in part.rows.rows for cell in row.cells)
            else:
                yield from walk(part.group.parts)

    return {field.name: field for field in walk(view.parts)}


def drawn(items=None, **more):
    return draw(policy(), filled() if items is None else items, facts(*CHART), **more)


def of_items(*items, answers=()):
    form = read_form({"item": items})
    return fields(draw(replace(policy(), form=form), list(answers), facts(*CHART)))


def test_an_answer_from_the_chart_says_so_with_the_text_and_the_date_of_its_source():
    field = fields(drawn())["pd1.lines[row-1].pd1.first"]

    assert field.chip == Chip(kind="auto", text="From chart")
    assert field.sources == (
        Source(reference="MedicationAdministration/a1", text="nivolumab", date="2024-03-01"),
    )


def test_a_source_says_what_it_is_of_where_its_text_does_not():
    names = {
        "Patient/p": "patient record",
        "Coverage/plain": "coverage",
        "Practitioner/1": "clinician: Ada Example",
        "MedicationRequest/o1": "order: lifileucel",
        "Condition/c1": "Malignant melanoma of other part of trunk (C43.59)",
    }
    sources = [{"url": SOURCE, "valueReference": {"reference": name}} for name in names]
    form = read_form({"item": [{"linkId": "n", "text": "Name", "type": "string"}]})
    given = {"linkId": "n", "answer": [{"valueString": "Jane", "extension": sources}]}
    coverage = {"resourceType": "Coverage", "id": "plain"}
    person = {"resourceType": "Practitioner", "id": "1", "name": [{"text": "Ada Example"}]}

    view = draw(replace(policy(), form=form), [given], facts(*CHART, coverage, person))

    found = fields(view)["n"].sources
    assert {source.reference: source.text for source in found} == names


def test_a_change_is_told_with_its_author_whom_the_author_reads_as_you():
    items = answered({"patient.sex": ("male",), "ecog": ("1",)})

    mine, another = fields(drawn(items, reader=DOCTOR.name)), fields(drawn(items, reader="Sam Example"))

    assert mine["patient.sex"].chip == Chip(kind="override", text="Changed by you")
    assert another["patient.sex"].chip == Chip(kind="override", text="Changed by Dr. Ada Example")
    assert mine["ecog"].chip == Chip(kind="manual", text="Entered by you")


def test_a_required_question_needs_an_answer_only_while_it_is_asked():
    closed, open_ = fields(drawn()), fields(drawn(answered({"unresectable": ("true",)})))

    assert (closed["unresectable.why"].hidden, closed["unresectable.why"].chip) == (True, None)
    assert open_["unresectable.why"].hidden is False
    assert open_["unresectable.why"].chip == Chip(kind="open", text="Needs answer")


def test_the_browser_is_told_when_to_ask():
    found = fields(drawn())

    assert found["unresectable.why"].condition == Condition(
        rules='[{"question":"unresectable","boolean":true}]', behavior="all"
    )
    assert json.loads(found["nodes.only"].condition.rules) == [
        {"question": "metastatic", "boolean": False},
        {"question": "metastatic", "exists": False},
    ]


def test_what_cannot_be_used_is_shown_again_beside_its_error():
    error = FieldError(field="ecog", label="ECOG", text="Enter a whole number, in digits.")

    field = fields(drawn(errors=(error,), typed={"ecog": ("nine",)}))["ecog"]

    assert (field.value, field.error) == ("nine", "Enter a whole number, in digits.")
    assert field.described_by == "e-ecog"


def test_few_choices_are_buttons_many_are_a_list_and_a_cell_is_always_a_list():
    found = fields(drawn())

    assert found["facility.setting"].kind is Kind.RADIO
    assert found["dx.subtype"].kind is Kind.SELECT
    assert found["pd1.lines[row-1].pd1.setting"].kind is Kind.SELECT
    assert found["attest.attachments"].kind is Kind.CHECK_BOXES
    assert found["attest.statement"].kind is Kind.CHECK_BOX
    assert found["patient.age"].kind is Kind.SHOWN


def test_a_question_without_an_answer_offers_none_as_chosen():
    options = fields(drawn())["facility.setting"].options

    assert [(option.label, option.is_chosen) for option in options] == [
        ("Not answered", True),
        ("Inpatient", False),
        ("Outpatient", False),
    ]


def test_an_answer_that_is_not_offered_is_offered_too():
    coding = {"system": "http://example.org/sites", "code": "toe", "display": "Toe"}
    item = {"linkId": "site", "text": "Site", "type": "choice", "answerOption": [{"valueCoding": coding}]}
    other = {**coding, "code": "ear", "display": "Ear"}

    field = of_items(item, answers=[{"linkId": "site", "answer": [{"valueCoding": other}]}])["site"]

    assert [option.label for option in field.options if option.is_chosen] == ["ear Ear"]


def test_a_type_that_cannot_be_asked_is_seen_and_not_left_out():
    item = {"linkId": "scan", "text": "Scan", "type": "attachment", "required": True}

    assert of_items(item)["scan"].kind is Kind.UNSUPPORTED


def test_numbers_with_decimals_are_asked_as_numbers():
    item = {"linkId": "ldh", "text": "LDH", "type": "decimal"}

    field = of_items(item, answers=[{"linkId": "ldh", "answer": [{"valueDecimal": 2.5}]}])["ldh"]

    assert (field.kind, field.value) == (Kind.NUMBER, "2.5")


def test_a_signed_form_has_nothing_to_fill_in():
    view = drawn(is_signed=True)

    assert {field.kind for field in fields(view).values()} == {Kind.SHOWN}
    assert not any("[new]" in name for name in fields(view))


def test_what_is_filled_and_what_is_missing_is_counted():
    view = drawn()

    assert (view.filled, view.wanted) == (19, 5)
