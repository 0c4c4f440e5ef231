"""HAPI FHIR as an open test server: picked from a list, read without a token, written to and read back."""

import re

import pytest
from fakes_practice import UNORDERED, browsing, chosen, read, signed
from integration.practice import everything, get

from smartapp.ehrs import Ehr
from smartapp.errors import NotWritten
from smartapp.sources import http, writing
from smartapp.sources.chart import Servers, read_chart

BANNER = "Open test server, no real patients."


@pytest.fixture
def browser(hapi):
    with browsing(Ehr(name="HAPI FHIR", iss=hapi.base, open=True)) as browser:
        yield browser


@pytest.fixture
def server(hapi):
    with http.session() as session:
        yield Servers(http=session).open(hapi.base)


def test_the_picker_finds_a_patient_by_name_birth_date_and_id_under_its_banner(browser, hapi, patients):
    picker = browser.launch(hapi.base, None)
    csrf = re.search(r'name="csrf" value="([^"]+)"', picker.text)[1]
    wanted = patients["bramblewick"]

    found = {
        text: browser.open("/launch/patients", data={"iss": hapi.base, "csrf": csrf, "text": text}).text
        for text in ("Bramblewick", "1955-07-19", wanted, "Nobody-at-all")
    }

    assert BANNER in picker.text
    assert {text: f'value="{wanted}"' in page for text, page in found.items()} == {
        "Bramblewick": True,
        "1955-07-19": True,
        wanted: True,
        "Nobody-at-all": False,
    }


def test_a_chosen_patient_is_read_without_a_token_under_the_banner(browser, hapi, patients):
    page = chosen(browser, hapi.base, patients["bramblewick"])

    assert (BANNER in page.text, "Published criteria look met" in page.text) == (True, True)


def test_what_is_signed_is_in_hapi_and_is_seen_at_once_at_the_next_launch(browser, hapi, patients):
    patient = patients["pellwick"]
    page = chosen(browser, hapi.base, patient)
    signed(browser, page, UNORDERED)
    (form,) = everything(hapi.base, f"QuestionnaireResponse?patient={patient}")
    (packet,) = everything(hapi.base, f"DocumentReference?patient={patient}")

    with browsing(Ehr(name="HAPI FHIR", iss=hapi.base, open=True)) as another:
        again = chosen(another, hapi.base, patient)

    assert form["status"] == "completed"
    assert packet["content"][0]["attachment"]["contentType"] == "application/pdf"
    assert f"QuestionnaireResponse/{form['id']}" in again.text


def test_a_draft_order_is_written_once_however_often_it_is_tried_and_read_back(server, hapi, patients):
    patient = patients["quillmere"]
    order = {
        "resourceType": "MedicationRequest",
        "status": "draft",
        "intent": "order",
        "subject": {"reference": f"Patient/{patient}"},
        "medicationCodeableConcept": {"text": "lifileucel"},
        "authoredOn": "2026-06-01",
    }

    first, second = (writing.create(server, order, key="hapi-draft") for _ in range(2))

    (held,) = everything(hapi.base, f"MedicationRequest?patient={patient}&status=draft")
    read_back = read_chart(server, patient_id=patient, seconds=20).of_type("MedicationRequest")
    assert (first.reference, first.again, second.again) == (f"MedicationRequest/{held['id']}", False, True)
    assert (second.reference, [found["id"] for found in read_back]) == (first.reference, [held["id"]])


def test_an_update_with_an_old_version_is_refused_by_hapi_and_said(server, hapi, patients):
    subject = {"reference": f"Patient/{patients['vexmoor']}"}
    form = {"resourceType": "QuestionnaireResponse", "status": "in-progress", "subject": subject}
    name = writing.create(server, form, key="hapi-version").reference
    held = get(hapi.base, name)
    writing.update(server, {**held, "status": "completed"})

    with pytest.raises(NotWritten) as refused:
        writing.update(server, {**held, "status": "stopped"})

    assert str(refused.value) == "The EHR did not accept the form (409)."
    assert get(hapi.base, name)["status"] == "completed"


def test_an_operation_outcome_of_hapi_is_said_without_its_words(server, patients):
    subject = {"reference": f"Patient/{patients['vexmoor']}"}
    form = {"resourceType": "QuestionnaireResponse", "status": "completed", "subject": subject}
    form |= {"encounter": {"reference": "Encounter/nobody-has-this"}}

    with pytest.raises(NotWritten) as refused:
        writing.create(server, form, key="hapi-dangling")

    assert str(refused.value) == "The EHR did not accept the form (400)."


def test_a_patient_who_is_not_there_is_said(browser, hapi):
    page = chosen(browser, hapi.base, "987654321")

    assert "There is no such Patient on the server (404)." in read(browser, page).text
