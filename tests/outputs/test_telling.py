"""Of a thousand rows those that tell most; nothing that is said only once is crowded out."""

from dataclasses import dataclass

import hypothesis.strategies as st
import pytest
from hypothesis import given

from smartapp.outputs.telling import alike, most_telling


@dataclass(frozen=True)
class Row:
    why: str
    text: str
    day: str | None


def told(rows, most):
    says = (lambda row: row.why, lambda row: (row.why, alike(row.text)))
    return most_telling(rows, most, says=says, day=lambda row: row.day)


OFTEN = [Row("by code", "not detected", f"2026-01-{day:02}") for day in range(1, 29)]
ONCE = Row("by code", "V600E detected", "2020-01-01")


@pytest.mark.parametrize("place", [0, 14, 28])
def test_what_is_said_once_long_ago_is_shown_beside_what_is_said_often(place):
    rows = [*OFTEN[:place], ONCE, *OFTEN[place:]]

    assert told(rows, 3) == tuple(row for row in rows if row in (ONCE, *OFTEN[-2:]))


def test_every_reason_has_a_row_before_any_second_text():
    rows = [
        *(Row("by code", f"drug {letter}", "2026-01-01") for letter in "abcdef"),
        Row("no date", "x", None),
    ]

    assert Row("no date", "x", None) in told(rows, 2)


def test_texts_that_differ_in_numbers_only_say_the_same():
    rows = [*(Row("by code", f"assay {n}: not detected", f"2026-01-{n:02}") for n in range(1, 29)), ONCE]

    assert ONCE in told(rows, 2)


def test_a_short_list_stays_as_it_is():
    assert told(OFTEN[:3], 3) == tuple(OFTEN[:3])


_ROWS = st.builds(
    Row, st.sampled_from("abc"), st.sampled_from("xyz"), st.none() | st.sampled_from(["2024", "2025-02"])
)


@given(st.lists(_ROWS), st.integers(0, 12))
def test_so_many_are_shown_in_their_order(rows, most):
    shown = told(rows, most)

    assert len(shown) == min(most, len(rows))
    places = iter(rows)
    assert all(any(row is other for other in places) for row in shown)
