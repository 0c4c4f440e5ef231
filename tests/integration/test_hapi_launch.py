"""SMART launch through the practice's authorization server, with HAPI FHIR as the resource server behind it."""

from contextlib import contextmanager
from dataclasses import replace

import pytest
import requests
from fakes_practice import ID, UNORDERED, browsing, client, read, signed
from integration.practice import everything, get

from smartapp.config import Config
from smartapp.demo import standing
from smartapp.ehrs import Ehr
from smartapp.sandbox import running
from smartapp.sandbox.fhir.access import EVERYTHING
from smartapp.server import running as app_running


@pytest.fixture(scope="module")
def practice(hapi):
    with running(asks_consent=False, fhir=hapi.base) as practice:
        practice.register(client())
        yield practice
        practice.practice.reset("pellwick")


@pytest.fixture
def browser(practice):
    with browsing(Ehr(name="Practice EHR", iss=practice.iss, client_id=ID)) as browser:
        yield browser


def test_a_launch_reads_the_chart_of_hapi_page_by_page(browser, practice):
    page = read(browser, browser.open(practice.launch(ID, patient="bramblewick")))

    assert "Bramblewick" in page.text
    assert "Published criteria look met" in page.text


def test_the_pages_of_hapi_have_the_address_of_the_practice(practice):
    fhir = practice.practice.fhir
    query = "MedicationAdministration?patient=bramblewick&_count=5"

    first = fhir.ask(query, access=EVERYTHING)

    following = next(link["url"] for link in first["link"] if link["relation"] == "next")
    second = fhir.ask(following.removeprefix(f"{practice.iss}/"), access=EVERYTHING)
    ids = [{entry["resource"]["id"] for entry in page["entry"]} for page in (first, second)]
    assert following.startswith(f"{practice.iss}/MedicationAdministration?_getpages=")
    assert (len(ids[0]), len(ids[1]), ids[0] & ids[1]) == (5, 5, set())
    assert {entry["resource"]["subject"]["reference"] for entry in first["entry"]} == {"Patient/bramblewick"}


def test_what_is_signed_is_in_hapi_and_belongs_to_the_patient(browser, practice, hapi, patients):
    page = read(browser, browser.open(practice.launch(ID, patient="pellwick")))

    shown = signed(browser, page, UNORDERED)

    subject = f"patient={patients['pellwick']}"
    (form,) = everything(hapi.base, f"QuestionnaireResponse?{subject}")
    (packet,) = everything(hapi.base, f"DocumentReference?{subject}")
    assert form["status"] == "completed"
    assert packet["context"]["related"] == [{"reference": f"QuestionnaireResponse/{form['id']}"}]
    assert f"QuestionnaireResponse/{form['id']}" in shown.text
    assert f"DocumentReference/{packet['id']}" in shown.text


def test_a_token_shows_one_patient_of_hapi_and_no_other(practice):
    token = practice.practice.auth.issue(
        ID, "patient/*.rs", practice.practice.context(user="hale", patient="quillmere"), seconds=300
    )
    headers = {"Authorization": f"Bearer {token.access_token}"}

    def status(path):
        return requests.get(f"{practice.iss}/{path}", headers=headers, timeout=30).status_code

    def total(path):
        return len(
            requests.get(f"{practice.iss}/{path}", headers=headers, timeout=30).json().get("entry", ())
        )

    assert (status("Patient/quillmere"), status("Patient/marrowby")) == (200, 403)
    assert (total("Condition?patient=quillmere") > 0, total("Condition?patient=marrowby")) == (True, 0)
    assert requests.get(f"{practice.iss}/Patient/quillmere", timeout=30).status_code == 401


def test_an_outcome_of_hapi_is_passed_on(practice):
    token = practice.practice.auth.issue(
        ID, "user/*.cruds", practice.practice.context(user="hale", patient="quillmere"), seconds=300
    )
    order = {
        "resourceType": "ServiceRequest",
        "intent": "order",
        "subject": {"reference": "Patient/quillmere"},
    }
    order |= {"status": "draft", "encounter": {"reference": "Encounter/nobody-has-this"}}

    answer = requests.post(
        f"{practice.iss}/ServiceRequest",
        json=order,
        headers={"Authorization": f"Bearer {token.access_token}"},
        timeout=30,
    )

    assert answer.status_code == 400
    assert "HAPI" in answer.json()["issue"][0]["diagnostics"]


def test_a_chart_is_put_back_as_it_is_told(practice, hapi, patients):
    before = len(get(hapi.base, f"Condition?patient={patients['gossamere']}")["entry"])

    practice.practice.reset("gossamere")

    records = practice.practice.fhir.records
    assert records.get("Patient", "gossamere")["id"] == "gossamere"
    held = [
        item for item in records.of_type("Condition") if item["subject"]["reference"] == "Patient/gossamere"
    ]
    assert len(held) == before


def test_an_order_of_the_screen_is_a_draft_in_hapi_and_brings_its_card(practice, hapi, patients):
    with app_running(Config(port=0, database_url="sqlite://")) as app, called(practice, app):
        answer = requests.post(
            f"{practice.url}/patients/fennimoor/orders",
            data={"what": "brand", "how": "server"},
            headers={"Origin": practice.url},
            timeout=30,
        )

    (order,) = everything(hapi.base, f"MedicationRequest?patient={patients['fennimoor']}&status=draft")
    encounter = get(hapi.base, order["encounter"]["reference"])
    practice.practice.reset("fennimoor")
    assert encounter["subject"] == order["subject"]
    assert "criteria look met" in answer.text


def test_the_demo_with_its_records_on_hapi_just_works(hapi, patients):
    """What `make demo FHIR=...` starts: the app knows the practice, which keeps its records there."""
    settings = Config(port=0, database_url="sqlite://", callers="known")
    with standing(settings, ehr_port=0, fhir=hapi.base, asks_consent=False) as stand:
        page = requests.post(
            f"{stand.ehr.url}/patients/quillmere/orders",
            data={"what": "brand", "how": "server"},
            headers={"Origin": stand.ehr.url},
            timeout=60,
        ).text
        (order,) = everything(hapi.base, f"MedicationRequest?patient={patients['quillmere']}&status=draft")
        stand.ehr.practice.reset("quillmere")

    assert "criteria look met" in page
    assert order["extension"][-1]["url"].endswith("/ext-coverage-information")


@contextmanager
def called(practice, app):
    """The practice calls the services of this application as long as the block lasts."""
    clients = practice.practice.memory.clients
    before = clients[ID]
    practice.register(replace(before, services_url=app))
    yield
    practice.register(before)
