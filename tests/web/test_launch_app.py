"""The whole way with the practice EHR: launch, authorization, review; public, symmetric and asymmetric."""

from urllib.parse import urlsplit

import pytest
from fakes_launch import URL, Browser, Service
from fakes_practice import ID, client, read
from fakes_smart import APP_KEYS

from smartapp.app import create_app
from smartapp.config import Config
from smartapp.ehrs import Ehr, Registry
from smartapp.sandbox import Fault, running
from smartapp.store import Store

CLIENTS = {
    "public": ({"auth": "public"}, {"auth": "none"}),
    "symmetric": (
        {"auth": "symmetric", "secret": "s3cret"},
        {"auth": "client_secret_basic", "secret": "s3cret"},
    ),
    "asymmetric": (
        {"auth": "asymmetric", "keys": APP_KEYS},
        {"auth": "private_key_jwt", "jwks": APP_KEYS.as_dict(private=False)},
    ),
}


@pytest.fixture(scope="module")
def practice():
    with running() as practice:
        yield practice


def registered(practice, kind, *, withheld=frozenset(), **flags):
    """The app and the practice EHR, known to each other; what is withheld the EHR does not grant."""
    ours, theirs = CLIENTS[kind]
    practice.register(client(**theirs, withheld=withheld))
    ehr = Ehr(name="Practice EHR", iss=practice.iss, client_id=ID, **ours, **flags)
    store = Store("sqlite://")
    app = create_app(Config(base_url=URL, database_url="sqlite://"), store=store, registry=Registry([ehr]))
    return Browser(Service(app=app, desk=None, store=store, clock=None)), store


@pytest.mark.parametrize("kind", CLIENTS)
def test_a_launch_ends_in_the_review_of_its_patient(practice, kind):
    browser, store = registered(practice, kind)

    page = read(browser, browser.open(practice.launch(ID, patient="bramblewick")))

    assert (page.status, urlsplit(page.url).path.split("/")[1]) == (200, "reviews")
    assert "Bramblewick" in page.text
    assert "Published criteria look met" in page.text
    store.close()


def test_a_token_that_expired_is_renewed_once_and_the_chart_is_read(practice):
    browser, store = registered(practice, "asymmetric", more_scopes=("online_access",))
    page = browser.open(practice.launch(ID, patient="bramblewick"), until="/callback")
    practice.practice.faults.add(Fault(kind="unauthorized", path="/fhir/Condition", times=1))

    page = read(browser, browser.open(page.url))

    practice.practice.faults.clear()
    assert "Published criteria look met" in page.text
    store.close()


def test_what_was_not_granted_is_said_and_not_taken_for_absent(practice):
    browser, store = registered(practice, "public", withheld=frozenset({"patient/Observation.rs"}))

    page = read(browser, browser.open(practice.launch(ID, patient="marrowby")))

    assert "Access to Observation was refused: this launch was not granted it." in page.text
    assert "More information needed</h2>" in page.text
    store.close()


def test_the_session_is_ended_from_the_review(practice):
    browser, store = registered(practice, "public")
    page = read(browser, browser.open(practice.launch(ID, patient="bramblewick")))
    form = page.text.partition('action="/logout"')[2]
    csrf = form.partition('value="')[2].partition('"')[0]

    over = browser.open("/logout", data={"csrf": csrf})

    assert "The session is ended" in over.text
    assert browser.open(page.url).status == 403
    store.close()


def test_an_open_test_server_is_read_without_a_token_under_a_banner():
    with running(open_server=True) as practice:
        store = Store("sqlite://")
        ehr = Ehr(name="Open Server", iss=practice.iss, open=True)
        app = create_app(
            Config(base_url=URL, database_url="sqlite://"), store=store, registry=Registry([ehr])
        )
        browser = Browser(Service(app=app, desk=None, store=store, clock=None))
        picker = browser.launch(practice.iss, None)
        csrf = picker.text.partition('name="csrf" value="')[2].partition('"')[0]
        found = browser.open(
            "/launch/patients", data={"iss": practice.iss, "csrf": csrf, "text": "Bramblewick"}
        )

        chosen = browser.open(
            "/launch/open", data={"iss": practice.iss, "csrf": csrf, "patient": "bramblewick"}
        )

        page = read(browser, chosen)
        store.close()
    assert 'value="bramblewick"' in found.text
    assert "Open test server, no real patients." in page.text
    assert "Published criteria look met" in page.text
