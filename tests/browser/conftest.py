"""A real browser, told to notice what a visitor would not: policy violations, errors, requests to elsewhere."""

import shutil

import pytest
from browser.watch import Watched

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


@pytest.fixture
def open_page(chromium):
    """Opens a page of a given width and theme, which is watched; each has its own cookies."""
    contexts = []

    def opened(*, width=1280, height=800, dark=False, script=True, origins=(), **more):
        context = chromium.new_context(
            viewport={"width": width, "height": height},
            color_scheme="dark" if dark else "light",
            java_script_enabled=script,
            **more,
        )
        contexts.append(context)
        return Watched.of(context.new_page(), origins=origins)

    yield opened
    for context in contexts:
        context.close()
