"""Which Coverage an order is asked about, where dates and ranks lie close together."""

import pytest
from davinci.asked import COVERAGE, ORDER, PATIENT

from smartapp.facts import Facts
from smartapp.outputs.coverage import choose
from smartapp.outputs.coverage.insurance import Trouble

DAY = "2026-06-01"


def chosen(*coverages):
    facts = Facts(patient_id="p", resources=(PATIENT, *coverages))
    return choose(facts, {**ORDER, "insurance": []}, day=DAY)


@pytest.mark.parametrize(
    ("end", "trouble"),
    [
        ("2026-05-31", Trouble.INACTIVE),
        ("2026-06-01", None),
        ("2026-06-01T08:00:00Z", None),
        ("2026-06", None),
        ("2026-05", Trouble.INACTIVE),
        ("2026", None),
        ("2025", Trouble.INACTIVE),
    ],
)
def test_a_coverage_lasts_to_the_end_of_its_last_day_month_or_year(end, trouble):
    assert chosen({**COVERAGE, "period": {"end": end}}).trouble is trouble


@pytest.mark.parametrize(
    ("orders", "first"),
    [((2, 1), "b"), ((1, 1), None), ((1, None), None), ((None, 1), None), ((None, None), None)],
)
def test_of_several_one_comes_first_only_when_every_one_has_a_rank(orders, first):
    ranked = [
        {**COVERAGE, "id": name} | ({} if rank is None else {"order": rank})
        for name, rank in zip("ab", orders, strict=True)
    ]

    found = chosen(*ranked)

    assert found.reference == (f"Coverage/{first}" if first else None)
    assert found.trouble is (None if first else Trouble.SEVERAL)
