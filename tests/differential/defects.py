"""Defects of the other engine that explain a difference, each with a predicate and not as a blanket."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from differential.compare import Difference


@dataclass(frozen=True, slots=True, kw_only=True)
class Defect:
    """What the other engine does, why that is wrong, and how to recognise it."""

    name: str
    reason: str
    explains: Callable[[Difference], bool]


def _flattened(value: Any) -> Any:
    """The list as CQL's Flatten makes it: the elements of the lists in it; a list that is null has none."""
    parts = [part if isinstance(part, list) else [part] for part in value if part is not None]
    return [item for part in parts for item in part]


def _is_unflattened(difference: Difference) -> bool:
    """Their list holds null beside lists, or only nulls; flattened, it is ours."""
    theirs = difference.theirs
    return isinstance(theirs, list) and None in theirs and _flattened(theirs) == difference.ours


DEFECTS = (
    Defect(
        name="Flatten gives up on null",
        reason=(
            "cql-execution 3.3.2 returns the argument of Flatten as it is when an element of it is no list; "
            "a list that is null is none to it"
        ),
        explains=_is_unflattened,
    ),
)


def unexplained(found: list[Difference]) -> list[Difference]:
    """The differences that no defect explains."""
    return [d for d in found if not any(defect.explains(d) for defect in DEFECTS)]
