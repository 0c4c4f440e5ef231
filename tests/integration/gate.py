"""A door in front of a server that can be shut: what a client sees of a server that was stopped."""

import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from threading import Thread
from urllib.parse import urlsplit


@dataclass(slots=True)
class Gate:
    """Forwards connections to one server, until it is shut or has let enough through."""

    target: tuple[str, int]
    path: str
    listener: socket.socket
    left: int | None = None
    """How many bytes of answers are still let through, before it shuts; None: all."""
    cuts: bytes = b""
    """The beginning of a request that is still let through, and nothing after it, its answer neither."""
    _open: list[socket.socket] = field(default_factory=list)

    @property
    def base(self) -> str:
        """The address of the server by way of the gate."""
        return f"http://127.0.0.1:{self.listener.getsockname()[1]}{self.path}"

    def shut(self) -> None:
        """Break off what is under way, and refuse what comes."""
        self.left = 0
        while self._open:
            _end(self._open.pop())

    def open(self) -> None:
        """Let everybody through again."""
        self.left, self.cuts = None, b""

    def run(self) -> None:
        """Take connections until the listener is closed."""
        with suppress(OSError):
            while True:
                client, _ = self.listener.accept()
                if self.left == 0:
                    _end(client)
                else:
                    self._forward(client)

    def _forward(self, client: socket.socket) -> None:
        server = socket.create_connection(self.target)
        self._open += [client, server]
        Thread(target=_pump, args=(client, server, self._asked), daemon=True).start()
        Thread(target=_pump, args=(server, client, self._passed), daemon=True).start()

    def _asked(self, data: bytes) -> bytes:
        """A request, after which the gate may be shut."""
        if self.cuts and data.startswith(self.cuts):
            self.left = 0
        return data

    def _passed(self, data: bytes) -> bytes:
        """What is let through of an answer."""
        if self.left is None:
            return data
        passed, self.left = data[: self.left], max(0, self.left - len(data))
        return passed


@contextmanager
def gate(base: str) -> Iterator[Gate]:
    """A gate in front of the server at this address."""
    parts = urlsplit(base)
    listener = socket.create_server(("127.0.0.1", 0))
    made = Gate(target=(str(parts.hostname), int(parts.port or 80)), path=parts.path, listener=listener)
    thread = Thread(target=made.run, daemon=True)
    thread.start()
    try:
        yield made
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        made.shut()
        thread.join()


def _pump(source: socket.socket, target: socket.socket, passed: Callable[[bytes], bytes]) -> None:
    with suppress(OSError):
        while data := passed(source.recv(65536)):
            target.sendall(data)
    _end(source)
    _end(target)


def _end(connection: socket.socket) -> None:
    with suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)
    connection.close()
