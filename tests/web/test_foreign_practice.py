"""DTR from another app to this one, in the practice EHR: begun there, gone on with here, signed in its place."""

import pytest
from fakes_practice import ANSWERS, ID, browsing, client, read, signed
from reviews.test_foreign import disease, form, item, said

from smartapp.ehrs import Ehr
from smartapp.sandbox import running

PATIENT = "pellwick"
BEGUN = form(
    disease(
        item("unresectable", said(valueBoolean=True)), item("unresectable.why", said(valueString="Nerves"))
    ),
    ident="begun-elsewhere",
    order=None,
    subject={"reference": f"Patient/{PATIENT}"},
    meta=None,
)


@pytest.fixture
def practice():
    with running(asks_consent=False) as practice:
        practice.register(client())
        practice.practice.fhir.records.load([BEGUN])
        yield practice


@pytest.fixture
def browser(practice):
    with browsing(Ehr(name="Practice EHR", iss=practice.iss, client_id=ID)) as browser:
        yield browser


def _forms(practice):
    held = practice.practice.fhir.records.of_type("QuestionnaireResponse")
    return {r["id"]: r["status"] for r in held if r["subject"]["reference"] == f"Patient/{PATIENT}"}


@pytest.mark.requirement("dtr-2.2.0#spec-71", "dtr-2.2.0#spec-72", "dtr-2.2.0#spec-152")
@pytest.mark.parametrize("is_named", [True, False], ids=["named in the launch", "found in the chart"])
def test_a_form_begun_elsewhere_is_gone_on_with_and_signed(browser, practice, is_named):
    context = f"QuestionnaireResponse/{BEGUN['id']}" if is_named else None
    page = read(browser, browser.open(practice.launch(ID, patient=PATIENT, app_context=context)))
    assert "Another app's form was taken up (Nora Quillfeather, 2026-05-31)." in page.text
    assert "Published criteria" in page.text

    left = {name: text for name, text in ANSWERS.items() if not name.startswith("unresectable")}
    page = signed(browser, page, {**left, "product": "Lifileucel (Amtagvi)"})

    assert "<b>Signed</b>" in page.text
    forms = _forms(practice)
    if is_named:
        assert forms == {BEGUN["id"]: "completed"}
    else:
        assert sorted(forms.values()) == ["completed", "in-progress"]
    document = next(
        r
        for r in practice.practice.fhir.records.of_type("QuestionnaireResponse")
        if r["status"] == "completed" and r["subject"]["reference"] == f"Patient/{PATIENT}"
    )
    assert "Nora Quillfeather" in str(document["item"])
