"""What the clinician sees in each state of a chart, and when the EHR misbehaves."""

import pytest
from browser.answering import attest, sign, verdict
from browser.conftest import CLIENT
from browser.pictures import shot, take

from smartapp.config import Config
from smartapp.demo import standing
from smartapp.sandbox import Fault

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
    watched = review(patient)
    take(watched, patient)
    assert verdict(watched.page) == said


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
    ],
)
def test_what_could_not_be_read_is_said_and_never_taken_for_absent(review, fault, kind, said):
    fault(kind)
    says_what_was_not_read(review("marrowby"), kind, said)


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("busy", "Observation could not be read (429): the server is busy."),
        ("slow", "Observation could not be read: the server did not answer in time."),
    ],
)
def test_what_takes_too_long_is_said_and_never_taken_for_absent(review, kind, said):
    hurried = Config(port=0, database_url="sqlite://", chart_seconds=5)
    with standing(hurried, ehr_port=0, asks_consent=False) as at:
        observations = {"patient": "marrowby", "path": "/fhir/Observation"}
        at.ehr.practice.faults.add(Fault(kind=kind, seconds=60, **observations))
        says_what_was_not_read(review("marrowby", at=at), kind, said)


def says_what_was_not_read(watched, kind, said):
    page = watched.page
    shot(watched, f"unread-{kind}")
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


def test_a_token_that_expired_and_cannot_be_renewed_is_said(review, fault):
    fault("no-refresh")
    fault("unauthorized", times=1)
    page = review("marrowby").page
    told = page.locator("#result .callout").inner_text()
    assert verdict(page) == "More information needed"
    assert "Access to Observation was refused (401): the access has ended; launch again from the EHR." in told


def test_a_chart_without_a_coverage_says_so(review, stand):
    records = stand.ehr.practice.fhir.records
    records.remove([c for c in records.of_type("Coverage") if "quillmere" in str(c["beneficiary"])])
    watched = review("quillmere")
    stand.ehr.practice.reset("quillmere")
    take(watched, "no-coverage")
    told = watched.page.inner_text("main")
    assert verdict(watched.page) == "Published criteria look met"
    assert "none active on record" in told
    assert "No active insurance coverage was found" in told


def test_a_form_that_cannot_be_signed_yet_says_what_is_missing(review):
    watched = review("zephyrine")
    sign(watched.page)
    take(watched, "not-signable")
    assert "your attention" in watched.page.inner_text("#form")
    assert "Signed by" not in watched.page.inner_text("#packet")


def test_a_signed_review_shows_who_signed_and_what_is_in_the_chart(review):
    watched = review("dunmarrow")
    page = watched.page
    page.fill('[name="product"]', "Lifileucel (Amtagvi)")
    page.select_option('[name="braf.status"]', "v600-not-detected")
    attest(page)
    sign(page)
    take(watched, "signed")
    told = page.inner_text("#packet")
    assert verdict(page) == "Published criteria look met"
    assert "Signed by Rowan Halewick" in told
    assert "The packet is in the chart: DocumentReference/" in told


def test_a_chart_that_cannot_be_read_at_all_leaves_a_way_on(open_page, stand, fault):
    fault("failing", path="/fhir", patient="lanternby")
    watched = open_page()
    watched.page.goto(stand.ehr.launch(CLIENT, patient="lanternby"))
    watched.page.get_by_role("heading", name="The chart could not be read").wait_for()
    take(watched, "chart-not-read")
    assert "Try again" in watched.page.inner_text("main")
    assert watched.accessibility() == []


def test_a_session_that_is_over_says_so_and_keeps_the_answers(review):
    watched = review("gossamere")
    watched.page.context.clear_cookies()
    watched.page.reload()
    take(watched, "session-over")
    assert "The session has ended" in watched.page.inner_text("main")


def test_an_ehr_that_is_not_registered_is_named(open_page, stand):
    watched = open_page()
    watched.page.goto(f"{stand.app}/launch.html?iss=https://other.example/fhir&launch=1")
    take(watched, "unknown-ehr")
    assert "This EHR is not registered" in watched.page.inner_text("main")


def test_the_launch_page_offers_the_registered_ehrs(open_page, stand):
    watched = open_page()
    watched.page.goto(f"{stand.app}/launch.html")
    take(watched, "launch")
    assert "Practice EHR" in watched.page.inner_text("main")


def test_the_rule_and_all_the_evidence_are_pages_of_their_own(review):
    watched = review("quillmere")
    address = watched.page.url.partition("#")[0]
    for name in ("rules/braf", "evidence/braf", "treatments"):
        watched.page.goto(f"{address}/{name}")
        take(watched, name.replace("/", "-"))
        assert "Back to the review" in watched.page.content()
        assert watched.accessibility() == []


def test_launches_without_end_are_told_to_wait(open_page):
    settings = Config(port=0, database_url="sqlite://", launches_a_minute=2)
    with standing(settings, ehr_port=0) as stand:
        watched = open_page()
        for _ in range(3):
            watched.page.goto(f"{stand.app}/launch.html")
        take(watched, "too-many-launches")

        assert "Wait a minute, then try again" in watched.page.inner_text("main")
        assert watched.accessibility() == []
