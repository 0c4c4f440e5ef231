"""Ask the application about a record, in-process, exactly as its command line does."""

from datetime import UTC, datetime
from functools import cache
from typing import Any

from smartapp.determination import Answer, Determination
from smartapp.flow import determine
from smartapp.policies import Catalog, load_catalog
from smartapp.sources.bundle import case as read

POLICY = "TILMelanoma"


@cache
def catalog() -> Catalog:
    """The policies, loaded once for all tests."""
    return load_catalog()


def ask(bundle: dict[str, Any], *, order: str | None, as_of: str) -> Determination | None:
    """What the policy says about the record; None when no policy covers the order."""
    given = read(bundle, match=catalog().match, order=order)
    policy = catalog().policy(POLICY)
    assert policy is not None
    if given.order is not None and given.match is None:
        return None
    now = datetime.fromisoformat(f"{as_of}T12:00:00").replace(tzinfo=UTC)
    return determine(policy, given.facts, order=given.order, now=now)


def outcome(determination: Determination | None) -> str:
    """The outcome as a word; "no card" when there is none."""
    said = determination and determination.outcome
    return str(said) if said else "no card"


def answers(determination: Determination) -> dict[str, Answer]:
    """The answer of every criterion, by id."""
    return {criterion.id: criterion.answer for criterion in determination.criteria}
