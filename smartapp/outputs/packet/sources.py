"""Sources by number: a table cites "[5-11]", the last pages say what each number is."""

from collections.abc import Iterable, Iterator
from itertools import groupby

from smartapp.evidence import date_of, text_of
from smartapp.facts import Facts
from smartapp.outputs.page.words import kind_of
from smartapp.outputs.wording import brief

FORM = "answer in the form"

_LETTERS = 300
"""Characters of what a source says."""


class Sources:
    """The resources that a packet cites, each numbered when it is first cited."""

    def __init__(self, facts: Facts) -> None:
        self._facts = facts
        self._numbers: dict[str, int] = {}

    def cite(self, references: Iterable[str]) -> str:
        """The kinds and numbers of these resources: "condition [2], administration [5-11]"."""
        kinds: dict[str, list[int]] = {}
        for reference in dict.fromkeys(references):
            if reference.startswith("QuestionnaireResponse/"):
                kinds.setdefault(FORM, [])
            else:
                kinds.setdefault(kind_of(reference), []).append(self._number(reference))
        return ", ".join(f"{kind} [{_ranges(found)}]" if found else kind for kind, found in kinds.items())

    def listed(self) -> Iterator[tuple[str, str, str, str, str]]:
        """Number, "Type/id", what it says, its date and where it was read, of each that was cited."""
        for reference, number in self._numbers.items():
            resource = self._facts.find(reference)
            said = text_of(resource) if resource else "not in what was read"
            day = date_of(resource) if resource else None
            yield (
                str(number),
                reference,
                brief(said, _LETTERS),
                day or "-",
                self._facts.origins.get(reference, "-"),
            )

    def _number(self, reference: str) -> int:
        return self._numbers.setdefault(reference, len(self._numbers) + 1)


def _ranges(numbers: Iterable[int]) -> str:
    """Numbers in brief: 1, 5-7."""
    runs = groupby(enumerate(sorted(numbers)), key=lambda pair: pair[1] - pair[0])
    parts = [[number for _, number in run] for _, run in runs]
    return ", ".join(f"{part[0]}-{part[-1]}" if len(part) > 1 else str(part[0]) for part in parts)
