"""A small CDS client: sends the calls of this folder and shows what comes back."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from time import perf_counter
from typing import Any
from urllib.parse import urlsplit

from smartapp.demo import show

_SERVICE = "/cds-services/til-order-sign"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a service said to one call."""

    status: int
    body: Mapping[str, Any]
    milliseconds: float


def run(base_url: str) -> Iterator[str]:
    """The lines to print, call by call."""
    for path in sorted(Path(__file__).parent.glob("*.json")):
        call = json.loads(path.read_text(encoding="utf-8"))
        answer = post(base_url, call["request"])
        yield from show.heading(call["title"])
        yield from show.order_lines(call["request"])
        yield f"POST {_SERVICE} -> {answer.status} in {answer.milliseconds:.0f} ms"
        yield ""
        yield from show.answer(answer.body)


def post(base_url: str, request: Mapping[str, Any]) -> Answer:
    """Send one call, as an EHR would."""
    connection = HTTPConnection(urlsplit(base_url).netloc, timeout=30)
    started = perf_counter()
    connection.request("POST", _SERVICE, json.dumps(request), {"Content-Type": "application/json"})
    response = connection.getresponse()
    body = json.loads(response.read())
    connection.close()
    return Answer(status=response.status, body=body, milliseconds=(perf_counter() - started) * 1000)
