"""The pages around a review, each as accessible as the review itself, and what they lead to."""

import pytest
from browser.conftest import CLIENT
from browser.pictures import take

from smartapp.config import Config
from smartapp.sandbox import running
from smartapp.server import running as app_running


@pytest.fixture
def open_server(tmp_path):
    """The app, and an EHR that asks for no token: their addresses."""
    with running(open_server=True) as ehr:
        path = tmp_path / "ehrs.toml"
        path.write_text(f'[[ehr]]\nname = "Test server"\niss = "{ehr.iss}"\nopen = true\n', encoding="utf-8")
        with app_running(Config(port=0, database_url="sqlite://", ehrs=path)) as app:
            yield app, ehr.iss


def test_a_patient_of_an_open_server_is_chosen_below_a_banner(open_page, open_server):
    app, iss = open_server
    watched = open_page()
    page, watched.origins = watched.page, (app,)
    page.goto(f"{app}/launch.html?iss={iss}")
    page.fill("#text", "Quillmere")
    page.get_by_role("button", name="Search").click()
    page.get_by_role("heading", name="Found").wait_for()
    picker, told = watched.faults(), page.inner_text("header")
    page.get_by_role("button", name="Quillmere").click()
    page.locator("#result").wait_for()

    assert "Open test server, no real patients." in told
    assert "Open test server, no real patients." in page.inner_text("header")
    assert (picker, watched.faults()) == ({}, {})


def test_of_two_orders_one_is_chosen(open_page, stand):
    orders = [
        {
            "resourceType": "MedicationRequest",
            "id": f"two-{day}",
            "status": "draft",
            "intent": "order",
            "subject": {"reference": "Patient/fennimoor"},
            "authoredOn": f"2026-11-0{day}",
            "medicationCodeableConcept": {"text": "Lifileucel (Amtagvi)"},
            "requester": {"reference": "Practitioner/hale"},
        }
        for day in (3, 4)
    ]
    records = stand.ehr.practice.fhir.records
    records.load(orders)
    watched = open_page()
    page = watched.page
    page.goto(stand.ehr.launch(CLIENT, patient="fennimoor"))
    page.get_by_role("heading", name="Which order is this about?").wait_for()
    seen = watched.faults()
    page.get_by_role("button", name="2026-11-03").click()
    page.locator("#result").wait_for()
    records.remove(orders)

    assert seen == {}
    assert "Lifileucel (Amtagvi), 2026-11-03, draft" in page.inner_text("#result")


def test_without_the_ehr_its_name_its_user_and_a_patient_are_chosen(open_page, stand):
    watched = open_page()
    page = watched.page
    page.goto(f"{stand.app}/launch.html")
    page.get_by_role("link", name="Practice EHR").click()
    page.get_by_label("Ines Quillmere").check()
    take(watched, "standalone")
    page.get_by_role("button", name="Allow").click()
    page.locator("#result").wait_for()

    assert "Quillmere, Ines" in page.inner_text("header")
    assert "Published criteria look met" in page.inner_text("#result")


def test_an_ended_session_says_how_to_go_on(review):
    watched = review("tamberline")
    watched.page.get_by_role("button", name="End session").click()
    watched.page.get_by_role("heading", name="The session is ended").wait_for()

    assert watched.faults() == {}
