"""Two patients in two tabs of one browser never mix."""

from browser.conftest import CLIENT


def test_neither_tab_shows_the_other_patient(open_page, stand):
    first = open_page().page
    second = first.context.new_page()
    for page, patient in ((first, "quillmere"), (second, "lanternby")):
        page.goto(stand.ehr.launch(CLIENT, patient=patient))
        page.locator("#result").wait_for()
    first.reload()
    texts = [page.content() for page in (first, second)]
    assert ["Quillmere" in text for text in texts] == [True, False]
    assert ["Lanternby" in text for text in texts] == [False, True]
