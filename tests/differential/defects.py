"""Defects of the other engines, each with the reason and either a repair or a predicate, never a blanket.

Repaired in driver.mjs, because their consequences spread:

 - cql-execution 3.3.2 returns the argument of Flatten as it is when an element of it is no list, and a list that is
   null is none to it;
 - cql-execution 3.3.2 removes duplicates from a query that has no return clause, which is the only place where CQL says
   so; HL7's test simpleSortAsc keeps them, and so does cqframework's engine.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from differential.compare import Difference


@dataclass(frozen=True, slots=True, kw_only=True)
class Defect:
    """What another engine does, why that is wrong, and how to recognise it."""

    name: str
    reason: str
    explains: Callable[[Difference], bool]


_AGES = {"Adult By Record", "Adult", "Age On Planned Date", "Adult Evidence", "Adult Uncertain"}
_FLATTENED = {"Order Reasons", "Anti-PD-1 Reasons", "Places", "Attested Answers"}
_COMBINED = {"Lung Function Measured", "Kidney Function Measured"}
_DAY = len("2000-01-31")
_NO_CALENDAR = 'Cannot invoke "java.util.GregorianCalendar.toZonedDateTime()" because "calendar" is null'


def _is_born_on_leap_day(difference: Difference) -> bool:
    """Only the age, of someone born on 29 February, on 28 February of a year that is no leap year."""
    on_28_february = difference.planned.endswith("-02-28")
    return difference.define in _AGES and difference.born.endswith("-02-29") and on_28_february


def _is_aged_by_some_day(difference: Difference) -> bool:
    """Only the age, where the day of birth or the planned day is not known."""
    return difference.define in _AGES and min(len(difference.born), len(difference.planned)) < _DAY


def _has_nulls_for_lists(difference: Difference) -> bool:
    """Only nulls more, in what a flatten gives."""
    return difference.define in _FLATTENED and _known(difference.ours) == _known(difference.theirs)


def _known(value: Any) -> list[Any]:
    return [item for item in value or () if item is not None]


def _combines_nothing(difference: Difference) -> bool:
    return difference.define in _COMBINED and (difference.ours, difference.theirs) == (None, "")


def _has_no_calendar(difference: Difference) -> bool:
    """Only where it fails with this message."""
    return difference.theirs == {"error": _NO_CALENDAR}


def _is_read_by_hapi(difference: Difference) -> bool:
    """Only blanks around texts and elements with nothing in them."""
    return bool(_as_hapi_reads(difference.ours) == difference.theirs)


def _as_hapi_reads(value: Any) -> Any:
    if isinstance(value, dict):
        read = {key: _as_hapi_reads(part) for key, part in value.items()}
        return {key: part for key, part in read.items() if part != {}}
    if isinstance(value, list):
        return [_as_hapi_reads(item) for item in value]
    if isinstance(value, str):
        return "|".join(part.strip() for part in value.split("|"))  # system|code
    return value


CQL_EXECUTION = (
    Defect(
        name="a year after 29 February",
        reason=(
            "cql-execution 3.3.2 counts a full year on 28 February for those born on 29 February; "
            "a year has passed only when the day and the month are reached (CQL 1.5, years between)"
        ),
        explains=_is_born_on_leap_day,
    ),
)

JAVA = (
    Defect(
        name="the age by dates without a day",
        reason=(
            "cqframework's engine 3.29.0 compares the parts that both dates have and does not count whole years, so "
            "that what is uncertain comes out as sure (cqframework/clinical_quality_language#1724, open)"
        ),
        explains=_is_aged_by_some_day,
    ),
    Defect(
        name="null for a list that is null, in flatten",
        reason=(
            "cqframework's engine 3.29.0 puts a null in the place of a list that is null; it is a list without "
            "elements (cqframework/clinical_quality_language#1748, mended in 2026)"
        ),
        explains=_has_nulls_for_lists,
    ),
    Defect(
        name="an empty text for no texts, in Combine",
        reason=(
            "cqframework's engine 3.29.0 combines no texts to an empty text; CQL says null "
            "(cqframework/clinical_quality_language#1731, mended in 2026)"
        ),
        explains=_combines_nothing,
    ),
    Defect(
        name="a time without seconds",
        reason=(
            "HAPI reads no time that FHIR forbids, such as 10:15, and the engine fails on what HAPI leaves; we read "
            "the day that it tells (tests/spec/TILMelanoma, clocks)"
        ),
        explains=_has_no_calendar,
    ),
    Defect(
        name="blanks and empty elements",
        reason="HAPI drops what FHIR forbids: blanks around a code, and elements with nothing in them",
        explains=_is_read_by_hapi,
    ),
)


def unexplained(found: Iterable[Difference], known: Iterable[Defect]) -> list[Difference]:
    """The differences that no defect explains."""
    return [d for d in found if not any(defect.explains(d) for defect in known)]
