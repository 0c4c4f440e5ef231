"""`smartapp demo`: both stand, know each other, and say where to go."""

import os
import resource
import socket
import subprocess
import sys
import time
from signal import SIGTERM
from urllib.parse import urlsplit

import pytest
import requests

from smartapp.config import Config
from smartapp.demo import standing, welcome

ANSWERS = """
from urllib.request import urlopen
from smartapp.sandbox import running
with running() as ehr:
    assert urlopen(f"{ehr.url}/readyz", timeout=10).status == 200
"""


@pytest.fixture(scope="module")
def stand():
    with standing(Config(port=0, database_url="sqlite://"), ehr_port=0) as both:
        yield both


def test_both_are_ready(stand):
    for address in (stand.app, stand.ehr.url):
        assert requests.get(f"{address}/readyz", timeout=10).status_code == 200


def test_neither_is_there_for_other_machines(stand):
    """127.0.0.2 is this machine as well: what listens everywhere listens there too."""
    for address in (stand.app, stand.ehr.url):
        with pytest.raises((ConnectionError, TimeoutError)):
            socket.create_connection(("127.0.0.2", urlsplit(address).port), timeout=2)


def test_the_practice_ehr_stands_within_two_seconds():
    """From the start of Python to the first answer, at its best of three; what else the machine does counts not."""
    worked, taken = [], []
    for _ in range(3):
        before, started = _work(), time.monotonic()
        subprocess.run([sys.executable, "-c", ANSWERS], check=True)
        worked.append(_work() - before)
        taken.append(time.monotonic() - started)

    assert (min(worked) < 2, min(taken) < 10) == (True, True)


def _work():
    """The seconds that processors gave to the processes that were started here and have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def test_the_app_publishes_the_keys_that_the_ehr_knows(stand):
    published = requests.get(f"{stand.app}/.well-known/jwks.json", timeout=10).json()["keys"]
    known = stand.ehr.practice.memory.clients["til-coverage"].jwks["keys"]

    assert [(key["kid"], key["x"], key["y"]) for key in published] == [
        (key["kid"], key["x"], key["y"]) for key in known
    ]
    assert all("d" not in key for key in [*published, *known])


@pytest.mark.requirement("cds-hooks-2.0.1#trusting-cds-clients")
def test_an_app_that_answers_known_callers_only_knows_the_practice_ehr():
    settings = Config(port=0, database_url="sqlite://", callers="known")
    with standing(settings, ehr_port=0) as both:
        order = {"what": "brand", "how": "server"}
        page = requests.post(f"{both.ehr.url}/patients/quillmere/orders", order, timeout=20).text
        stranger = requests.get(f"{both.app}/cds-services", timeout=10)

    assert "Lifileucel: published criteria look met on this record" in page
    assert stranger.status_code == 401


def test_the_welcome_is_an_address_and_two_sentences(stand):
    lines = list(welcome(stand))

    assert len(lines) == 3
    assert (stand.ehr.url in lines[0], stand.app in lines[0]) == (True, True)


def test_the_command_says_where_to_go_and_puts_its_keys_away_when_told_to_stop(tmp_path):
    command = [sys.executable, "-m", "smartapp", "demo", "--port", "0", "--ehr-port", "0"]
    environ = {**os.environ, "TMPDIR": str(tmp_path)}
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environ
    ) as process:
        first = process.stdout.readline()
        process.send_signal(SIGTERM)
        _, errors = process.communicate(timeout=20)

    assert first.startswith("The practice EHR is at http://127.0.0.1:"), errors
    assert (process.returncode, list(tmp_path.iterdir())) == (0, [])
    assert errors == ""  # nothing that a newcomer could not place
