"""The pages of the EHR's screen that show a chart, without an app."""

import re

import pytest
import requests
from sandbox.app import App, public

from smartapp.sandbox import running, stories
from smartapp.sandbox.stories import Story


def _page(ehr, path: str, status: int = 200, **more) -> str:
    answer = requests.get(f"{ehr.url}{path}", timeout=10, **more)
    assert answer.status_code == status
    return answer.text


def test_the_list_shows_every_patient_with_the_story(ehr):
    page = _page(ehr, "/")

    for story in stories.told():
        assert f'href="/patients/{story.id}"' in page
        assert story.story.replace("'", "&#39;") in page


@pytest.mark.parametrize("story", stories.told(), ids=lambda story: story.id)
def test_every_chart_and_everything_in_it_can_be_opened(ehr, story: Story):
    page = _page(ehr, f"/patients/{story.id}")

    shown = set(re.findall(r'href="(/records/[^"]+)"', page))
    assert len(shown) >= 3
    for path in shown:
        assert "As FHIR" in _page(ehr, path) or path.endswith("/attachment")


def test_a_partial_birth_date_is_shown_as_it_is(ehr):
    assert "born 1985-03 (41 y)" in _page(ehr, "/patients/zephyrine")


def test_a_document_opens_as_what_it_is_and_runs_nothing(ehr):
    answer = requests.get(
        f"{ehr.url}/records/DocumentReference/wrenfallow-outside-letter/attachment", timeout=10
    )

    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "nivolumab, nine doses" in answer.text


@pytest.mark.parametrize(
    "attachment",
    [
        {"contentType": "text/html", "data": "PHNjcmlwdD4="},
        {"contentType": "image/svg+xml", "data": "PHN2Zz4="},
        {"contentType": "text/plain", "url": "https://elsewhere.example/letter"},
    ],
)
def test_a_document_that_could_run_or_is_elsewhere_is_not_opened(app: App, attachment):
    fhir = app.fhir("marrowby", scope="launch patient/*.cruds")
    written = fhir.post(
        {
            "resourceType": "DocumentReference",
            "status": "current",
            "subject": {"reference": "Patient/marrowby"},
            "content": [{"attachment": attachment}],
        }
    ).json()

    _page(app.ehr, f"/records/DocumentReference/{written['id']}/attachment", 404)


def test_a_pdf_is_downloaded(app: App):
    fhir = app.fhir("marrowby", scope="launch patient/*.cruds")
    document = {"contentType": "application/pdf", "data": "JVBERg=="}
    written = fhir.post(
        {
            "resourceType": "DocumentReference",
            "status": "current",
            "subject": {"reference": "Patient/marrowby"},
            "content": [{"attachment": document}],
        }
    ).json()

    answer = requests.get(f"{app.ehr.url}/records/DocumentReference/{written['id']}/attachment", timeout=10)

    assert answer.content == b"%PDF"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="document.pdf"'


def test_who_signs_in_stays_signed_in_and_launches_as_themselves(ehr):
    ehr.register(public())
    session = requests.Session()

    page = session.post(f"{ehr.url}/user", {"user": "brook", "back": "/patients/marrowby"}, timeout=10)
    launch = session.post(
        f"{ehr.url}/patients/marrowby/launch", {"where": "tab"}, allow_redirects=False, timeout=10
    )

    context = ehr.practice.memory.launched(launch.headers["Location"].rpartition("launch=")[2])
    assert page.url == f"{ehr.url}/patients/marrowby"
    assert '<option value="brook" selected>' in page.text
    assert (context.user, context.patient) == ("brook", "marrowby")


@pytest.mark.parametrize("back", ["https://evil.example/", "//evil.example", "/\\evil.example", ""])
def test_signing_in_leads_nowhere_else(ehr, back):
    answer = requests.post(
        f"{ehr.url}/user", {"user": "hale", "back": back}, allow_redirects=False, timeout=10
    )

    assert answer.headers["Location"] == "/"


def test_without_an_app_the_chart_says_so():
    with running() as alone:
        page = _page(alone, "/patients/quillmere")
        requests.post(f"{alone.url}/patients/quillmere/orders", {"what": "brand"}, timeout=10)
        launched = requests.post(f"{alone.url}/patients/quillmere/launch", timeout=10)

    assert "No app is registered with this EHR." in page
    assert launched.status_code == 403


def test_a_chart_tells_what_apps_read_and_were_refused(app: App):
    fhir = app.fhir("fennimoor")
    fhir.get("Condition?patient=fennimoor&category=problem-list-item")
    fhir.get("Condition?patient=marrowby")
    fhir.get("Patient/fennimoor")

    page = _page(app.ehr, "/patients/fennimoor")

    assert re.findall(r"(\d{3} GET [^<]+)</code>", page) == [
        "200 GET Patient/fennimoor",
        "200 GET Condition?patient=fennimoor&amp;category=problem-list-item",
    ]
    assert "403 GET Condition?patient=marrowby" in _page(app.ehr, "/patients/marrowby")


def test_a_fault_that_does_not_exist_is_refused_on_a_page(ehr):
    answer = requests.post(f"{ehr.url}/patients/quillmere/faults", {"kind": "sulking"}, timeout=10)

    assert answer.status_code == 400
    assert "There is no fault &#39;sulking&#39;" in answer.text


def test_a_framed_launch_belongs_to_its_patient(ehr):
    ehr.register(public())
    launch = ehr.launch("public", patient="quillmere").rpartition("launch=")[2]

    _page(ehr, f"/patients/quillmere/app?launch={launch}")
    _page(ehr, f"/patients/marrowby/app?launch={launch}", 404)
    _page(ehr, "/patients/quillmere/app?launch=guessed", 404)


def test_no_page_lets_anything_run_or_be_framed_elsewhere(ehr):
    for path in ("/", "/patients/quillmere", "/nowhere"):
        policy = requests.get(f"{ehr.url}{path}", timeout=10).headers["Content-Security-Policy"]
        assert policy.startswith("default-src 'none'; style-src 'self'; img-src 'self';")
        assert "script-src" not in policy
        assert "frame-ancestors 'self'" in policy
