"""Open test servers: only where set, with a picker that says what they are, and names in no address."""

import re

import pytest
from fakes_launch import Browser, service

from smartapp.ehrs import Ehr
from smartapp.errors import Unreachable

ISS = "https://open.example/r4"
OPEN = Ehr(name="Test Server", iss=ISS, open=True)
CLOSED = Ehr(name="General Hospital", iss="https://ehr.example/r4", client_id="app")


@pytest.fixture
def made():
    made = service(OPEN, CLOSED)
    yield made
    made.store.close()


def token(page):
    return re.search(r'name="csrf" value="([0-9a-f]+)"', page.text)[1]


@pytest.mark.parametrize("launch_id", [None, "ignored"])
def test_an_open_server_asks_for_a_patient_under_a_banner_and_opens_without_a_token(made, launch_id):
    browser = Browser(made)
    picker = browser.launch(ISS, launch_id)

    page = browser.open("/launch/open", data={"iss": ISS, "csrf": token(picker), "patient": "open-1"})

    assert "Open test server, no real patients." in picker.text
    assert "Open Patient" in picker.text
    assert page.text.split()[0] == "open-1"
    (launch,) = made.opened
    assert (launch.open, launch.access_token, launch.user, launch.patient) == (True, None, None, "open-1")
    assert made.access(launch).token() is None
    assert not [url for url in browser.urls if "open-1" in url]


def test_a_patient_is_searched_for_by_a_form_that_leaves_the_name_out_of_the_address(made):
    browser = Browser(made)
    csrf = token(browser.launch(ISS, None))

    found = browser.open("/launch/patients", data={"iss": ISS, "csrf": csrf, "text": "patient"})
    none = browser.open("/launch/patients", data={"iss": ISS, "csrf": csrf, "text": "<Nobody>"})

    assert "Open Patient" in found.text
    assert "No patient was found" in none.text
    assert 'value="&lt;Nobody&gt;"' in none.text
    assert not [url for url in browser.urls if "Nobody" in url]


@pytest.mark.parametrize("path", ["/launch/open", "/launch/patients"])
def test_forms_of_other_pages_are_refused(made, path):
    browser = Browser(made)
    browser.launch(ISS, None)

    page = browser.open(path, data={"iss": ISS, "csrf": "guessed", "patient": "open-1", "text": "x"})

    assert page.status == 403
    assert made.opened == []


@pytest.mark.parametrize("patient", ["", "a/b", "a b", "../x", "x" * 200])
def test_what_is_no_id_opens_nothing(made, patient):
    browser = Browser(made)
    csrf = token(browser.launch(ISS, None))

    page = browser.open("/launch/open", data={"iss": ISS, "csrf": csrf, "patient": patient})

    assert page.status == 400
    assert "No patient was chosen" in page.text


def test_an_ehr_that_is_not_set_open_is_never_treated_as_open(made):
    browser = Browser(made)
    csrf = token(browser.launch(ISS, None))

    asked = browser.open(f"/launch/patients?iss={CLOSED.iss}")
    chosen = browser.open("/launch/open", data={"iss": CLOSED.iss, "csrf": csrf, "patient": "p1"})

    assert (asked.status, chosen.status) == (400, 400)
    assert "asks for a sign-in" in asked.text
    assert made.opened == []


def test_a_server_that_gives_no_list_is_said_and_can_be_searched_again(made):
    def unreachable(*_):
        raise Unreachable("The server does not answer.")

    made = service(OPEN, known=())
    object.__setattr__(made.desk, "patients", unreachable)

    page = Browser(made).launch(ISS, None)

    assert page.status == 200
    assert "The server does not answer." in page.text
    assert "<button" in page.text
