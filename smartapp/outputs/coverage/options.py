"""The configuration options of CRD: what a client may ask for or leave out, call by call."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any

from smartapp.errors import BadInput

Settings = Mapping[str, bool | int]
"""The value of every option, by its code."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """One option; the codes are those of the value set cardType where it has one (CRD 2.2.1 dev-7)."""

    code: str
    name: str
    description: str
    default: bool | int

    @property
    def type(self) -> str:
        """The JSON type of its value."""
        return "boolean" if isinstance(self.default, bool) else "integer"

    def read(self, given: Any) -> bool | int:
        """The value that a client gave; its default when that is none that the option can have."""
        if type(given) is not type(self.default) or (type(given) is int and given < 0):
            return self.default
        return bool(given) if isinstance(self.default, bool) else int(given)


COVERAGE = Option(
    code="coverage-info",
    name="Coverage information",
    description="Coverage information on the order, and a card with the criteria of the policy.",
    default=True,
)
GUIDELINE = Option(
    code="guideline",
    name="Medical policy",
    description="A card that links to the text of the medical policy.",
    default=False,
)
APPROPRIATE_USE = Option(
    code="appropriate-use",
    name="Documentation needed",
    description="A card that says which documentation is missing and where to record it.",
    default=False,
)
REMINDER = Option(
    code="clinical-reminder",
    name="Tests to order",
    description="A card that offers a draft order for a test whose result the policy asks for.",
    default=False,
)
DTR = Option(
    code="dtr",
    name="DTR is available",
    description="Set this to false where no DTR application can open the form: a Task to complete it is offered.",
    default=True,
)
MAX_CARDS = Option(
    code="max-cards",
    name="Maximum cards",
    description="The largest number of cards to return; the most important come first.",
    default=10,
)
OPTIONS = (COVERAGE, GUIDELINE, APPROPRIATE_USE, REMINDER, DTR, MAX_CARDS)


def offered(on: Collection[str] = ()) -> tuple[Option, ...]:
    """The options; those whose codes are in `on` are on unless a client says otherwise.

    BadInput names a code that is no option to turn on.
    """
    known = {option.code for option in OPTIONS if option.type == "boolean"}
    if unknown := sorted(set(on) - known):
        raise BadInput(
            f"There is no CRD option '{unknown[0]}' to turn on; these are: {', '.join(sorted(known))}."
        )
    return tuple(replace(option, default=True) if option.code in on else option for option in OPTIONS)


def chosen(given: Any, options: Collection[Option]) -> Settings:
    """What a client wants; what it did not say, or said in a way that makes no sense, is as by default."""
    wanted = given if isinstance(given, dict) else {}
    return {option.code: option.read(wanted.get(option.code)) for option in options}
