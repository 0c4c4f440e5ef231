"""With script off the launch, the criteria, the form and its answers work all the same."""

from browser.answering import choose, save, verdict


def test_an_answer_turns_the_verdict_without_script(review):
    page = review("tamberline", script=False).page
    said = [verdict(page)]
    page.locator("#criteria summary").first.click()
    choose(page, "pd1.received", "true")
    save(page)
    said.append(verdict(page))
    assert said == ["More information needed", "Published criteria look met"]
