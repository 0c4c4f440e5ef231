"""Defects of the other engine, each with the reason and either a repair or a predicate, never a blanket.

Repaired in driver.mjs, because its consequences spread: cql-execution 3.3.2 returns the argument of Flatten as
it is when an element of it is no list, and a list that is null is none to it.
"""

from collections.abc import Callable
from dataclasses import dataclass

from differential.compare import Difference


@dataclass(frozen=True, slots=True, kw_only=True)
class Defect:
    """What the other engine does, why that is wrong, and how to recognise it."""

    name: str
    reason: str
    explains: Callable[[Difference], bool]


_AGES = {"Adult By Record", "Adult", "Age On Planned Date", "Adult Evidence", "Adult Uncertain"}


def _is_born_on_leap_day(difference: Difference) -> bool:
    """Only the age, of someone born on 29 February, on 28 February of a year that is no leap year."""
    on_28_february = difference.planned.endswith("-02-28")
    return difference.define in _AGES and difference.born.endswith("-02-29") and on_28_february


DEFECTS = (
    Defect(
        name="a year after 29 February",
        reason=(
            "cql-execution 3.3.2 counts a full year on 28 February for those born on 29 February; "
            "a year has passed only when the day and the month are reached (CQL 1.5, years between)"
        ),
        explains=_is_born_on_leap_day,
    ),
)


def unexplained(found: list[Difference]) -> list[Difference]:
    """The differences that no defect explains."""
    return [d for d in found if not any(defect.explains(d) for defect in DEFECTS)]
