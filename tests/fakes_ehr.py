"""A FHIR server on 127.0.0.1 that answers what the test tells it to, and remembers what it was asked."""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any, TypeVar


@dataclass(frozen=True, kw_only=True)
class Reply:
    """One answer: a status, a body, headers, and how long it takes."""

    status: int = 200
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)
    after: float = 0
    drip: float = 0
    """Seconds between one byte and the next."""
    dawdle: float = 0
    """Seconds between one byte of the first line and the next."""
    cut: int = 0
    """How many bytes at the end are announced and never sent."""


@dataclass
class FakeEhr:
    """Replies by path and query below the base; several replies to one query are given in turn."""

    base: str = ""
    replies: dict[str, list[Reply]] = field(default_factory=dict)
    default: Reply = field(
        default_factory=lambda: Reply(body={"resourceType": "Bundle", "type": "searchset"})
    )
    asked: list[str] = field(default_factory=list)
    sent: list[tuple[str, str, dict[str, str], Any]] = field(default_factory=list)
    """The writes: verb, path, headers, body."""
    tokens: set[str | None] = field(default_factory=set)

    def says(self, query: str, *replies: Reply) -> None:
        self.replies[query] = list(replies)

    def reply(self, query: str, token: str | None) -> Reply:
        self.asked.append(query)
        self.tokens.add(token)
        return self.said(query) or self.answer(query, token)

    def said(self, query: str) -> Reply | None:
        """What the test told the server to say, if anything."""
        waiting = self.replies.get(query)
        if not waiting:
            return None
        return waiting.pop(0) if len(waiting) > 1 else waiting[0]

    def answer(self, _query: str, _token: str | None) -> Reply:
        return self.default

    def take(self, verb: str, path: str, headers: dict[str, str], body: Any) -> Reply:
        """The answer to a write."""
        self.sent.append((verb, path, headers, body))
        return self.said(f"{verb} {path}") or self.taken(verb, path, headers, body)

    def taken(self, verb: str, path: str, headers: dict[str, str], body: Any) -> Reply:  # noqa: ARG002
        return Reply(status=405)


E = TypeVar("E", bound=FakeEhr)


@contextmanager
def serving(ehr: E | None = None) -> Iterator[E]:
    """A FakeEhr that answers as long as the block lasts."""
    ehr = ehr or FakeEhr()
    server = _Server(("127.0.0.1", 0), type("Handler", (_Handler,), {"ehr": ehr}))
    server.daemon_threads = True
    server.block_on_close = False
    ehr.base = f"http://127.0.0.1:{server.server_port}/r4"
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield ehr
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class _Server(ThreadingHTTPServer):
    request_queue_size = 64  # the default of 5 makes a client wait for a second when it asks side by side


class _Handler(BaseHTTPRequestHandler):
    ehr: FakeEhr

    def do_GET(self) -> None:
        self._say(self.ehr.reply(self.path.removeprefix("/r4/"), self.headers.get("Authorization")))

    def do_POST(self) -> None:
        self._take("POST")

    def do_PUT(self) -> None:
        self._take("PUT")

    def _take(self, verb: str) -> None:
        body = json.loads(self.rfile.read(int(self.headers.get("Content-Length", 0))))
        self.ehr.tokens.add(self.headers.get("Authorization"))
        self._say(self.ehr.take(verb, self.path.removeprefix("/r4/"), dict(self.headers), body))

    def _say(self, reply: Reply) -> None:
        time.sleep(reply.after)
        body = reply.body if isinstance(reply.body, bytes) else json.dumps(reply.body).encode()
        try:
            self._write(b"HTTP/1.0 200 OK\r\n" if reply.dawdle else b"", reply.dawdle)
            self.send_response(reply.status)
            self.send_header("Content-Type", "application/fhir+json")
            self.send_header("Content-Length", str(len(body)))
            for name, value in reply.headers.items():
                self.send_header(name, value)
            self.end_headers()
            self._write(body[: len(body) - reply.cut], reply.drip)
        except OSError:
            pass  # the reader gave up, as some tests want
        self.close_connection = self.close_connection or bool(reply.cut)

    def _write(self, body: bytes, drip: float) -> None:
        pieces = [body[i : i + 1] for i in range(len(body))] if drip else [body]
        for piece in pieces:
            self.wfile.write(piece)
            time.sleep(drip)

    def log_message(self, *_: Any) -> None:
        pass
