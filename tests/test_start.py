"""What a start loads: the hooks and nothing that they do without, for whoever waits for a worker to come up."""

import subprocess
import sys
from functools import cache

import pytest

from smartapp.web.reviews import ADDRESSES
from smartapp.web.reviews.routes import ANSWERS

_NOT_LOADED = (
    "authlib",
    "fhir.resources",
    "fhirclient",
    "joserfc",
    "requests",
    "smartapp.outputs.packet",
    "smartapp.outputs.page",
    "smartapp.reviews",
    "typst",
)
_APP = """
import sys
from smartapp.app import create_app
from smartapp.config import Config
create_app(Config(database_url="sqlite://"))
print(*sys.modules)
"""
_CHECK = """
import sys
from smartapp.__main__ import main
assert main(["check", "-"]) == 0
print(*sys.modules)
"""
_RECORD = """
{"resourceType": "Bundle", "type": "collection",
 "entry": [{"resource": {"resourceType": "Patient", "id": "p", "birthDate": "1960-05-04"}}]}
"""


@cache
def loaded(code: str) -> frozenset[str]:
    done = subprocess.run(
        [sys.executable, "-c", code], input=_RECORD, check=True, capture_output=True, text=True
    )
    return frozenset(done.stdout.split())


def test_a_service_starts_without_what_only_launches_and_fetching_need():
    assert loaded(_APP).isdisjoint(_NOT_LOADED)


@pytest.mark.parametrize("module", ["flask", "sqlalchemy", *_NOT_LOADED])
def test_the_command_line_answers_without_the_web(module):
    assert module not in loaded(_CHECK)


def test_every_address_of_a_review_has_its_answer():
    assert sorted(name for _, _, name in ADDRESSES) == sorted(ANSWERS)
