"""The service as it is run: a process of its own, real HTTP, the real policies."""

import contextlib
import json
import os
import random
import signal
import socket
import subprocess
import sys
import time
from http.client import HTTPConnection
from pathlib import Path

import pytest

import smartapp

DEMO = Path(smartapp.__file__).parent / "demo"
CALLS = {
    path.stem: json.loads(path.read_text(encoding="utf-8"))["request"] for path in sorted(DEMO.glob("*.json"))
}
SIGN = "/cds-services/til-order-sign"
OPEN = ("--callers", "anyone")


@contextlib.contextmanager
def _served(folder, *options):
    port = _free_port()
    environ = os.environ | {"SMARTAPP_DATABASE_URL": f"sqlite:///{folder}/test.sqlite3"}
    command = [sys.executable, "-m", "smartapp", "serve", "--port", str(port), *options]
    process = subprocess.Popen(
        command, env=environ, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    try:
        _wait(port)
        yield process, port
    finally:
        process.kill()
        process.communicate()


def _free_port():
    """Below those that the system gives to whoever asks for any, so that nobody else takes it meanwhile."""
    for port in random.sample(range(20_000, 32_000), 100):
        with contextlib.suppress(OSError), socket.create_server(("127.0.0.1", port)):
            return port
    pytest.fail("no port is free")


def _wait(port):
    until = time.monotonic() + 20
    while time.monotonic() < until:
        try:
            return _ask(port, "GET", "/readyz")
        except OSError:
            time.sleep(0.02)
    pytest.fail("the service did not become ready")


def _ask(port, method, path, body=None):
    connection = HTTPConnection("127.0.0.1", port, timeout=20)
    connection.request(method, path, body, {"Content-Type": "application/json"})
    answer = connection.getresponse()
    told = json.loads(answer.read())
    connection.close()
    return answer.status, told


def _empty(value, path=""):
    """Where a value holds what CDS Hooks forbids: null, "", [] or {}."""
    if value is None or value in ("", [], {}):
        yield path
    members = (
        value.items() if isinstance(value, dict) else enumerate(value if isinstance(value, list) else ())
    )
    for key, item in members:
        yield from _empty(item, f"{path}/{key}")


@pytest.mark.requirement("cds-hooks-2.0.1#json")
def test_the_service_answers_until_it_is_asked_to_stop_and_logs_no_patient(tmp_path):
    with _served(tmp_path, *OPEN) as (process, port):
        answers = {name: _ask(port, "POST", SIGN, json.dumps(call)) for name, call in CALLS.items()}
        discovery = _ask(port, "GET", "/cds-services")
        large = _ask(port, "POST", SIGN, b" " * (17 * 1024 * 1024))
        process.send_signal(signal.SIGTERM)
        log, _ = process.communicate(timeout=20)

    assert {name: (status, len(told["cards"])) for name, (status, told) in answers.items()} == {
        "1-met": (200, 1),
        "2-needs-information": (200, 1),
        "3-other-order": (200, 0),
    }
    assert [list(_empty(told)) for _, told in (*answers.values(), discovery)] == [[], [], ["/cards"], []]
    assert large[0] == 413
    assert process.returncode == 0
    assert "answered service=til-order-sign" in log
    assert not any(secret in log for secret in ("demo-met", "1961-03-14", "Example", "nivolumab"))


def test_the_cards_of_the_demo_say_what_they_are_there_to_show(tmp_path):
    with _served(tmp_path, *OPEN) as (_, port):
        told = [_ask(port, "POST", SIGN, json.dumps(call))[1]["cards"] for call in CALLS.values()]

    cards = [card for cards in told for card in cards]
    assert [card["indicator"] for card in cards] == ["info", "warning"]
    assert all(len(card["summary"]) < 140 for card in cards)
    created = [card["suggestions"][0]["actions"][0]["resource"] for card in cards]
    assert [resource["resourceType"] for resource in created] == ["QuestionnaireResponse"] * 2


def test_who_may_call_without_a_proof_has_to_be_set(tmp_path):
    with _served(tmp_path) as (_, port):
        status, told = _ask(port, "POST", SIGN, json.dumps(CALLS["1-met"]))

    assert (status, told["resourceType"]) == (401, "OperationOutcome")
