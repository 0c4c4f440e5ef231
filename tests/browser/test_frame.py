"""Inside a frame of an EHR of another site: the session holds, and nobody else may frame the app."""

from contextlib import contextmanager
from threading import Thread

import pytest
from browser.conftest import CLIENT
from werkzeug.serving import make_server
from werkzeug.wrappers import Response

from smartapp.config import Config
from smartapp.demo import standing

# What athenahealth's frame allows, from the change that taught the SMART launcher to imitate it.
SANDBOX = (
    "allow-forms allow-modals allow-pointer-lock allow-popups allow-popups-to-escape-sandbox "
    "allow-same-origin allow-scripts allow-downloads"
)


@contextmanager
def framing():
    """A page that frames an address; on localhost, which is another site than 127.0.0.1."""
    page = f'<!doctype html><title>EHR</title><iframe name="app" sandbox="{SANDBOX}" src="{{}}"></iframe>'
    body = []
    server = make_server("127.0.0.1", 0, Response(mimetype="text/html", response=body), threaded=True)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield (
            f"http://localhost:{server.port}",
            lambda src: body.append(page.format(src.replace("&", "&amp;"))),
        )
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def opened(open_page):
    def opened(allowed):
        with framing() as (origin, show):
            frames = (origin,) if allowed else ()
            settings = Config(port=0, database_url="sqlite://")
            with standing(settings, ehr_port=0, asks_consent=False, frames=frames) as stand:
                show(stand.ehr.launch(CLIENT, patient="tamberline"))
                page = open_page().page
                page.goto(origin, wait_until="commit")
                yield page

    return contextmanager(opened)


def test_a_draft_is_saved_in_a_frame_of_another_site(opened):
    with opened(allowed=True) as page:
        app = page.frame_locator("iframe")
        app.locator("#result").wait_for()
        app.locator('[name="facility.name"]').fill("Example Cancer Centre")
        app.get_by_role("button", name="Save draft").click()
        app.locator(".form-count", has_text="Draft saved").wait_for()
        assert app.locator('[name="facility.name"]').input_value() == "Example Cancer Centre"


def test_no_other_site_may_frame_the_review(opened):
    with opened(allowed=False) as page:
        page.wait_for_event("framenavigated", lambda frame: frame.url.startswith("chrome-error:"))
