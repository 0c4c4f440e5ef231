"""From the signed review to the payer's answer on the page, through the practice EHR and its practice payer."""

import base64
import json
import re
import time
from dataclasses import replace

import pytest
from davinci.packages import guide
from davinci.pas import BASE, broken
from davinci.profiles import problems
from fakes_launch import Browser
from fakes_practice import ANSWERS, ID, browsing, client, read, signed
from joserfc.jwk import ECKey, KeySet

from smartapp.ehrs import Ehr
from smartapp.reviews.visits import Visits
from smartapp.sandbox import Fault, running

PATIENT = "pellwick"
CLINICIANS = ("/claim", "/claim/cancellation")
KEYS = KeySet([ECKey.generate_key("P-384", {"kid": "app-1"})])
ORDER = {
    "resourceType": "MedicationRequest",
    "id": "claimed",
    "status": "active",
    "intent": "order",
    "medicationCodeableConcept": {
        "coding": [
            {
                "system": "http://www.nlm.nih.gov/research/umls/rxnorm",
                "code": "2675868",
                "display": "lifileucel",
            }
        ]
    },
    "subject": {"reference": f"Patient/{PATIENT}"},
    "authoredOn": "2026-11-20T09:00:00Z",
    "requester": {"reference": "Practitioner/hale", "display": "Dr. Rowan Halewick"},
}


@pytest.fixture(scope="module")
def practice():
    with running(asks_consent=False) as practice:
        practice.register(client(jwks=KEYS.as_dict(private=False)))
        yield practice


@pytest.fixture(autouse=True)
def order(practice):
    records, payer = practice.practice.fhir.records, practice.practice.payer
    records.load([ORDER])
    payer.cases.clear()
    payer.received, payer.decide, payer.version = 0, None, "2.2"
    yield ORDER
    practice.practice.faults.clear()
    mine = [r for kind in ("QuestionnaireResponse", "DocumentReference") for r in records.of_type(kind)]
    records.remove([ORDER, *(r for r in mine if "sid/written" in str(r.get("identifier")))])


@pytest.fixture
def browser(practice, tmp_path):
    with _browsing(practice, ehrs=_file(tmp_path, practice)) as browser:
        yield browser


def _file(folder, practice):
    (folder / "keys.json").write_text(json.dumps(KEYS.as_dict(private=True)), encoding="utf-8")
    path = folder / "ehrs.toml"
    path.write_text(
        'key_files = ["keys.json"]\n[[payer]]\nname = "Practice payer"\nversion = "2.2"\n'
        f'base = "{practice.url}/payer/fhir"\nclient_id = "{ID}"\nprovider = "Example Cancer Center"\n',
        encoding="utf-8",
    )
    return path


def _browsing(practice, **settings):
    return browsing(Ehr(name="Practice EHR", iss=practice.iss, client_id=ID), **settings)


def _signed(browser, practice):
    launched = browser.open(practice.launch(ID, patient=PATIENT, order=f"MedicationRequest/{ORDER['id']}"))
    page = signed(browser, read(browser, launched), ANSWERS)
    assert "<b>Signed</b>" in page.text
    return page


def _pressed(browser, page, path):
    """The page after a button of the part about the request was pressed."""
    csrf = re.search(rf'{path}".*?name="csrf" value="([^"]+)"', page.text, re.DOTALL)[1]
    browser.open(f"{page.url}{path}", data={"csrf": csrf})
    return browser.open(page.url)


def _amended(browser, page):
    """The page of the next version, signed."""
    names = ("csrf", "revision", "token")
    form = page.text.partition('id="form"')[2]
    hidden = {name: re.search(rf'name="{name}" value="([^"]*)"', form)[1] for name in names}
    browser.open(f"{page.url}/form", data={**hidden, "do": "amend"})
    return signed(browser, read(browser, browser.open(page.url)), ANSWERS)


def _part(page):
    text = page.text.partition('id="claim"')[2].partition("</section>")[0]
    return " ".join(re.sub(r"<[^>]+>", " ", text).split())


def test_before_the_form_is_signed_nothing_is_said_of_a_request(browser, practice):
    page = browser.open(practice.launch(ID, patient=PATIENT, order=f"MedicationRequest/{ORDER['id']}"))
    while "Reading the chart" in page.text:
        time.sleep(0.1)
        page = browser.open(page.url)

    assert 'id="claim"' not in page.text
    assert browser.open(f"{page.url}/claim.json").status == 422


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("A1", "The payer approved the request. Authorization number PA-0001"),
        ("A3", "The payer denied the request."),
        ("A4", "The payer has the request and has not decided yet. Reference number REF-PA-0001"),
        ("A6", "The payer approved a part of the request, or approved it otherwise than requested."),
        ("ZZ", "The payer answered, but not in a way that says what was decided."),
    ],
)
def test_the_request_is_sent_and_the_payers_answer_is_shown(browser, practice, code, words):
    practice.practice.payer.decide = lambda _: code
    page = _signed(browser, practice)
    assert "The request can be sent to Practice payer" in _part(page)

    sent = _pressed(browser, page, "/claim")

    assert words in _part(sent)
    assert "Send the request" not in _part(sent)
    assert ("Ask the payer for its answer" in _part(sent)) is (code in {"A4", "ZZ"})
    assert "Request sent to the payer" in sent.text


def test_the_payer_gets_a_request_that_conforms_and_is_complete(browser, practice):
    page = _signed(browser, practice)
    _pressed(browser, page, "/claim")

    (case,) = practice.practice.payer.cases.values()
    claim = case.bundle["entry"][0]["resource"]
    assert list(broken(case.bundle)) == []
    assert problems(case.bundle, f"{BASE}profile-pas-request-bundle", guide("pas-2.2")) == []
    assert problems(claim, f"{BASE}profile-claim", guide("pas-2.2")) == []
    order = next(
        e["resource"] for e in case.bundle["entry"] if e["resource"]["resourceType"] == "MedicationRequest"
    )
    assert order["extension"][0]["url"].endswith("ext-coverage-information")


def test_the_answers_of_the_practice_payer_conform(browser, practice):
    definitions = guide("pas-2.2")
    page = _signed(browser, practice)
    _pressed(browser, page, "/claim")
    payer = practice.practice.payer
    (case,) = payer.cases.values()

    for code in ("A1", "A3", "A4"):
        case.action = code
        answer, _ = payer.submit(case.bundle)

        assert problems(answer, f"{BASE}profile-pas-response-bundle", definitions) == []
        assert problems(answer["entry"][0]["resource"], f"{BASE}profile-claimresponse", definitions) == []


def test_a_pended_request_is_asked_about_until_the_payer_decides(browser, practice):
    page = _pressed(browser, _signed(browser, practice), "/claim")

    first = _pressed(browser, page, "/claim/inquiry")
    second = _pressed(browser, first, "/claim/inquiry")

    assert "has not decided yet" in _part(first)
    assert "The payer approved the request." in _part(second)
    assert "Good until" in _part(second)


def test_a_payer_that_cannot_process_the_request_is_quoted_and_it_can_be_sent_again(browser, practice):
    page = _pressed(browser, _signed(browser, practice), "/claim")
    (case,) = practice.practice.payer.cases.values()
    case.error = "The member is not known."

    asked = _pressed(browser, page, "/claim/inquiry")

    assert "The payer could not process the request." in _part(asked)
    assert "The member is not known." in _part(asked)
    assert "Send the request again" in _part(asked)


@pytest.mark.parametrize("kind", ["failing", "busy", "html", "broken", "unauthorized", "forbidden"])
def test_a_try_that_fails_is_said_and_the_next_one_makes_no_second_request(browser, practice, kind):
    page = _signed(browser, practice)
    practice.practice.faults.add(Fault(kind=kind, path="/payer/fhir/Claim/$submit", seconds=1))

    failed = _pressed(browser, page, "/claim")
    practice.practice.faults.clear()
    mended = _pressed(browser, failed, "/claim")

    assert "Send the request again" in _part(failed)
    assert "has the request" in _part(mended)
    assert len(practice.practice.payer.cases) == 1


def test_an_access_token_that_is_over_is_renewed_once(browser, practice):
    page = _signed(browser, practice)
    practice.practice.faults.add(Fault(kind="unauthorized", path="/payer/fhir/Claim/$submit", times=1))

    sent = _pressed(browser, page, "/claim")

    assert "has the request" in _part(sent)


def test_the_request_can_be_downloaded_and_is_the_one_that_is_sent(browser, practice):
    page = _signed(browser, practice)

    kept = browser.open(f"{page.url}/claim.json")
    _pressed(browser, page, "/claim")

    (case,) = practice.practice.payer.cases.values()
    assert kept.headers["Content-Disposition"] == 'attachment; filename="prior-authorization-request.json"'
    assert kept.headers["Content-Type"] == "application/fhir+json"
    assert json.loads(kept.text) == case.bundle


def test_where_no_payer_is_registered_the_request_and_the_packet_are_downloaded(practice):
    with _browsing(practice) as browser:
        page = _signed(browser, practice)

        assert "No payer is registered here for this coverage." in _part(page)
        assert _part(page).endswith("Download the request (FHIR)")
        assert json.loads(browser.open(f"{page.url}/claim.json").text)["resourceType"] == "Bundle"
        assert "Download the packet (PDF)" in page.text


def test_a_stranger_can_neither_see_nor_send_the_request(browser, practice):
    page = _signed(browser, practice)
    stranger = Browser(browser.made)

    seen = stranger.open(f"{page.url}/claim.json")
    sent = browser.open(f"{page.url}/claim", data={"csrf": "made-up"})

    assert (seen.status, sent.status) == (403, 403)
    assert practice.practice.payer.received == 0


@pytest.mark.parametrize("is_sent", [False, True])
def test_a_patient_sees_what_became_of_the_request_and_has_no_button_for_it(browser, practice, is_sent):
    page = _signed(browser, practice)
    page = _pressed(browser, page, "/claim") if is_sent else page
    visits = Visits(browser.made.store.vault)
    visit = visits.find(page.url.rpartition("/")[2])
    visits.keep(replace(visit, user=f"Patient/{PATIENT}"))

    seen = browser.open(page.url)
    refused = [browser.open(f"{page.url}{path}", data={"csrf": visit.csrf}) for path in CLINICIANS]

    assert "Only a clinician can send a request to the payer, or cancel one." in _part(seen)
    assert ("has the request" in _part(seen)) is is_sent
    assert not re.search("Send the request|Cancel the request|No payer is registered", _part(seen))
    assert [(one.status, "Only a clinician" in one.text) for one in refused] == [(422, True)] * 2
    assert practice.practice.payer.received == int(is_sent)


@pytest.fixture
def updating(browser, practice):
    """The page of a signed amendment, while the payer has the request of the first version."""
    page = _pressed(browser, _signed(browser, practice), "/claim")
    return _amended(browser, page)


def test_an_amended_request_takes_the_place_of_the_first_and_conforms(browser, practice, updating):
    sent = _pressed(browser, updating, "/claim")

    first, second = practice.practice.payer.cases.values()
    claim = second.bundle["entry"][0]["resource"]
    assert "Of the version before: The payer has the request and has not decided yet." in _part(updating)
    assert "The request of this version takes its place." in _part(updating)
    assert first.replaced_by
    assert list(broken(second.bundle)) == []
    assert problems(second.bundle, f"{BASE}profile-pas-request-bundle", guide("pas-2.2")) == []
    assert problems(claim, f"{BASE}profile-claim-update", guide("pas-2.2")) == []
    assert "has the request and has not decided yet" in _part(sent)


def test_the_packet_in_the_bundle_is_the_one_that_is_in_the_chart(browser, practice):
    page = _signed(browser, practice)
    _pressed(browser, page, "/claim")

    (case,) = practice.practice.payer.cases.values()
    document = next(
        e["resource"] for e in case.bundle["entry"] if e["resource"]["resourceType"] == "DocumentReference"
    )
    written = practice.practice.fhir.records.of_type("DocumentReference")
    definitions = guide("pas-2.2")
    held = document["content"][0]["attachment"]
    assert problems(document, f"{BASE}profile-documentreference", definitions) == []
    assert base64.b64decode(held["data"]).startswith(b"%PDF")
    assert held in [one["content"][0]["attachment"] for one in written]


@pytest.mark.parametrize("is_amended", [False, True])
def test_what_the_payer_has_is_cancelled_and_the_page_says_so(browser, practice, is_amended, request):
    page = request.getfixturevalue("updating") if is_amended else None
    page = page or _pressed(browser, _signed(browser, practice), "/claim")
    assert "Cancel the request at the payer" in _part(page)

    cancelled = _pressed(browser, page, "/claim/cancellation")

    *_, last = practice.practice.payer.cases.values()
    assert list(broken(last.bundle)) == []
    assert (
        problems(last.bundle["entry"][0]["resource"], f"{BASE}profile-claim-update", guide("pas-2.2")) == []
    )
    assert "Cancel the request" not in _part(cancelled)
    assert "Ask the payer" not in _part(cancelled)
    assert "Request cancelled at the payer" in cancelled.text
    # of the version before nothing is left to say: the next request is one of its own
    assert ("The payer cancelled the request, as was asked." in _part(cancelled)) is not is_amended
    assert ("Of the version before" in _part(cancelled)) is False


def test_the_answer_to_a_cancellation_conforms(browser, practice):
    page = _pressed(browser, _signed(browser, practice), "/claim")
    _pressed(browser, page, "/claim/cancellation")
    *_, last = practice.practice.payer.cases.values()

    answer, _ = practice.practice.payer.submit(last.bundle)

    assert problems(answer, f"{BASE}profile-pas-response-bundle", guide("pas-2.2")) == []
    assert problems(answer["entry"][0]["resource"], f"{BASE}profile-claimresponse", guide("pas-2.2")) == []


def test_a_cancellation_that_fails_is_said_and_can_be_tried_again(browser, practice):
    page = _pressed(browser, _signed(browser, practice), "/claim")
    practice.practice.faults.add(Fault(kind="failing", path="/payer/fhir/Claim/$submit", seconds=1))

    failed = _pressed(browser, page, "/claim/cancellation")
    practice.practice.faults.clear()
    mended = _pressed(browser, failed, "/claim/cancellation")

    assert "Cancel the request at the payer" in _part(failed)
    assert "Something failed at the payer" in _part(failed)
    assert "as was asked" in _part(mended)


@pytest.mark.parametrize("is_signed", [False, True])
def test_what_stands_in_the_way_of_a_request_is_shown_before_anything_is_pressed(
    browser, practice, is_signed
):
    practice.practice.fhir.records.load([{**ORDER, "status": "draft"}])
    launched = browser.open(practice.launch(ID, patient=PATIENT, order=f"MedicationRequest/{ORDER['id']}"))
    page = read(browser, launched)
    page = signed(browser, page, ANSWERS) if is_signed else page

    part = _part(page)
    assert "The order is not signed in the EHR yet: sign it there." in part
    assert ("amend this review" if is_signed else "read the chart again") in part
    assert "Send the request" not in part
    assert "Download the request" not in part


def test_what_stood_in_the_way_is_mended_by_what_the_page_says(browser, practice):
    practice.practice.fhir.records.load([{**ORDER, "status": "draft"}])
    launched = browser.open(practice.launch(ID, patient=PATIENT, order=f"MedicationRequest/{ORDER['id']}"))
    page = signed(browser, read(browser, launched), ANSWERS)
    practice.practice.fhir.records.load([ORDER])

    page = _amended(browser, page)

    assert "has the request" in _part(_pressed(browser, page, "/claim"))
