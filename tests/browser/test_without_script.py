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


def test_a_link_to_a_closed_criterion_opens_it_without_script(review):
    page = review("tamberline", script=False).page
    adult = page.locator("details.criterion", has=page.locator("#criterion-adult"))
    shown = [page.locator("#criterion-adult").is_visible()]
    page.locator('.cells a[href="#criterion-adult"]').click()
    page.locator("#criterion-adult").wait_for()
    shown.append(page.locator("#criterion-adult").is_visible())
    assert (shown, adult.locator("summary").first.is_visible()) == ([False, True], True)


def test_a_folded_group_is_answered_without_script(review):
    page = review("tamberline", script=False).page
    page.locator("#item-organ summary").click()
    page.locator('[name="organ.pft"]').fill("FEV1 80 %")
    save(page)
    assert page.locator('[name="organ.pft"]').input_value() == "FEV1 80 %"
    assert page.locator("#item-organ summary").count() == 0
