"""The whole story: an order in the EHR, a card, a review, an answer, a signature, a packet in the chart."""

from browser.answering import attest, choose, save, sign, verdict


def test_an_order_becomes_a_signed_packet_in_the_chart(open_page, stand):
    ehr = open_page().page
    ehr.goto(f"{stand.ehr.url}/patients/pellwick")
    ehr.get_by_role("button", name="Write the order").click()
    ehr.get_by_role("heading", name="Lifileucel: more information needed").wait_for()
    with ehr.context.expect_page() as opened:
        ehr.get_by_role("button", name="In a new tab").click()
    page = opened.value
    page.locator("#result").wait_for()
    said = [verdict(page)]

    choose(page, "unresectable", "true")
    page.fill('[name="unresectable.why"]', "Encases the femoral vessels")
    save(page)
    said.append(verdict(page))

    choose(page, "metastatic", "false")
    attest(page)
    sign(page)
    ehr.goto(f"{stand.ehr.url}/patients/pellwick")
    documents = ehr.locator("section", has_text="Documents and forms").last.inner_text()

    assert said == ["More information needed", "Published criteria look met"]
    assert "is in the chart: QuestionnaireResponse/" in page.inner_text("#packet")
    assert "is in the chart: DocumentReference/" in page.inner_text("#packet")
    assert "completed" in documents


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
