"""The whole application in front of an EHR, a browser in front of it, and a form that can be signed."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from fakes_launch import URL, Browser, Page, Service
from fakes_reviews import fields

from smartapp.app import create_app
from smartapp.config import Config
from smartapp.ehrs import Ehr, Registry
from smartapp.sandbox import Client
from smartapp.store import Store

ID = "coverage"
ANSWERS = {
    "unresectable": "true",
    "unresectable.why": "Encases the vessels",
    "metastatic": "false",
    "attest.statement": "true",
    "attest.name": "Dr. Rowan Halewick",
    "attest.date": "2026-11-24",
}
"""What completes the form of pellwick, whose order names the product."""
UNORDERED = {**ANSWERS, "product": "Lifileucel (Amtagvi)"}
"""The same where there is no order."""


def client(**more: object) -> Client:
    """The application as the practice EHR knows it; a public client unless more is said."""
    known = {"client_id": ID, "name": "Coverage review", "auth": "none"}
    return Client(
        **known | {"redirect_uris": (f"{URL}/callback",), "launch_url": f"{URL}/launch.html"} | more
    )


@contextmanager
def browsing(ehr: Ehr, **settings: object) -> Iterator[Browser]:
    """A browser that knows the application, which knows this EHR."""
    store = Store("sqlite://")
    config = Config(base_url=URL, database_url="sqlite://", **settings)
    app = create_app(config, store=store, registry=Registry([ehr]))
    yield Browser(Service(app=app, desk=None, store=store, clock=None))
    store.close()


def read(browser: Browser, page: Page) -> Page:
    """The page once the chart is read."""
    until = time.monotonic() + 60
    while page.status == 200 and "Reading the chart" in page.text:
        assert time.monotonic() < until, "the chart was not read"
        time.sleep(0.1)
        page = browser.open(page.url)
    return page


def chosen(browser: Browser, iss: str, patient: str) -> Page:
    """The review of a patient who was chosen from the list of an open server."""
    csrf = browser.launch(iss, None).text.partition('name="csrf" value="')[2].partition('"')[0]
    page = browser.open("/launch/open", data={"iss": iss, "csrf": csrf, "patient": patient})
    return read(browser, page)


def signed(browser: Browser, page: Page, answers: dict[str, str]) -> Page:
    """The review after the form was completed with these answers and signed."""
    browser.open(f"{page.url}/form", data={**fields(page.text), **answers, "do": "sign"})
    return browser.open(page.url)
