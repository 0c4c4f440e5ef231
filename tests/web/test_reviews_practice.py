"""A review signed into the practice EHR: what is seen when writing fails, and that nothing is there twice."""

import re

import pytest
from fakes_launch import URL
from fakes_practice import ID, UNORDERED, browsing, client, read, signed
from fakes_reviews import fields

from smartapp.ehrs import Ehr
from smartapp.sandbox import Fault, running

PATIENT = "pellwick"
"""Melanoma in the groin nodes: whether it is resectable, the chart does not say."""


@pytest.fixture(scope="module")
def practice():
    with running(asks_consent=False) as practice:
        practice.register(client())
        yield practice


@pytest.fixture
def records(practice):
    """The records of the practice, from which what a test writes is taken out again."""
    records = practice.practice.fhir.records
    yield records
    practice.practice.faults.clear()
    for kind in ("QuestionnaireResponse", "DocumentReference"):
        records.remove(written(records, kind))


def written(records, kind):
    """What this service wrote."""
    return [r for r in records.of_type(kind) if "fhir/sid/written" in str(r.get("identifier"))]


@pytest.fixture
def browser(practice):
    with browsing(Ehr(name="Practice EHR", iss=practice.iss, client_id=ID)) as browser:
        yield browser


def launched(browser, practice):
    return read(browser, browser.open(practice.launch(ID, patient=PATIENT)))


def again(browser, page):
    csrf = re.search(r'/submission".*?name="csrf" value="([^"]+)"', page.text, re.DOTALL)[1]
    browser.open(f"{page.url}/submission", data={"csrf": csrf})
    return browser.open(page.url)


def test_form_and_packet_are_in_the_chart_and_belong_to_the_patient(browser, practice, records):
    page = signed(browser, launched(browser, practice), UNORDERED)

    (form,), (packet,) = (written(records, kind) for kind in ("QuestionnaireResponse", "DocumentReference"))
    assert (form["status"], form["subject"]) == ("completed", {"reference": f"Patient/{PATIENT}"})
    assert packet["context"]["related"] == [{"reference": f"QuestionnaireResponse/{form['id']}"}]
    assert f"QuestionnaireResponse/{form['id']}" in page.text
    assert f"DocumentReference/{packet['id']}" in page.text


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        *(("QuestionnaireResponse", k) for k in ("failing", "forbidden", "broken", "html", "unauthorized")),
        *(("DocumentReference", k) for k in ("failing", "broken", "busy")),
    ],
)
def test_a_write_that_fails_is_said_and_repeated_without_a_duplicate(browser, practice, records, kind, path):
    page = launched(browser, practice)
    practice.practice.faults.add(Fault(kind=kind, path=f"/fhir/{path}", seconds=1))

    failed = signed(browser, page, UNORDERED)
    practice.practice.faults.clear()
    mended = again(browser, failed)

    assert "is not in the chart." in failed.text
    assert "Try again to write to the chart" in failed.text
    assert "Download the packet (PDF)" in failed.text
    assert "is not in the chart." not in mended.text
    (form,), (packet,) = (written(records, name) for name in ("QuestionnaireResponse", "DocumentReference"))
    assert {"reference": f"QuestionnaireResponse/{form['id']}"} in packet["context"]["related"]


def test_where_nothing_may_be_written_it_is_said_and_can_be_downloaded(browser, practice, records):
    kinds = ("QuestionnaireResponse", "DocumentReference")
    practice.register(client(withheld=frozenset(f"patient/{kind}.crus" for kind in kinds)))

    page = signed(browser, launched(browser, practice), UNORDERED)
    practice.register(client())

    for name in ("form", "document"):
        assert f"The EHR did not allow the {name} to be written: this launch was not granted it." in page.text
    assert "Download the packet (PDF)" in page.text
    assert "Download the form (FHIR)" in page.text
    assert [written(records, kind) for kind in kinds] == [[], []]


def test_the_signed_form_is_there_at_the_next_launch_and_is_not_evidence_twice(browser, practice, records):
    signed(browser, launched(browser, practice), UNORDERED)

    page = launched(browser, practice)

    assert "This form is signed and cannot be changed." in page.text
    assert len(written(records, "QuestionnaireResponse")) == 1


def test_an_amendment_changes_the_form_in_the_chart_and_adds_a_packet(browser, practice, records):
    page = signed(browser, launched(browser, practice), UNORDERED)
    form = page.text.partition(f'{page.url.removeprefix(URL)}/form"')[2]
    hidden = dict(
        re.findall(r'<input type="hidden" name="(\w+)" value="([^"]+)"', form.partition("</form>")[0])
    )
    browser.open(f"{page.url}/form", data={**hidden, "do": "amend"})
    amending = read(browser, browser.open(page.url))

    form = {**fields(amending.text), "ecog": "1", "attest.statement": "true", "do": "sign"}
    browser.open(f"{page.url}/form", data=form)

    (document,) = written(records, "QuestionnaireResponse")
    assert (document["status"], document["meta"]["versionId"]) == ("amended", "2")
    assert len(written(records, "DocumentReference")) == 2


def test_the_user_of_the_launch_is_the_requester_where_no_order_names_one(browser, practice):
    form = fields(launched(browser, practice).text)

    assert {name: value for name, value in form.items() if name.startswith("provider.")} == {
        "provider.name": ["Dr. Rowan Halewick"],
        "provider.npi": ["1234567893"],
        "provider.contact": [""],
    }
