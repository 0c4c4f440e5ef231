"""Two patients in two tabs of one browser never mix."""

from browser.answering import verdict
from browser.conftest import CLIENT
from browser.pictures import FOLDER


def test_neither_tab_shows_the_other_patient(open_page, stand):
    first = open_page().page
    second = first.context.new_page()
    for page, patient in ((first, "quillmere"), (second, "lanternby")):
        page.goto(stand.ehr.launch(CLIENT, patient=patient))
        page.locator("#result").wait_for()
    first.reload()
    for page, patient in ((first, "quillmere"), (second, "lanternby")):
        page.screenshot(path=FOLDER / f"two-tabs-{patient}.png", full_page=True)
    texts = [page.content() for page in (first, second)]
    assert ["Quillmere" in text for text in texts] == [True, False]
    assert ["Lanternby" in text for text in texts] == [False, True]
    assert [verdict(page) for page in (first, second)] == [
        "Published criteria look met",
        "More information needed",
    ]


def test_the_browser_keeps_nothing_and_no_address_names_anybody(review, stand):
    watched = review("quillmere")
    kept = watched.page.evaluate("[localStorage.length, sessionStorage.length, document.cookie]")
    ours = " ".join(address for address in watched.requests if address.startswith(stand.app))
    assert kept == [0, 0, ""]
    assert [word for word in ("quillmere", "Ines", "1976", "hale") if word in ours] == []


def test_the_next_user_of_the_browser_finds_nothing_of_the_one_before(open_page, stand):
    page = open_page().page
    page.goto(stand.ehr.launch(CLIENT, patient="quillmere", user="hale"))
    page.locator("#result").wait_for()
    before = page.url
    page.goto(stand.ehr.launch(CLIENT, patient="lanternby", user="brook"))
    page.locator("#result").wait_for()
    page.goto(before)
    assert "not open in this browser any more" in page.inner_text("main")
    assert "Quillmere" not in page.content()
