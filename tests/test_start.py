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
_CALL = """
import sys
from smartapp.app import create_app
from smartapp.config import Config
from smartapp.sources.queries import QUERIES
app = create_app(Config(database_url="sqlite://"))
patient = {"resourceType": "Patient", "id": "p", "birthDate": "1960-05-04"}
coverage = {"resourceType": "Coverage", "id": "c", "status": "active", "beneficiary": {"reference": "Patient/p"}}
order = {
    "resourceType": "MedicationRequest", "id": "o", "status": "draft", "intent": "order",
    "subject": {"reference": "Patient/p"}, "medicationCodeableConcept": {"text": "lifileucel"},
    "requester": {"display": "Dr. Ada Example"},
}
sent = {query.key: None for query in QUERIES}
sent["patient"] = patient
sent["coverage"] = {"resourceType": "Bundle", "type": "searchset", "entry": [{"resource": coverage}]}
body = {
    "hook": "order-sign", "hookInstance": "d1577c69-dfbe-44ad-ba6d-3e05e953b2ea",
    "fhirServer": "http://127.0.0.1:9/fhir",
    "context": {
        "userId": "Practitioner/d", "patientId": "p",
        "draftOrders": {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": order}]},
    },
    "prefetch": sent,
}
answer = app.test_client().post("/cds-services/til-order-sign", json=body)
assert answer.json["cards"], answer.data
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


def test_a_call_that_brings_everything_is_answered_without_what_fetches():
    assert {"requests", "fhirclient"}.isdisjoint(loaded(_CALL))
