"""Plain counts of what the service did, without anything about patients."""

from collections import Counter
from threading import Lock


class Metrics:
    """Counters by name and labels, written as Prometheus text."""

    def __init__(self) -> None:
        self._counts: Counter[tuple[str, tuple[tuple[str, str], ...]]] = Counter()
        self._lock = Lock()

    def count(self, name: str, **labels: str) -> None:
        """One more of these."""
        with self._lock:
            self._counts[name, tuple(sorted(labels.items()))] += 1

    def text(self) -> str:
        """All counts, one a line."""
        with self._lock:
            counts = sorted(self._counts.items())
        return "".join(
            f"smartapp_{name}_total{_labels(labels)} {count}\n" for (name, labels), count in counts
        )


def _labels(labels: tuple[tuple[str, str], ...]) -> str:
    return "{" + ",".join(f'{name}="{value}"' for name, value in labels) + "}" if labels else ""
