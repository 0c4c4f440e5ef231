"""While a slow EHR is read the page says what has come and what is awaited, without script and by itself."""

import pytest
from browser.conftest import CLIENT
from browser.pictures import shot

from smartapp.sandbox import Fault

SLOW = ("Observation", "DiagnosticReport")


@pytest.fixture
def slow(stand):
    """A practice EHR that takes its time over results and reports."""
    faults = stand.ehr.practice.faults
    for kind in SLOW:
        faults.add(Fault(kind="slow", path=f"/fhir/{kind}", patient="marrowby", seconds=8))
    yield stand
    faults.clear()


@pytest.mark.parametrize("script", [True, False])
def test_what_is_awaited_is_named_until_it_has_come(open_page, slow, script):
    watched = open_page(script=script)
    page = watched.page

    page.goto(slow.ehr.launch(CLIENT, patient="marrowby"))
    page.get_by_text("Conditions: 2 read").wait_for()
    told = page.inner_text("main")
    if script:
        shot(watched, "reading")
    states = [page.url]
    page.locator("#result").wait_for()

    assert "Reading the chart" in told
    assert "Reports: awaited" in told
    assert "Observations: awaited" in told
    assert "kinds of records read" in told
    assert states == [page.url]
    assert (watched.errors, watched.strayed) == ([], [])


def test_the_page_that_waits_is_fit_for_everybody(open_page, slow):
    watched = open_page(width=320)

    watched.page.goto(slow.ehr.launch(CLIENT, patient="marrowby"))
    watched.page.get_by_text("Observations: awaited").wait_for()
    watched.page.route("**/reviews/*", lambda route: route.abort("aborted"))  # else it goes on meanwhile

    shot(watched, "reading-320")

    assert watched.accessibility() == []
    assert watched.overflow() == 0
    assert "Observations: awaited" in watched.page.inner_text("main")
