"""What is logged from the launch to the packet, at the most talkative level, names nobody and gives nothing away."""

import logging
import re

import pytest
from fakes_launch import URL
from fakes_practice import ID, UNORDERED, browsing, client, read, signed
from fakes_reviews import fields

from smartapp.ehrs import Ehr
from smartapp.sandbox import Fault, running
from smartapp.store import launches

PATIENT = "pellwick"
TYPED = "555-0199"


@pytest.fixture
def practice():
    with running(asks_consent=False) as practice:
        practice.register(client())
        yield practice


def worked(browser, practice):
    """A review that is read, saved, signed, written with faults and downloaded."""
    faults = practice.practice.faults
    faults.add(Fault(kind="failing", path="/fhir/Procedure"))
    faults.add(Fault(kind="html", path="/fhir/DiagnosticReport"))
    faults.add(Fault(kind="broken", path="/fhir/DocumentReference"))
    page = read(browser, browser.open(practice.launch(ID, patient=PATIENT)))
    typed = {**fields(page.text), "provider.contact": TYPED, "stage.date": "in spring", "do": "save"}
    browser.open(f"{page.url}/form", data=typed)
    browser.open(f"{page.url}/form", data={**typed, "revision": TYPED})
    browser.open(f"{page.url}/nowhere?name={PATIENT}")
    page = signed(browser, browser.open(page.url), {**UNORDERED, "stage.date": ""})
    assert "<b>Signed</b>" in page.text
    browser.open(f"{page.url}/response.json")
    return page


def test_from_the_launch_to_the_packet_nothing_of_the_patient_is_logged(practice, caplog):
    ehr = Ehr(name="Practice EHR", iss=practice.iss, client_id=ID)
    with caplog.at_level(logging.DEBUG), browsing(ehr) as browser:
        page = worked(browser, practice)
        (launch,) = launches.of_session(browser.made.store.vault, session_of(browser))

    logged = "\n".join(r.getMessage() + str(r.exc_text or "") for r in caplog.records)
    secret = [
        launch.access_token,
        launch.session,
        browser.cookie,
        page.url.rpartition("/")[2],
        *callbacks(browser),
    ]
    clinical = ["ellwick", "Mateo", TYPED, "in spring", "MRN", "melanoma", "1970-02-11", "Halewick"]
    assert "chart read" in logged
    assert [text for text in (*secret, *clinical) if text in logged] == []


def session_of(browser):
    return browser.made.store.vault.get("session", browser.cookie)["id"]


def callbacks(browser):
    """The codes and states that the browser carried."""
    ours = " ".join(url for url in browser.urls if url.startswith(URL))
    return re.findall(r"(?:code|state)=([^&\s]+)", ours)
