"""A connection that is gone when the form is sent: what was typed stays on the page, and counts once."""

import pytest
from browser.answering import attest, save

TYPED = "Example Cancer Centre"
UNSENT = "it is not known whether your answers arrived"


@pytest.fixture
def filled(review):
    """The review of a patient with an answer typed and not sent; its name is the patient's."""

    def opened(patient, **window):
        watched = review(patient, **window)
        watched.page.fill('[name="facility.name"]', TYPED)
        return watched

    return opened


def press(page, name):
    page.get_by_role("button", name=name).click()


def test_what_was_typed_stays_on_the_page_and_is_sent_when_the_connection_is_back(filled):
    watched = filled("gossamere")
    page = watched.page
    page.context.set_offline(True)

    press(page, "Save draft")
    page.get_by_text(UNSENT).wait_for()
    typed, is_open = page.input_value('[name="facility.name"]'), page.locator("#form").is_visible()
    focus = page.evaluate("document.activeElement.textContent")
    page.context.set_offline(False)
    save(page)

    assert (typed, is_open, focus) == (TYPED, True, "Save draft")
    assert page.input_value('[name="facility.name"]') == TYPED
    assert "Draft saved" in page.inner_text("#form")
    assert page.evaluate("localStorage.length + sessionStorage.length") == 0


def test_leaving_the_page_with_what_was_not_sent_is_asked_about(filled):
    page = filled("gossamere").page
    asked = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    page.context.set_offline(True)
    press(page, "Save draft")
    page.get_by_text(UNSENT).wait_for()

    with page.expect_event("dialog"):
        page.evaluate("setTimeout(() => { location.href = '/logout'; })")

    assert asked == ["beforeunload"]
    assert page.input_value('[name="facility.name"]') == TYPED


@pytest.mark.parametrize(("status", "body"), [(502, "Bad Gateway"), (200, "<title>Please sign in</title>")])
def test_an_answer_of_something_on_the_way_is_not_taken_for_ours(filled, status, body):
    page = filled("gossamere").page
    page.route("**/form", lambda route: route.fulfill(status=status, body=body, content_type="text/html"))

    press(page, "Save draft")
    page.get_by_text(UNSENT).wait_for()

    assert page.input_value('[name="facility.name"]') == TYPED


def test_a_signature_whose_answer_was_lost_counts_once(filled, stand):
    watched = filled("fennimoor")
    page = watched.page
    page.fill('[name="product"]', "Lifileucel (Amtagvi)")
    attest(page)

    def lost(route):
        route.fetch(max_redirects=0)
        route.abort("connectionreset")

    page.route("**/form", lost)
    press(page, "Sign and write")
    page.get_by_text(UNSENT).wait_for()
    page.unroute("**/form")
    with page.expect_navigation():
        press(page, "Sign and write")

    written = [
        found
        for kind in ("QuestionnaireResponse", "DocumentReference")
        for found in stand.ehr.practice.fhir.records.of_type(kind)
        if "fhir/sid/written" in str(found.get("identifier")) and "fennimoor" in str(found["subject"])
    ]
    assert [found["resourceType"] for found in written] == ["QuestionnaireResponse", "DocumentReference"]
    assert "Signed by" in page.inner_text("#packet")


def test_a_page_that_says_what_is_wrong_is_shown_by_the_browser(filled):
    page = filled("gossamere").page
    page.context.clear_cookies()

    with page.expect_navigation():
        press(page, "Save draft")

    assert "The session has ended" in page.inner_text("main")
    assert "Your answers are kept" in page.inner_text("main")
