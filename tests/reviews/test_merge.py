"""Two windows with the same review: what only one of them changed is taken, what both changed is shown to a person."""

from fakes_reviews import DOCTOR, policy

from smartapp.outputs.form.merge import merge
from smartapp.outputs.form.read import read

FORM = policy().form


def answered(before=(), **changes):
    sent = {name.replace("__", "."): texts for name, texts in changes.items()}
    return read(FORM, before, sent, removed={}, by=DOCTOR).items


BASE = answered(ecog=("1",), metastatic=("false",), provider__contact=("555-0100",))


def test_changes_to_different_answers_are_both_kept():
    now = answered(BASE, ecog=("2",))

    merged = merge(
        FORM,
        base=BASE,
        now=now,
        sent={"ecog": ("1",), "metastatic": ("", "true"), "provider.contact": ("555-0100",)},
    )

    assert (dict(merged.sent), merged.errors, merged.typed) == ({"metastatic": ("", "true")}, (), {})


def test_different_changes_to_one_answer_are_both_shown():
    now = answered(BASE, ecog=("2",))

    merged = merge(FORM, base=BASE, now=now, sent={"ecog": ("3",), "metastatic": ("", "false")})

    assert (merged.sent, merged.typed) == ({}, {"ecog": ("3",)})
    (error,) = merged.errors
    assert (error.field, error.label) == ("ecog", "ECOG performance status")
    assert error.text.startswith("Another window saved “2” meanwhile; your answer is still here.")


def test_the_same_change_in_both_windows_is_no_conflict():
    now = answered(BASE, ecog=("2",))

    merged = merge(FORM, base=BASE, now=now, sent={"ecog": ("2",)})

    assert (merged.errors, merged.typed) == ((), {})


def test_a_form_whose_base_is_forgotten_never_overwrites_an_answer():
    merged = merge(FORM, base=(), now=BASE, sent={"ecog": ("3",), "organ.pft": ("normal",)})

    assert dict(merged.sent) == {"organ.pft": ("normal",)}
    assert merged.typed == {"ecog": ("3",)}


def test_an_answer_in_a_row_that_the_other_window_removed_is_told_in_words():
    base = answered(**{"pd1__lines[new]__pd1__drug": ("cemiplimab",)})
    now = answered(base, **{"pd1__lines[row-1]__remove": ("yes",)})

    merged = merge(FORM, base=base, now=now, sent={"pd1.lines[row-1].pd1.drug": ("nivolumab",)})

    (error,) = merged.errors
    assert (dict(merged.sent), error.label) == ({}, "Drug")
    assert error.text == "Another window removed this row meanwhile; your answer in it was “nivolumab”."


def test_a_new_row_that_was_saved_when_the_same_page_was_sent_before_is_not_added_twice():
    new = {"pd1.lines[new].pd1.drug": ("cemiplimab",), "pd1.lines[new].pd1.doses": ("",)}
    now = answered(BASE, **new)

    again = merge(FORM, base=BASE, now=now, sent={**new, "organ.pft": ("normal",)})
    other = merge(FORM, base=BASE, now=now, sent={**new, "pd1.lines[new].pd1.doses": ("4",)})

    assert dict(again.sent) == {"organ.pft": ("normal",)}
    assert set(other.sent) == set(new)
