"""What the page says of a form for the same request that another app began."""

from fakes_reviews import CHART, COMPLETE, facts, fields, site
from reviews.test_foreign import UNRESECTABLE, disease, form, item, said


def _opened(*forms):
    made = site(lambda _: facts(*CHART, *forms))
    client = made.app.test_client()
    address = f"/reviews/{client.get('/begin/l1').text}"
    return client, address, client.get(address).text


def test_what_was_taken_is_told_and_each_answer_says_whose_it_is():
    _, _, page = _opened(form(UNRESECTABLE))

    assert "Another app's form was taken up (Nora Quillfeather, 2026-05-31)." in page
    assert "QuestionnaireResponse/other" in page
    assert "Entered by Nora Quillfeather" in page
    assert "Answers taken from another app&#39;s form" in page


def test_what_was_not_taken_is_told_with_why():
    _, _, page = _opened(form(disease(item("unresectable", said(None, valueBoolean=True)))))

    assert "Is the melanoma unresectable?: the form does not say who answered it" in page


def test_a_form_of_another_version_is_told_with_why():
    _, _, page = _opened(
        form(UNRESECTABLE, questionnaire="https://smartapp.example/fhir/Questionnaire/TILMelanoma|0.9")
    )

    assert "A form in the chart was not gone on with:" in page
    assert "it was answered in version 0.9 of the form" in page


def test_without_another_form_nothing_is_said():
    _, _, page = _opened()

    assert "Another app" not in page


def test_what_was_answered_otherwise_here_is_told_until_it_is_saved_again_and_stands():
    held = []
    made = site(lambda _: facts(*CHART, *held))
    client = made.app.test_client()
    address = f"/reviews/{client.get('/begin/l1').text}"
    answers = {name: list(COMPLETE[name]) for name in ("unresectable", "unresectable.why")}
    client.post(
        f"{address}/form", data={**fields(client.get(address).text), **answers, **_hidden(client, address)}
    )
    held.append(form(disease(item("unresectable", said(valueBoolean=False)))))

    client.post(f"{address}/refresh", data=_hidden(client, address))
    told = client.get(address).text
    client.post(f"{address}/form", data={**fields(told), **_hidden(client, address)})
    later = client.get(address).text

    assert "Nora Quillfeather answered “No” in another app; yours, “Yes”, stands." in told
    assert "Answered otherwise here, where your answer stands: Is the melanoma unresectable?" in told
    assert "answered “No” in another app" not in later
    assert fields(later)["unresectable"] == ["true"]


def _hidden(client, address):
    text = client.get(address).text
    return {
        name: value for name, (value, *_) in fields(text).items() if name in ("csrf", "revision", "token")
    }
