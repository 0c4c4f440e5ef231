"""What is wrong with an answer, in words that a person can act on."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldError:
    """One answer that cannot be used, or that is missing."""

    field: str
    """The field's name in the form; its element's id is the same text after "item-"."""
    label: str
    text: str
    """What is wrong and what helps: "Enter a date as 2026-06-01, 2026-06 or 2026."."""
