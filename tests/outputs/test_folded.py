"""A long form: what no criterion needs is folded until it holds an answer or a mistake."""

from functools import cache

from fakes_reviews import NOW, ORDER, facts, policy

from smartapp.flow import review
from smartapp.outputs.form.draw import draw
from smartapp.outputs.form.errors import FieldError
from smartapp.outputs.form.names import numbered
from smartapp.outputs.form.view import GroupView

ECOG = {
    "linkId": "supporting",
    "item": [{"linkId": "ecog", "answer": [{"valueInteger": 1}]}],
}


@cache
def filled():
    found = review(policy(), facts(), order=ORDER, now=NOW)
    return tuple(numbered(policy().form, found.response()["item"]))


def folded(*more, **state):
    """The groups that are folded, with the number of their questions."""
    return dict(_folded(draw(policy(), [*filled(), *more], facts(), **state).parts))


def _folded(parts):
    for group in (part.group for part in parts if isinstance(part.group, GroupView)):
        if group.folded is not None:
            yield group.anchor.removeprefix("item-"), group.folded
        yield from _folded(group.parts)


def test_groups_that_the_form_calls_collapsible_are_folded_while_nothing_is_in_them():
    assert folded() == {"braf.detail": 5, "supporting": 8, "organ": 5}


def test_an_answer_opens_its_group_and_leaves_the_empty_group_in_it_folded():
    assert folded(ECOG) == {"braf.detail": 5, "organ": 5}


def test_a_mistake_opens_the_groups_around_it():
    wrong = FieldError(field="organ.lvef", label="LVEF", text="Enter a whole number.")

    assert folded(errors=(wrong,)) == {"braf.detail": 5}


def test_a_signed_form_is_drawn_whole():
    assert folded(is_signed=True) == {}
