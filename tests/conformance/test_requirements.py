"""The page that says which requirement is tested by what says what is true."""

import tomllib

import pytest
from conformance import requirements

ROWS = tomllib.loads(requirements.ROWS.read_text(encoding="utf-8"))


def test_the_page_is_made_from_the_table_and_the_marks_as_they_are():
    assert requirements.PAGE.read_text(encoding="utf-8") == requirements.page(), (
        "run: python tests/conformance/requirements.py"
    )


def test_every_test_that_the_table_names_is_there():
    assert set(requirements.cited(ROWS)) - requirements.there() == set()


def test_every_check_of_the_kits_has_its_row_with_tests_or_a_reason():
    wanted = [
        *(f"C{n}" for n in range(1, 20)),
        *(f"D{n}" for n in range(1, 13)),
        "J1",
        "P1",
        "P2",
    ]

    assert [row["id"] for row in ROWS["row"]] == wanted
    assert [r["asks"] for r in (*ROWS["row"], *ROWS["edge"]) if not r.get("tests") and not r.get("not")] == []


@pytest.mark.parametrize("name", ["cds-hooks-2.0.1", "crd-2.2.1", "dtr-2.2.0", "pas-2.2.1"])
def test_each_guide_has_marks(name):
    assert len(requirements.marked()[name]) >= 5


def test_what_is_said_to_be_without_a_test_is_without_one():
    marks = requirements.marked()

    tested = [
        (row["guide"], key) for row in ROWS["shall"] for key in row["keys"] if key in marks[row["guide"]]
    ]

    assert tested == []
