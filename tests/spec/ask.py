"""Ask the application about a record, in-process, exactly as its command line does."""

from datetime import UTC, datetime
from functools import cache
from typing import Any

from smartapp import checks
from smartapp.determination import Answer, Determination
from smartapp.policies import Catalog, load_catalog
from smartapp.sources import bundle as source

POLICY = "TILMelanoma"


@cache
def catalog() -> Catalog:
    """The policies, loaded once for all tests."""
    return load_catalog()


def ask(bundle: dict[str, Any], *, order: str | None, as_of: str) -> Determination:
    """What the policy says about the record."""
    given = source.read(bundle)
    return checks.determine(
        given, catalog=catalog(), policy=POLICY, order=order, origin="file", now=noon(as_of)
    )


def noon(day: str) -> datetime:
    """The middle of a day, in UTC."""
    return datetime.fromisoformat(f"{day}T12:00:00").replace(tzinfo=UTC)


def outcome(determination: Determination | None) -> str:
    """The outcome as a word; "no card" when there is none."""
    said = determination and determination.outcome
    return str(said) if said else "no card"


def answers(determination: Determination) -> dict[str, Answer]:
    """The answer of every criterion, by id."""
    return {criterion.id: criterion.answer for criterion in determination.criteria}
