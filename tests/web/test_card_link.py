"""From the link of a card to the review of its order, in an EHR that hands on the appContext and names no order."""

import re

import pytest
from fakes_hooks import order, patient
from fakes_launch import URL, Browser, Service
from fakes_practice import ID, client, read
from fakes_reviews import fields

from smartapp.app import create_app
from smartapp.config import Config
from smartapp.ehrs import Ehr, Registry
from smartapp.sandbox import running
from smartapp.store import Store

PATIENT = "bramblewick"
ORDERS = tuple(
    order(name, patient=PATIENT, text="Lifileucel (Amtagvi)", authoredOn=day)
    for name, day in (("first", "2026-11-03"), ("second", "2026-11-04"))
)


@pytest.fixture
def practice():
    """A practice whose patient has two drafts of the therapy."""
    with running(asks_consent=False) as practice:
        practice.register(client())
        practice.practice.fhir.records.load(ORDERS)
        yield practice


@pytest.fixture
def browser(practice):
    store = Store("sqlite://")
    registry = Registry([Ehr(name="Practice EHR", iss=practice.iss, client_id=ID)])
    app = create_app(
        Config(base_url=URL, database_url="sqlite://", callers="anyone"), store=store, registry=registry
    )
    yield Browser(Service(app=app, desk=None, store=store, clock=None))
    store.close()


def contexts(browser):
    """The appContext of the card for each order."""
    entries = [{"resource": item} for item in ORDERS]
    asked = {
        "hook": "order-sign",
        "hookInstance": "d1577c69-dfbe-44ad-ba6d-3e05e953b2ea",
        "context": {
            "userId": "Practitioner/hale",
            "patientId": PATIENT,
            "draftOrders": {"resourceType": "Bundle", "type": "collection", "entry": entries},
        },
        "prefetch": {
            "patient": patient(PATIENT),
            "coverage": {"resourceType": "Bundle", "type": "searchset"},
        },
    }
    cards = browser.made.app.test_client().post("/cds-services/til-order-sign", json=asked).json["cards"]
    links = [link for card in cards for link in card["links"] if link["type"] == "smart"]
    return dict(zip(("first", "second"), (link["appContext"] for link in links), strict=True))


def launched(browser, practice, context):
    return read(browser, browser.open(practice.launch(ID, patient=PATIENT, app_context=context)))


@pytest.mark.parametrize("name", ["first", "second"])
def test_the_link_leads_to_the_review_of_its_order_though_another_waits(browser, practice, name):
    context = contexts(browser)[name]

    page = launched(browser, practice, context)

    assert "Which order" not in page.text
    assert re.findall(r"Lifileucel \(Amtagvi\), (2026-11-0\d), draft", page.text) == [
        next(item["authoredOn"] for item in ORDERS if item["id"] == name)
    ]


def test_a_context_that_is_not_known_leads_to_the_choice(browser, practice):
    contexts(browser)

    page = launched(browser, practice, "d1577c69-dfbe-44ad-ba6d-3e05e953b2eb")

    assert "2026-11-03" in page.text
    assert "2026-11-04" in page.text
    assert fields(page.text).get("revision") is None


def test_an_order_that_was_deleted_meanwhile_leads_to_what_waits(browser, practice):
    context = contexts(browser)["second"]
    practice.practice.fhir.records.remove([ORDERS[1]])

    page = launched(browser, practice, context)

    assert "Lifileucel (Amtagvi), 2026-11-03, draft" in page.text
    assert "The order that the launch is about could not be read" in page.text
