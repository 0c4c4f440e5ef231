"""Milliseconds, side by side: one call of each in turn, so that a busy moment strikes all alike."""

import time
from collections.abc import Callable, Mapping
from statistics import median

Subject = Callable[[], object]


def side_by_side(subjects: Mapping[str, Subject], *, rounds: int) -> dict[str, float]:
    """The median milliseconds of each subject over so many rounds; the first rounds only warm up."""
    taken: dict[str, list[float]] = {name: [] for name in subjects}
    for number in range(-max(3, rounds // 10), rounds):
        for name, subject in subjects.items():
            spent = _milliseconds(subject)
            if number >= 0:
                taken[name].append(spent)
    return {name: median(times) for name, times in taken.items()}


def _milliseconds(subject: Subject) -> float:
    start = time.perf_counter()
    subject()
    return (time.perf_counter() - start) * 1000
