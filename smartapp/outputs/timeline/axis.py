"""A time axis: days as places on it, and ticks at round months."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

_MOST_TICKS = 7
_STEPS = (1, 3, 6, 12, 24, 60, 120, 240)
"""Months from one tick to the next."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Axis:
    """The days from `first` to `last` (proleptic ordinals) between two places."""

    first: int
    last: int
    left: float
    right: float

    @classmethod
    def of(cls, days: Sequence[date], *, left: float, right: float) -> "Axis":
        """The axis that holds all days, with a little room at both ends."""
        first, last = min(days).toordinal(), max(days).toordinal()
        room = max((last - first) // 40, 10)
        return cls(first=max(first - room, 1), last=last + room, left=left, right=right)

    def x(self, day: date) -> float:
        """The place of a day."""
        share = (day.toordinal() - self.first) / (self.last - self.first)
        return self.left + share * (self.right - self.left)

    def ticks(self) -> Iterator[tuple[float, str]]:
        """Places with their labels, YYYY-MM, or YYYY where every tick is a January."""
        first, last = _months(date.fromordinal(self.first)), _months(date.fromordinal(self.last))
        step = next((s for s in _STEPS if (last - first) / s <= _MOST_TICKS), _STEPS[-1])
        for month in range(-(-(first + 1) // step) * step, last + 1, step):
            day = date(month // 12, month % 12 + 1, 1)
            yield self.x(day), f"{day:%Y}" if step % 12 == 0 else f"{day:%Y-%m}"


def _months(day: date) -> int:
    return day.year * 12 + day.month - 1
