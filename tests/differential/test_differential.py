"""Our engine and cql-execution answer every define alike: all spec patients and 2,000 mutated ones."""

from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from random import Random

import pytest
from differential import compare, defects, oracle
from spec import mutate
from spec.cases import Case, load

from smartapp.errors import BadInput

SEED, MUTATED = 20260601, 2000
_WHY = oracle.missing()
_CASES = [*load("vignettes"), *load("decisions"), *load("dialects")]

pytestmark = pytest.mark.skipif(_WHY is not None, reason=str(_WHY))


def test_no_spec_patient_is_answered_differently() -> None:
    found = _compared(_as_written())

    assert defects.unexplained(found) == []


def test_no_mutated_patient_is_answered_differently() -> None:
    found = _compared(_mutated())

    assert defects.unexplained(found) == []


def _compared(records: Iterable[compare.Record]) -> list[compare.Difference]:
    """All differences; two processes share the records."""
    whole = list(records)
    with ThreadPoolExecutor(2) as pool:
        halves = pool.map(_half, (whole[::2], whole[1::2]))
        return [found for half in halves for found in half]


def _half(records: list[compare.Record]) -> list[compare.Difference]:
    with oracle.Oracle() as other:
        return [found for record in records for found in compare.differences(record, other)]


def _as_written() -> Iterator[compare.Record]:
    for case in _CASES:
        yield compare.prepared(case.id, list(case.resources), order=case.order, as_of=case.as_of)


def _mutated() -> Iterator[compare.Record]:
    """Seeded: the same patients in every run. One in twenty cannot be used at all and is drawn again."""
    random, number = Random(SEED), 0
    while number < MUTATED:
        case = random.choice(_CASES)
        record = _prepared(case, random, f"mutated-{number}")
        if record is not None:
            number += 1
            yield record


def _prepared(case: Case, random: Random, name: str) -> compare.Record | None:
    resources = mutate.plausible([r for r in case.resources if "resourceType" in r], random)
    try:
        return compare.prepared(f"{name} of {case.id}", resources, order=case.order, as_of=case.as_of)
    except BadInput:
        return None
