"""The whole story: an order, a card, a permission, a review, an answer, a signature, a packet in the chart."""

import pytest
from browser.answering import attest, choose, save, sign, verdict
from browser.conftest import CLIENT
from browser.pictures import take
from browser.watch import Watched

from smartapp.config import Config
from smartapp.demo import standing


@pytest.fixture
def demo():
    """Both as `smartapp demo` has them: the EHR asks before it lets the app in."""
    with standing(Config(port=0, database_url="sqlite://"), ehr_port=0) as started:
        yield started


def test_an_order_becomes_a_signed_packet_in_the_chart(open_page, demo):
    watched = open_page()
    ehr, watched.origins = watched.page, (demo.app, demo.ehr.url)
    ehr.goto(f"{demo.ehr.url}/patients/pellwick")
    ehr.get_by_role("button", name="Write the order").click()
    ehr.get_by_role("heading", name="Lifileucel: more information needed").wait_for()
    with ehr.context.expect_page() as opened:
        ehr.get_by_role("button", name="In a new tab").click()
    page = opened.value
    app = Watched.of(page, origins=watched.origins)
    page.get_by_role("heading", name="Let TIL coverage review in?").wait_for()
    asked = (app.accessibility(), app.overflow())
    take(app, "consent")
    page.get_by_role("button", name="Allow").click()
    page.locator("#result").wait_for()
    said = [verdict(page)]

    choose(page, "unresectable", "true")
    page.fill('[name="unresectable.why"]', "Encases the femoral vessels")
    save(page)
    said.append(verdict(page))

    choose(page, "metastatic", "false")
    attest(page)
    sign(page)
    ehr.goto(f"{demo.ehr.url}/patients/pellwick")
    documents = ehr.locator("section", has_text="Documents and forms").last.inner_text()
    ehr.get_by_role("link", name="Prior-authorization packet").first.click()
    packet = ehr.inner_text("main")

    assert asked == ([], 0)
    assert said == ["More information needed", "Published criteria look met"]
    assert "is in the chart: QuestionnaireResponse/" in page.inner_text("#packet")
    assert "is in the chart: DocumentReference/" in page.inner_text("#packet")
    assert "completed" in documents
    assert "application/pdf" in packet
    assert [found.errors + found.strayed for found in (watched, app)] == [[], []]


def test_whoever_does_not_let_the_app_in_is_told_how_to_go_on(open_page, demo):
    watched = open_page()
    page, watched.origins = watched.page, (demo.app, demo.ehr.url)
    page.goto(demo.ehr.launch(CLIENT, patient="quillmere"))
    page.get_by_role("button", name="Deny").click()
    page.get_by_role("heading", name="The EHR did not grant access").wait_for()

    assert "Access was declined, by you or by a rule of the EHR." in page.inner_text("main")
    assert page.get_by_role("link", name="Start again with Practice EHR").is_visible()
    assert (watched.accessibility(), watched.strayed) == ([], [])


def test_in_the_ehrs_frame_permission_is_given_and_the_form_signed_too(open_page, demo):
    watched = open_page()
    page, watched.origins = watched.page, (demo.app, demo.ehr.url)
    page.goto(f"{demo.ehr.url}/patients/pellwick")
    page.get_by_role("button", name="Here, in this chart").click()
    app = page.frame_locator("iframe")
    app.get_by_role("button", name="Allow").click()
    app.locator("#result").wait_for()
    app.locator('[name="product"]').fill("Lifileucel (Amtagvi)")
    choose(app, "unresectable", "true")
    app.locator('[name="unresectable.why"]').fill("Encases the femoral vessels")
    choose(app, "metastatic", "false")
    app.locator('input[type=checkbox][name="attest.statement"]').check()
    app.locator('[name="attest.name"]').fill("Rowan Halewick")
    app.locator('[name="attest.date"]').fill("2026-11-24")
    app.get_by_role("button", name="Sign and write").click()

    app.get_by_text("is in the chart: DocumentReference/").wait_for()
    assert (watched.errors, watched.strayed) == ([], [])


def test_going_back_and_forward_never_shows_an_older_answer(review):
    page = review("wrenfallow").page
    page.fill('[name="facility.name"]', "first")
    save(page)
    page.fill('[name="facility.name"]', "second")
    save(page)
    seen = []
    for go in (page.go_back, page.go_back, page.go_forward):
        go()
        page.wait_for_load_state()
        seen.append(page.input_value('[name="facility.name"]'))
    assert seen == ["second"] * 3
