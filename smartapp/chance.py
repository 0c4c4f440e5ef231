"""Random bytes for ids, asked of the system many at a time: in a virtual machine asking takes long."""

import os
from threading import Lock

_MANY = 1024


class _Stock:
    """Bytes that nobody has had yet."""

    def __init__(self) -> None:
        self.renew()

    def renew(self) -> None:
        """Begin anew: a process that was forked must not hand out what its parent holds."""
        self._lock, self._left = Lock(), b""

    def take(self, count: int) -> bytes:
        """So many of the bytes."""
        with self._lock:
            if len(self._left) < count:
                self._left = os.urandom(max(count, _MANY))
            taken, self._left = self._left[:count], self._left[count:]
            return taken


_STOCK = _Stock()
os.register_at_fork(after_in_child=_STOCK.renew)


def random_bytes(count: int) -> bytes:
    """Random bytes, as hard to guess as the system's own."""
    return _STOCK.take(count)
