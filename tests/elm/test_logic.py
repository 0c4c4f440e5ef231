"""Three-valued logic: CQL 1.5, Logical Operators."""

import pytest
from elm.build import listed, literal, node, value

_AND = {(True, True): True, (True, None): None, (None, None): None}
_OR = {(False, False): False, (False, None): None, (None, None): None}
_THREE = (True, False, None)


@pytest.mark.parametrize("left", _THREE)
@pytest.mark.parametrize("right", _THREE)
def test_and_is_false_with_one_false_and_null_only_where_nothing_is_false(left, right):
    found = value(node("And", literal(left), literal(right)))

    expected = False if False in (left, right) else _AND.get((left, right), _AND.get((right, left)))
    assert found is expected


@pytest.mark.parametrize("left", _THREE)
@pytest.mark.parametrize("right", _THREE)
def test_or_is_true_with_one_true_and_null_only_where_nothing_is_true(left, right):
    found = value(node("Or", literal(left), literal(right)))

    expected = True if True in (left, right) else _OR.get((left, right), _OR.get((right, left)))
    assert found is expected


def test_null_is_neither_true_nor_false():
    asked = [node(kind, literal(None)) for kind in ("IsTrue", "IsFalse", "IsNull", "Not")]

    assert value(node("List", element=asked)) == [False, False, True, None]


def test_the_first_branch_that_is_true_is_taken_and_null_is_not_true():
    items = [
        {"when": literal(None), "then": literal("null")},
        {"when": literal(True), "then": literal("true")},
    ]

    assert value(node("Case", caseItem=items, **{"else": literal("else")})) == "true"


def test_a_condition_that_decides_spares_the_rest():
    fails = node("SingletonFrom", listed(1, 2))

    assert value(node("And", literal(False), fails)) is False


@pytest.mark.parametrize("kind", ["And", "Or"])
def test_five_hundred_conditions_in_a_row_compile(kind):
    expression = literal(True)
    for _ in range(500):
        expression = node(kind, expression, node("Equal", literal(1), literal(1)))

    assert value(expression) is True


def test_three_hundred_branches_inside_each_other_compile():
    expression = literal("innermost")
    for number in range(300):
        never = node("Equal", literal(number), literal(-1))
        expression = node("If", condition=never, then=literal("never"), **{"else": expression})

    assert value(expression) == "innermost"
