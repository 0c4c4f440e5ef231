"""Codes, concepts, vocabularies, and FHIR's choice values."""

from dataclasses import dataclass
from typing import Any, NamedTuple

Pair = tuple[str | None, str | None]
"""System and code: what identifies a concept."""


@dataclass(frozen=True, slots=True)
class Code:
    """A code of a code system."""

    code: str | None
    system: str | None = None
    version: str | None = None
    display: str | None = None

    @property
    def pair(self) -> Pair:
        """What identifies the code."""
        return self.system, self.code

    def __str__(self) -> str:
        return f"{self.system}|{self.code}"


@dataclass(frozen=True, slots=True)
class Concept:
    """Codes that mean the same."""

    codes: tuple[Code | None, ...]
    display: str | None = None

    @property
    def pairs(self) -> frozenset[Pair]:
        """What identifies each of the codes."""
        return frozenset(code.pair for code in self.codes if code is not None)

    def __str__(self) -> str:
        return self.display or ", ".join(map(str, self.codes))


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """A value set (with its codes) or a code system (with none listed)."""

    id: str
    version: str | None = None
    name: str | None = None
    codes: frozenset[Pair] | None = None

    def __str__(self) -> str:
        return self.id


class Choice(NamedTuple):
    """The value of a FHIR choice element (value[x]) with the type that its name tells."""

    type: str
    value: Any


def plain(value: Any) -> Any:
    """The value itself, out of a choice."""
    return value.value if type(value) is Choice else value
