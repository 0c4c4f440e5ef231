"""The practice EHR's own screen: accessible and whole in every width and theme, also below the app in its frame."""

import pytest


@pytest.fixture
def screen(open_page, stand):
    """Opens a page of the EHR; the chart of the patient is put back afterwards."""

    def opened(path, **more):
        watched = open_page(**more)
        watched.page.goto(f"{stand.ehr.url}{path}")
        return watched

    yield opened
    for patient in ("everthorne", "bramblewick", "wrenfallow"):
        stand.ehr.practice.reset(patient)


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/patients/bramblewick",
        "/patients/yarrowdale",
        "/records/Observation/bramblewick-braf",
        "/auth/authorize?client_id=nobody",
    ],
)
def test_every_page_is_accessible(screen, path):
    watched = screen(path)
    # a page that says 400 is an error on the console; the page itself must be whole
    watched.errors[:] = [error for error in watched.errors if "status of 400" not in error]
    assert watched.faults() == {}


def test_a_card_is_accessible_before_and_after_it_is_answered(screen):
    watched = screen("/patients/everthorne")
    page = watched.page
    page.get_by_role("button", name="Write the order").click()
    page.get_by_text("Dismiss this card").click()
    page.get_by_text("order-select").first.click()

    asked = watched.faults()
    with page.expect_navigation():
        page.get_by_role("button", name="Save the pre-filled").click()
    answered = watched.faults()
    with page.expect_navigation():
        page.get_by_role("link", name="Prior-authorization form").first.click()
    form = watched.faults()

    assert (asked, answered, form) == ({}, {}, {})


@pytest.mark.parametrize("width", [1280, 400])
def test_the_app_opens_in_the_frame_below_the_ehrs_banner(screen, width):
    watched = screen("/patients/quillmere", width=width)
    page = watched.page

    page.get_by_role("button", name="Here, in this chart").click()
    app = page.frame_locator("iframe")
    app.locator("#result").wait_for()

    assert page.get_by_role("region", name="Patient").inner_text().startswith("Ines Quillmere")
    assert "Published criteria look met" in app.locator("#result").inner_text()
    assert (watched.errors, watched.overflow()) == ([], 0)


def test_everything_works_without_script(screen):
    watched = screen("/patients/everthorne", script=False)
    page = watched.page

    page.get_by_role("button", name="Write the order").click()
    page.get_by_text("Dismiss this card").click()
    page.get_by_label("I disagree with the assessment").check()
    with page.expect_navigation():
        page.get_by_role("button", name="Dismiss").click()

    assert page.get_by_text("Dismissed: I disagree with the assessment.").is_visible()
