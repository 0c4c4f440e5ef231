"""A real browser, the app and the practice EHR, all on this machine."""

import shutil

import pytest
from browser.watch import Watched

from smartapp.config import Config
from smartapp.demo import standing

_NAMES = ("chromium", "chromium-browser", "google-chrome")


@pytest.fixture(scope="session")
def chromium():
    """Headless Chromium as installed on the machine."""
    path = next((found for name in _NAMES if (found := shutil.which(name))), None)
    if path is None:
        pytest.skip("no Chromium on this machine")
    sync_api = pytest.importorskip("playwright.sync_api")
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def stand():
    """The app and the practice EHR, registered with each other."""
    settings = Config(port=0, database_url="sqlite://")
    with standing(settings, ehr_port=0, asks_consent=False) as started:
        yield started


@pytest.fixture
def open_page(chromium, stand):
    """Opens a page of a given width and theme, which is watched; each has its own cookies."""
    contexts = []

    def opened(*, width=1280, height=800, dark=False, script=True, **more):
        context = chromium.new_context(
            viewport={"width": width, "height": height},
            color_scheme="dark" if dark else "light",
            java_script_enabled=script,
            **more,
        )
        context.set_default_timeout(30_000)
        contexts.append(context)
        return Watched.of(context.new_page(), origins=(stand.app, stand.ehr.url))

    yield opened
    for context in contexts:
        context.close()


@pytest.fixture
def review(open_page, stand):
    """The review of a patient, launched from the practice EHR, on a page of its own."""

    def launched(patient, *, at=stand, **window):
        watched = open_page(**window)
        watched.page.goto(at.ehr.launch(CLIENT, patient=patient))
        watched.page.wait_for_url(f"{at.app}/reviews/*")
        watched.page.locator("#result").wait_for()
        return watched

    return launched


CLIENT = "til-coverage"
