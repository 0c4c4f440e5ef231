"""The records that the engines are compared over, and the comparison of many of them."""

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from random import Random

from differential import compare
from differential.oracle import Engine
from spec import mutate
from spec.cases import Case, load

from smartapp.errors import BadInput

SEED = 20260601
_CASES = [*load("vignettes"), *load("decisions"), *load("dialects")]


def compared(records: Iterable[compare.Record], started: Callable[[], Engine]) -> list[compare.Difference]:
    """All differences from another engine; two of its processes share the records."""
    whole = list(records)

    def half(other: Engine, records: list[compare.Record]) -> list[compare.Difference]:
        return [found for record in records for found in compare.differences(record, other)]

    with started() as one, started() as two, ThreadPoolExecutor(2) as pool:
        halves = pool.map(half, (one, two), (whole[::2], whole[1::2]))
        return [found for part in halves for found in part]


def as_written() -> Iterator[compare.Record]:
    """Every patient of the specification."""
    for case in _CASES:
        yield compare.prepared(case.id, list(case.resources), order=case.order, as_of=case.as_of)


def mutated(count: int) -> Iterator[compare.Record]:
    """Seeded: the same patients in every run. One in twenty cannot be used at all and is drawn again."""
    random, number = Random(SEED), 0
    while number < count:
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
