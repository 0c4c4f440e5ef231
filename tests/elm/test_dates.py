"""Dates known in part, offsets, and periods."""

import pytest
from elm.build import FHIR, date, helper, listed, literal, named, node, of, query, retrieve, value

from smartapp.elm.temporal import parse_datetime
from smartapp.elm.timing import before, same_as, same_or_before


def _years(born, until):
    between = node("DurationBetween", date(*born), date(*until), precision="Year")
    return value(node("GreaterOrEqual", between, literal(18)))


def test_an_age_is_certain_on_the_birthday_and_the_day_before():
    assert [_years((2008, 6, 1), (2026, 6, 1)), _years((2008, 6, 2), (2026, 6, 1))] == [True, False]


def test_a_birth_year_leaves_the_age_open_only_where_it_matters():
    assert [_years((year,), (2026, 6, 1)) for year in (2007, 2008, 2009)] == [True, None, False]


@pytest.mark.parametrize(
    ("left", "right", "answer"),
    [("2026-05", "2026-06-01", True), ("2026-06", "2026-06-01", None), ("2026-07", "2026-06-01", False)],
)
def test_a_month_is_before_a_day_when_all_its_days_are(left, right, answer):
    assert before(parse_datetime(left), parse_datetime(right)) is answer


def test_at_day_precision_the_offset_does_not_count():
    """CQL 1.5 Author's Guide: offsets are normalised only where hours count."""
    evening, morning = parse_datetime("2026-06-02T03:00:00+05:00"), parse_datetime("2026-06-01T22:00:00Z")

    assert (same_or_before(evening, morning, 3), same_as(evening, morning, 4)) == (False, True)


def test_a_day_that_the_calendar_lacks_is_no_date():
    assert [parse_datetime(text) for text in ("2026-02-30", "2026-13", "unknown")] == [None, None, None]


def _interval_end(period):
    content = node("As", of("performed"), strict=False, asTypeSpecifier=named(f"{FHIR}Period"))
    ends = query(
        retrieve("Procedure"),
        **{"return": {"expression": node("End", helper("ToInterval", content)), "distinct": False}},
    )
    return str(value(node("SingletonFrom", ends), {"resourceType": "Procedure", "performedPeriod": period}))


@pytest.mark.parametrize(
    ("period", "end"),
    [
        ({"start": "2026-01-01", "end": "2026-02"}, "2026-02"),
        ({"start": "2026-01-01"}, "9999-12-31T23:59:59.999"),
        ({"start": "2026-01-01", "end": "soon"}, "None"),
        ({"start": "2026-02-01", "end": "2026-01-01"}, "None"),
    ],
)
def test_a_period_without_end_goes_on_and_one_that_ends_first_is_null(period, end):
    assert _interval_end(period) == end


def test_sorting_puts_null_first_and_keeps_equals_in_order():
    ordered = query(listed(3, None, 1), sort={"by": [{"type": "ByDirection", "direction": "asc"}]})

    assert value(ordered) == [None, 1, 3]
