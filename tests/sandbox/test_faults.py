"""The practice EHR misbehaves where, for whom and as often as it is told to."""

import time

import pytest
import requests
from sandbox.app import App, Fhir

from smartapp.sandbox import Fault, running


@pytest.fixture
def fhir(app: App):
    yield app.fhir()
    app.ehr.practice.faults.clear()


def _told(fhir: Fhir, **fault) -> requests.Response:
    return requests.post(fhir.base.replace("/fhir", "/faults"), json=fault, timeout=10)


@pytest.mark.parametrize(
    ("kind", "status", "code"),
    [
        ("unauthorized", 401, "expired"),
        ("forbidden", 403, "forbidden"),
        ("busy", 429, "throttled"),
        ("failing", 500, "exception"),
    ],
)
def test_a_refusal_is_an_outcome_at_its_path_only(fhir: Fhir, kind, status, code):
    assert _told(fhir, kind=kind, path="/fhir/Observation").status_code == 201

    answer = fhir.get("Observation?patient=quillmere")

    assert (answer.status_code, answer.json()["issue"][0]["code"]) == (status, code)
    assert fhir.get("Condition?patient=quillmere").status_code == 200


def test_busy_says_when_to_come_back(fhir: Fhir):
    _told(fhir, kind="busy", seconds=3)

    assert fhir.get("Condition?patient=quillmere").headers["Retry-After"] == "3"


def test_broken_json_and_html_come_with_200(fhir: Fhir):
    _told(fhir, kind="broken", path="/fhir/Condition")
    _told(fhir, kind="html", path="/fhir/Observation")

    broken, html = fhir.get("Condition?patient=quillmere"), fhir.get("Observation?patient=quillmere")

    assert (broken.status_code, html.status_code) == (200, 200)
    with pytest.raises(requests.JSONDecodeError):
        broken.json()
    assert html.headers["Content-Type"].startswith("text/html")


def test_a_missing_page_leaves_the_first_one(fhir: Fhir):
    _told(fhir, kind="missing-page")

    first = fhir.get("Observation?patient=quillmere&_count=2")
    second = fhir.get(first.json()["link"][1]["url"])

    assert (first.status_code, second.status_code) == (200, 404)


def test_a_fault_happens_as_often_as_it_was_told_to(fhir: Fhir):
    _told(fhir, kind="failing", times=2)

    answers = [fhir.get("Patient/quillmere").status_code for _ in range(3)]

    assert answers == [500, 500, 200]


def test_a_fault_of_one_patient_spares_the_others(app: App, fhir: Fhir):
    _told(fhir, kind="failing", patient="marrowby")

    assert fhir.get("Patient/quillmere").status_code == 200
    assert app.fhir("marrowby").get("Condition?patient=marrowby").status_code == 500


def test_slow_answers_late(fhir: Fhir):
    _told(fhir, kind="slow", seconds=0.2)
    started = time.monotonic()

    answer = fhir.get("Patient/quillmere")

    assert answer.status_code == 200
    assert time.monotonic() - started >= 0.2


def test_no_refresh_gives_a_token_without_one(app: App, fhir: Fhir):
    _told(fhir, kind="no-refresh")

    assert "refresh_token" not in app.token()


def test_discovery_and_the_token_endpoint_fail_too(app: App, fhir: Fhir):
    _told(fhir, kind="html", path="/auth/token")
    _told(fhir, kind="failing", path="/fhir/.well-known/smart-configuration")

    assert app.exchange(app.code()).headers["Content-Type"].startswith("text/html")
    assert fhir.get(".well-known/smart-configuration").status_code == 500


def test_the_fault_of_a_story_stays_when_the_others_are_cleared():
    with running() as ehr:
        ehr.practice.faults.add(Fault(kind="failing"))

        left = requests.delete(f"{ehr.url}/faults", timeout=10).json()

    assert [(fault["kind"], fault["patient"]) for fault in left] == [("forbidden", "yarrowdale")]


@pytest.mark.parametrize(
    "fault",
    [{"kind": "sulking"}, {"path": "/fhir"}, {"kind": "slow", "seconds": "long"}, ["slow"], {"kind": 1}],
)
def test_a_fault_that_does_not_exist_is_refused(fhir: Fhir, fault):
    answer = requests.post(fhir.base.replace("/fhir", "/faults"), json=fault, timeout=10)

    assert answer.status_code == 400


def test_a_form_of_another_site_sets_no_fault(fhir: Fhir):
    answer = requests.post(fhir.base.replace("/fhir", "/faults"), {"kind": "failing"}, timeout=10)

    assert answer.status_code == 400
    assert fhir.get("Patient/quillmere").status_code == 200
