"""A time axis: days as places on it, and ticks at round months."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

_MOST_TICKS = 7
_PAST, _FUTURE = 60 * 366, 366
"""Days before and after the day of asking that a therapy history can be about."""
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
    def of(cls, days: Iterable[date], *, today: date, left: float, right: float) -> "Axis":
        """The axis that holds today and all days with a little room at both ends; 9999-12-31 is at its edge."""
        now = today.toordinal()
        near = [now, *(min(max(day.toordinal(), now - _PAST), now + _FUTURE) for day in days)]
        first, last = min(near), max(near)
        room = max((last - first) // 40, 10)
        return cls(first=first - room, last=last + room, left=left, right=right)

    def x(self, day: date) -> float:
        """The place of a day; what is off the axis is at its edge."""
        share = (day.toordinal() - self.first) / (self.last - self.first)
        return self.left + min(max(share, 0.0), 1.0) * (self.right - self.left)

    def ticks(self) -> Iterator[tuple[float, str]]:
        """Places with their labels, YYYY-MM, or YYYY where every tick is a January."""
        first, last = _months(date.fromordinal(self.first)), _months(date.fromordinal(self.last))
        step = next((s for s in _STEPS if (last - first) / s <= _MOST_TICKS), _STEPS[-1])
        for month in range(-(-(first + 1) // step) * step, last + 1, step):
            day = date(month // 12, month % 12 + 1, 1)
            yield self.x(day), f"{day:%Y}" if step % 12 == 0 else f"{day:%Y-%m}"


def _months(day: date) -> int:
    return day.year * 12 + day.month - 1
