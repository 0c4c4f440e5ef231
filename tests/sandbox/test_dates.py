"""A date is the range of instants that it may mean."""

from datetime import UTC, datetime

import pytest

from smartapp.sandbox.fhir.dates import matches, span


def _at(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)


@pytest.mark.parametrize(
    ("written", "first", "after"),
    [
        ("2024", _at(2024, 1, 1), _at(2025, 1, 1)),
        ("2024-02", _at(2024, 2, 1), _at(2024, 3, 1)),
        ("2024-12", _at(2024, 12, 1), _at(2025, 1, 1)),
        ("2024-02-29", _at(2024, 2, 29), _at(2024, 3, 1)),
        ("2024-02-29T10:30Z", _at(2024, 2, 29, 10, 30), _at(2024, 2, 29, 10, 31)),
        ("2024-02-29T23:30:00-05:00", _at(2024, 3, 1, 4, 30), _at(2024, 3, 1, 4, 30, 1)),
        ("2024-03-01T01:30:00.250+02:00", _at(2024, 2, 29, 23, 30), _at(2024, 2, 29, 23, 30, 1)),
        ({"start": "2024-02", "end": "2024-03-05"}, _at(2024, 2, 1), _at(2024, 3, 6)),
    ],
)
@pytest.mark.requirement("FHIR R4 search.html#date")
def test_what_is_written_to_a_precision_lasts_as_long(written, first, after):
    assert span(written) == (first, after)


@pytest.mark.parametrize("nonsense", ["", "24", "2024-13", "2023-02-29", "yesterday", 2024, None, "2024-1-1"])
def test_what_is_no_date_has_no_range_and_is_never_found(nonsense):
    assert span(nonsense) is None
    assert not matches(nonsense, "ge1900")


def test_a_period_without_an_end_lasts_for_ever():
    treatment = {"start": "2024-02-01"}

    assert matches(treatment, "ge2999")
    assert matches(treatment, "le2024-02-01")
    assert not matches(treatment, "lt2024-02-01")
    assert not matches(treatment, "2024")
