"""What a person did not change comes back unchanged, byte for byte; what was changed says who changed it."""

import json
from functools import cache

import pytest
from fakes_reviews import CHART, DOCTOR, NOW, ORDER, facts, policy
from hypothesis import given, settings
from hypothesis import strategies as st

from smartapp.flow import review
from smartapp.outputs.form.answers import ORIGIN, origin, sources
from smartapp.outputs.form.draw import draw
from smartapp.outputs.form.merge import held
from smartapp.outputs.form.names import numbered
from smartapp.outputs.form.read import read
from smartapp.outputs.form.view import Kind

AUTHOR = {
    "url": "author",
    "extension": [
        {
            "url": "practitioner",
            "valueReference": {"reference": DOCTOR.reference, "display": DOCTOR.name},
        },
    ],
}


@cache
def _filled():
    found = review(policy(), facts(*CHART), order=ORDER, now=NOW)
    return json.dumps(numbered(policy().form, found.response()["item"]))


def filled():
    """The items that the chart fills in, as they come out of the store."""
    return json.loads(_filled())


def fields(items):
    """Every field that is drawn, hidden ones too."""

    def walk(parts):
        for part in parts:
            if part.field:
                yield part.field
            elif part.rows:
                yield from (cell for row in part.rows.rows for cell in row.cells)
            else:
                yield from walk(part.group.parts)

    return {field.name: field for field in walk(draw(policy(), items, facts()).parts)}


def sent(items, **changes):
    """What a browser sends when the fields in `changes` were edited ("__" stands for ".")."""
    whole = {}
    for name, field in fields(items).items():
        if field.kind in (Kind.SHOWN, Kind.UNSUPPORTED):
            continue
        if field.kind in (Kind.RADIO, Kind.SELECT, Kind.CHECK_BOX, Kind.CHECK_BOXES):
            chosen = [option.value for option in field.options if option.is_chosen]
            chosen += ["true"] if field.kind is Kind.CHECK_BOX and field.value == "true" else []
            whole[name] = ("", *chosen)
        else:
            whole[name] = (field.value.replace("\n", "\r\n"),)
    return whole | {name.replace("__", "."): texts for name, texts in changes.items()}


def answered(items):
    """The answers by the names of their fields, as text to compare byte by byte."""

    def walk(form, given_items, prefix):
        for one in given_items:
            item = next(item for item in form if item.link_id == one["linkId"])
            inner = f"{item.link_id}[{one['id']}]." if "id" in one else prefix
            yield from walk(item.items, one.get("item", ()), inner)
            if "answer" in one:
                yield prefix + item.link_id, json.dumps(one)

    return dict(walk(policy().form, items, ""))


def taken(items, form, *, removed=None):
    return read(policy().form, items, form, removed=removed or {}, by=DOCTOR)


def only(reading, name):
    """The one answer of a field after reading."""
    return json.loads(answered(reading.items)[name])["answer"][0]


@pytest.mark.requirement("ui.md#check-9")
def test_a_form_saved_without_an_edit_is_the_same_to_the_byte():
    items = filled()

    reading = taken(items, sent(items))

    assert json.dumps(reading.items) == json.dumps(items)
    assert (reading.changes, reading.errors, reading.typed, reading.removed) == ((), (), {}, {})


@pytest.mark.requirement("ui.md#check-9")
def test_one_edit_makes_exactly_one_override_with_its_author_and_keeps_the_evidence():
    items = filled()
    before = answered(items)

    reading = taken(items, sent(items, patient__sex=("", "male")))

    after = answered(reading.items)
    assert {name for name in after if after[name] != before[name]} == {"patient.sex"}
    answer = only(reading, "patient.sex")
    assert answer["valueCoding"]["code"] == "male"
    assert answer["extension"][0] == {
        "url": ORIGIN,
        "extension": [{"url": "source", "valueCode": "override"}, AUTHOR],
    }
    assert sources(answer) == ("Patient/p",)


@pytest.mark.requirement("ui.md#check-9")
def test_a_new_answer_is_manual_with_its_author():
    items = filled()

    reading = taken(items, sent(items, unresectable=("", "true")))

    assert only(reading, "unresectable") == {
        "valueBoolean": True,
        "extension": [{"url": ORIGIN, "extension": [{"url": "source", "valueCode": "manual"}, AUTHOR]}],
    }
    assert set(answered(reading.items)) - set(answered(items)) == {"unresectable"}


@pytest.mark.requirement("ui.md#check-9")
def test_a_read_only_answer_is_never_taken_from_what_was_sent():
    items = filled()

    reading = taken(items, {**sent(items), "patient.age": ("17",)})

    assert json.dumps(reading.items) == json.dumps(items)


@pytest.mark.requirement("ui.md#check-9")
def test_an_edit_in_the_second_row_changes_that_row_only():
    items = filled()
    before = answered(items)

    reading = taken(items, {**sent(items), "pd1.lines[row-2].pd1.last": ("2025-04-01",)})

    after = answered(reading.items)
    assert {name for name in after if after[name] != before[name]} == {"pd1.lines[row-2].pd1.last"}
    assert origin(only(reading, "pd1.lines[row-2].pd1.last")) == "override"
    assert sources(only(reading, "pd1.lines[row-2].pd1.last")) == ("MedicationAdministration/a3",)


def test_a_row_that_is_removed_takes_its_answers_and_leaves_the_other_rows_alone():
    items = filled()
    before = answered(items)

    reading = taken(items, {**sent(items), "pd1.lines[row-1].remove": ("yes",)})

    assert answered(reading.items) == {
        name: item for name, item in before.items() if not name.startswith("pd1.lines[row-1]")
    }
    assert reading.removed == {"pd1.lines[row-1]": ("MedicationAdministration/a1",)}


def test_a_row_emptied_field_by_field_is_removed_too():
    items = filled()
    emptied = {name: ("",) for name in sent(items) if name.startswith("pd1.lines[row-2].")}

    reading = taken(items, {**sent(items), **emptied})

    assert not [name for name in answered(reading.items) if name.startswith("pd1.lines[row-2]")]
    assert "pd1.lines[row-2]" in reading.removed


def test_the_id_of_a_removed_row_is_not_given_again():
    items = filled()
    gone = taken(items, {**sent(items), "pd1.lines[row-2].remove": ("yes",)})

    reading = taken(
        gone.items,
        {**sent(gone.items), "pd1.lines[new].pd1.drug": ("cemiplimab",)},
        removed=gone.removed,
    )

    new = only(reading, "pd1.lines[row-3].pd1.drug")
    assert (new["valueString"], origin(new)) == ("cemiplimab", "manual")


def test_a_mistake_in_a_new_row_stands_in_the_row_that_was_made():
    items = filled()

    reading = taken(
        items,
        {
            **sent(items),
            "pd1.lines[new].pd1.drug": ("cemiplimab",),
            "pd1.lines[new].pd1.first": ("last spring",),
        },
    )

    assert only(reading, "pd1.lines[row-3].pd1.drug")["valueString"] == "cemiplimab"
    assert reading.typed == {"pd1.lines[row-3].pd1.first": ("last spring",)}
    assert [(error.field, error.label) for error in reading.errors] == [
        ("pd1.lines[row-3].pd1.first", "Anti-PD-1 treatment: First dose")
    ]


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("patient.birthDate", "04/05/1960", "Enter a date as year, month, day"),
        ("patient.birthDate", "1960-02-30", "There is no day 1960-02-30 in the calendar."),
        ("patient.birthDate", "0960-01-01", "The year 960 cannot be right."),
        ("ecog", "one", "Enter a whole number, in digits."),
        ("ecog", "7", "Enter a number that is not above 4."),
        ("ecog", "-1", "Enter a number that is not below 0."),
        ("patient.sex", "unicorn", "Choose one of the answers that are offered."),
        ("dx.histology", "perhaps", "Choose Yes or No."),
        ("provider.contact", "555\x00", "The text holds characters that cannot be stored"),
        ("provider.contact", "5" * 10_001, "The text has 10001 letters; at most 10000 are possible."),
    ],
)
def test_what_cannot_be_used_is_kept_as_typed_beside_the_answer_so_far(name, text, said):
    items = filled()

    reading = taken(items, {**sent(items), name: (text,)})

    assert json.dumps(reading.items) == json.dumps(items)
    assert reading.typed == {name: (text,)}
    (error,) = reading.errors
    assert (error.field, error.text.startswith(said)) == (name, True)


@pytest.mark.parametrize("text", ["2019", "2019-11", "2019-11-04"])
def test_a_date_may_be_as_partial_as_it_is_known(text):
    items = filled()

    reading = taken(items, {**sent(items), "stage.date": (text,)})

    assert only(reading, "stage.date")["valueDate"] == text


def test_an_answer_from_the_chart_that_is_cleared_is_remembered_as_removed():
    items = filled()

    reading = taken(items, {**sent(items), "dx.histology": ("",)})

    assert "dx.histology" not in answered(reading.items)
    assert reading.removed == {"dx.histology": ("Condition/c1",)}
    assert [(change.field, change.what) for change in reading.changes] == [("dx.histology", "removed")]


def test_an_answer_given_where_the_charts_was_cleared_is_an_override():
    items = filled()
    cleared = taken(items, {**sent(items), "dx.histology": ("",)})

    reading = taken(cleared.items, {"dx.histology": ("", "false")}, removed=cleared.removed)

    assert origin(only(reading, "dx.histology")) == "override"


def test_a_field_that_did_not_come_back_is_left_alone():
    items = filled()

    reading = taken(items, {"ecog": ("1",)})

    assert set(answered(reading.items)) - set(answered(items)) == {"ecog"}
    assert len(answered(reading.items)) == len(answered(items)) + 1


def test_an_open_choice_takes_an_offered_answer_a_code_or_any_words():
    items = filled()

    offered = taken(items, {"dx.code": ("c43.9",)})
    coded = taken(items, {"dx.code": ("c43.59",)})
    other = taken(items, {"dx.code": ("C34.90",)})
    worded = taken(items, {"product": ("TIL of a trial",)})

    assert only(offered, "dx.code")["valueCoding"]["display"] == "Malignant melanoma of skin, unspecified"
    assert only(coded, "dx.code")["valueCoding"] == {
        "system": "http://hl7.org/fhir/sid/icd-10-cm",
        "code": "C43.59",
        "display": "Malignant melanoma of other part of trunk",
    }
    assert only(other, "dx.code")["valueString"] == "C34.90"
    assert only(worded, "product")["valueString"] == "TIL of a trial"


def test_boxes_that_stay_ticked_keep_their_answers_and_new_ones_are_manual():
    items = filled()
    first = taken(items, {"attest.attachments": ("", "pathology")})

    second = taken(first.items, {"attest.attachments": ("", "pathology", "imaging")})

    was = json.loads(answered(first.items)["attest.attachments"])["answer"]
    now = json.loads(answered(second.items)["attest.attachments"])["answer"]
    assert now[0] == was[0]
    assert [answer["valueCoding"]["code"] for answer in now] == ["pathology", "imaging"]


def test_line_ends_that_a_browser_changes_are_no_edit():
    items = taken(filled(), {"unresectable": ("true",), "unresectable.why": ("one\r\ntwo",)}).items

    reading = taken(items, sent(items))

    assert json.dumps(reading.items) == json.dumps(items)


EDITS = {
    "patient.sex": ("", "male"),
    "patient.birthDate": ("1961",),
    "dx.histology": ("", "false"),
    "dx.code": ("C43.9",),
    "ecog": ("2",),
    "metastatic": ("", "true"),
    "unresectable": ("", "true"),
    "unresectable.why": ("Encases the vessels",),
    "braf.status": ("v600-positive",),
    "pd1.received": ("", "false"),
    "pd1.lines[row-1].pd1.drug": ("cemiplimab",),
    "pd1.lines[row-2].pd1.doses": ("9",),
    "pd1.lines[row-2].pd1.setting": ("adjuvant",),
    "attest.attachments": ("", "imaging", "notes"),
    "attest.statement": ("", "true"),
}


@given(names=st.sets(st.sampled_from(sorted(EDITS))))
@settings(max_examples=60, deadline=None)
def test_whatever_is_edited_everything_else_stays_and_each_edit_is_marked(names):
    items = filled()
    before = answered(items)

    reading = taken(items, {**sent(items), **{name: EDITS[name] for name in names}})

    after = answered(reading.items)
    assert reading.errors == ()
    assert {name for name in before | after if before.get(name) != after.get(name)} == names
    for name in names:
        kinds = {origin(answer) for answer in json.loads(after[name])["answer"]}
        assert kinds == {"override" if name in before else "manual"}
    again = taken(reading.items, sent(reading.items))
    assert json.dumps(again.items) == json.dumps(reading.items)


@given(texts=st.dictionaries(st.sampled_from(sorted(fields(filled()))), st.text(max_size=12)))
@settings(max_examples=80, deadline=None)
def test_whatever_is_sent_each_field_is_taken_or_told_and_nothing_else_moves(texts):
    items = filled()
    before = answered(items)

    reading = taken(items, {name: (text,) for name, text in texts.items()})

    told = {error.field for error in reading.errors}
    assert told == set(reading.typed)
    untouched = set(before) - set(texts)
    rows = {name for name in untouched if f"{name.partition(']')[0]}]" in reading.removed}
    assert all(answered(reading.items)[name] == before[name] for name in untouched - rows)
    assert json.dumps(dict(held(policy().form, reading.items)), default=str)
