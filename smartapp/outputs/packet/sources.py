"""Sources by number: a table cites "[5-11]", the last pages say what each number is."""

from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import groupby

from smartapp.evidence import date_of, text_of
from smartapp.facts import Facts
from smartapp.outputs.page.words import counted, kind_of
from smartapp.outputs.wording import brief

FORM = "answer in the form"

_MOST = 12
"""Resources of a kind that are cited at one place; of more than that the first and the last are."""
_LETTERS = 300
"""Characters of what a source says."""


class Sources:
    """The resources that a packet cites, each numbered when it is first cited."""

    def __init__(self, facts: Facts) -> None:
        self._facts = facts
        self._numbers: dict[str, int] = {}
        self._left: dict[str, None] = {}

    def cite(self, references: Iterable[str]) -> str:
        """The kinds and numbers of these resources: "condition [2], administration [5-11]"."""
        kinds: dict[str, list[str]] = {}
        for reference in dict.fromkeys(references):
            is_form = reference.startswith("QuestionnaireResponse/")
            kinds.setdefault(FORM if is_form else kind_of(reference), []).append(reference)
        return ", ".join(
            kind if kind is FORM else f"{kind} [{self._numbered(found)}]" for kind, found in kinds.items()
        )

    def leave_out(self, references: Iterable[str]) -> None:
        """Note resources that the packet has no room for; unless another table cites them they are counted."""
        self._left.update(dict.fromkeys(references))

    @property
    def left_out(self) -> str:
        """What was found and is not in the packet: "988 administrations, 40 observations", or ""."""
        kinds = Counter(r.partition("/")[0] for r in self._left if r not in self._numbers)
        return ", ".join(counted(kind, number) for kind, number in kinds.items())

    @property
    def places(self) -> bool:
        """Whether there is more than one place where the chart was read, so that each source has to name its own."""
        known = self._facts.origins
        return len({*known.values(), *(known.get(reference) for reference in self._numbers)}) > 1

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

    def _numbered(self, references: list[str]) -> str:
        """The numbers of the first and the last of them, and how many there are between."""
        ends = _MOST // 2
        shown = references if len(references) <= _MOST else [*references[:ends], *references[-ends:]]
        self.leave_out(references[ends:-ends] if len(references) > _MOST else ())
        more = f" and {len(references) - len(shown)} more" if len(shown) < len(references) else ""
        return f"{_ranges(map(self._number, shown))}{more}"

    def _number(self, reference: str) -> int:
        return self._numbers.setdefault(reference, len(self._numbers) + 1)


def _ranges(numbers: Iterable[int]) -> str:
    """Numbers in brief: 1, 5-7."""
    runs = groupby(enumerate(sorted(numbers)), key=lambda pair: pair[1] - pair[0])
    parts = [[number for _, number in run] for _, run in runs]
    return ", ".join(f"{part[0]}-{part[-1]}" if len(part) > 1 else str(part[0]) for part in parts)
