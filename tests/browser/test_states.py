"""What the clinician sees in each state of a chart, and when the EHR misbehaves."""

from pathlib import Path

import pytest
from browser.answering import verdict

from smartapp.sandbox import Fault

SCREENS = Path(__file__).parents[2] / "build" / "screens"
"""What was seen, for whoever wants to look."""
UNREAD = "Not everything could be read."


@pytest.mark.parametrize(
    ("patient", "said"),
    [
        ("quillmere", "Published criteria look met"),
        ("thistlecombe", "More information needed"),
        ("vexmoor", "Published criteria not met"),
        ("copperleaf", "Policy does not apply"),
        ("underhazel", "Investigational under the policy"),
        ("yarrowdale", "More information needed"),
    ],
)
def test_the_verdict_is_said_in_the_words_of_the_policy(review, patient, said):
    page = review(patient).page
    page.screenshot(path=SCREENS / f"{patient}.png", full_page=True)
    assert verdict(page) == said


@pytest.fixture
def fault(stand):
    """One kind of misbehaviour for what is asked about one patient's observations."""
    faults = stand.ehr.practice.faults

    def added(kind, **more):
        faults.add(Fault(kind=kind, **{"patient": "marrowby", "path": "/fhir/Observation", **more}))

    yield added
    faults.clear()


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("forbidden", "Access to Observation was refused (403)."),
        ("unauthorized", "the access has ended; launch again from the EHR."),
        ("failing", "Observation could not be read (500)."),
        ("broken", "Observation could not be read: the answer was not FHIR."),
        ("html", "Observation could not be read: the answer was not FHIR."),
        ("busy", "Observation could not be read (429): the server is busy."),
        ("slow", "Observation could not be read: the server did not answer in time."),
    ],
)
def test_what_could_not_be_read_is_said_and_never_taken_for_absent(review, fault, kind, said):
    fault(kind, seconds=60)
    page = review("marrowby").page
    page.screenshot(path=SCREENS / f"{kind}.png")
    told = page.locator("#result .callout").inner_text()
    assert verdict(page) == "More information needed"
    assert UNREAD in told
    assert said in told


def test_a_page_that_is_missing_leaves_the_chart_incomplete(review, fault):
    fault("missing-page", patient="bramblewick", path="/fhir")
    told = review("bramblewick").page.locator("#result .callout").inner_text()
    assert "Observation could not be read to the end" in told


def test_a_token_that_expired_is_renewed_without_a_word(review, fault):
    fault("unauthorized", times=1)
    page = review("marrowby").page
    assert (verdict(page), UNREAD in page.inner_text("#result")) == ("Published criteria look met", False)
