"""Three-valued logic. `and`, `or` and `implies` are written out by the compiler, which stops early."""

from typing import Any


def negated(value: Any) -> bool | None:
    """Not."""
    return None if value is None else not value


def exclusive_or(left: Any, right: Any) -> bool | None:
    """One of the two, not both."""
    return None if left is None or right is None else left is not right


def first_known(values: list[Any] | None) -> Any:
    """Coalesce over a list: the first that is not null."""
    return next((value for value in values or () if value is not None), None)
