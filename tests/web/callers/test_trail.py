"""What the audit trail keeps of calls, and how it is handed out: AuditEvents in the shape of IHE BALP."""

import base64
import json
from importlib import import_module

import pytest
from fakes_callers import SERVER, URL, application, bearer, token
from fakes_reviews import CHART, COMPLETE, DOCTOR, NOW, facts
from fakes_reviews import Service as Reviewing
from reviews.test_foreign import UNRESECTABLE, form

from smartapp.__main__ import Surroundings, main
from smartapp.config import Config, with_keys
from smartapp.reviews import export
from smartapp.store import Store

HOOK = "/cds-services/til-order-sign"
PATIENT = "secret-patient"
CALL = {
    "hook": "order-sign",
    "hookInstance": "5b0a4c3e-7d0f-4a52-9a35-0d3b6d1c7f10",
    "context": {
        "userId": "Practitioner/hale",
        "patientId": PATIENT,
        "draftOrders": {
            "resourceType": "Bundle",
            "entry": [
                {
                    "resource": {
                        "resourceType": "MedicationRequest",
                        "id": "o",
                        "status": "draft",
                        "intent": "order",
                        "medicationCodeableConcept": {"text": "lifileucel"},
                    }
                }
            ],
        },
    },
    "prefetch": {"patient": {"resourceType": "Patient", "id": PATIENT}, "coverage": None},
}


@pytest.fixture
def keys():
    return with_keys(Config()).session_keys


@pytest.fixture
def store(tmp_path, keys):
    store = Store(f"sqlite:///{tmp_path / 'callers.sqlite3'}", keys)
    yield store
    store.close()


@pytest.fixture
def site(tmp_path, store):
    return application(tmp_path, store=store).test_client()


def _events(tmp_path, keys):
    store = Store(f"sqlite:///{tmp_path / 'callers.sqlite3'}", keys)
    return list(export.events(store, service=URL))


def _valid(event):
    return import_module("fhir.resources.R4B.auditevent").AuditEvent.model_validate(event)


def _detail(event):
    found = [d for entity in event["entity"] for d in entity.get("detail", ())]
    return {item["type"]: item["valueString"] for item in found}


@pytest.mark.requirement("crd-2.2.1#found-37")
def test_every_call_is_noted_with_its_caller_its_patient_and_its_answer(site, store, tmp_path, keys):
    site.post(HOOK, json=CALL, headers=bearer(token()))
    site.post(HOOK, json=CALL)
    store.settle()

    good, refused = _events(tmp_path, keys)
    assert _valid(good)
    assert _valid(refused)
    assert [(e["outcome"], e["agent"][0]["who"]["display"]) for e in (good, refused)] == [
        ("0", "General"),
        ("4", "unknown caller"),
    ]
    assert good["agent"][2]["who"] == {"reference": "Practitioner/hale"}
    assert good["entity"][0]["what"] == {"reference": f"Patient/{PATIENT}"}
    assert good["entity"][-1]["what"]["identifier"]["value"] == CALL["hookInstance"]
    told = _detail(good)
    assert (told["status"], told["cards"], told["outcomes"]) == ("200", "1", "needs-information")
    assert _detail(refused)["status"] == "401"


@pytest.mark.requirement("crd-2.2.1#found-11")
def test_the_coverage_guidance_that_was_given_is_kept(site, store, tmp_path, keys):
    coverage = {
        "resourceType": "Coverage",
        "id": "cov",
        "status": "active",
        "beneficiary": {"reference": f"Patient/{PATIENT}"},
        "payor": [{"display": "Plan"}],
    }
    held = {"resourceType": "Bundle", "type": "searchset", "entry": [{"resource": coverage}]}
    body = {**CALL, "prefetch": {**CALL["prefetch"], "coverage": held}}
    answer = site.post(HOOK, json=body, headers=bearer(token()))
    store.settle()

    (event,) = _events(tmp_path, keys)
    (action,) = answer.json["systemActions"]
    told = json.loads(_detail(event)["guidance"])
    order = action["resource"]
    assert told == {"order": f"{order['resourceType']}/{order['id']}", "said": order["extension"][-1]}


def test_what_was_read_for_a_call_is_an_event_of_its_own(site, store, tmp_path, keys):
    body = {**CALL, "fhirServer": SERVER, "prefetch": {"patient": CALL["prefetch"]["patient"]}}
    site.post(HOOK, json=body, headers=bearer(token()))
    store.settle()

    _, *reads = _events(tmp_path, keys)

    assert reads
    assert all(_valid(event) for event in reads)
    query = base64.b64decode(reads[0]["entity"][1]["query"]).decode()
    assert PATIENT in query
    assert reads[0]["meta"]["profile"] == [
        "https://profiles.ihe.net/ITI/BALP/StructureDefinition/IHE.BasicAudit.PatientQuery"
    ]
    assert {agent["who"].get("display") for agent in reads[0]["agent"][:2]} == {URL, SERVER}


def test_the_database_names_no_patient_and_no_user_of_a_call(site, store, tmp_path):
    site.post(HOOK, json=CALL, headers=bearer(token()))
    store.settle()

    held = b"".join(path.read_bytes() for path in tmp_path.glob("callers.sqlite3*"))

    assert PATIENT.encode() not in held
    assert b"Practitioner/hale" not in held


def test_without_the_keys_the_trail_still_says_that_something_happened(site, store, tmp_path):
    site.post(HOOK, json=CALL, headers=bearer(token()))
    store.settle()

    (event,) = _events(tmp_path, ())

    assert _valid(event)
    assert PATIENT not in json.dumps(event)
    assert event["agent"][0]["who"]["display"] == "General"


def test_edits_signatures_and_what_was_taken_away_are_events_about_the_patient():
    desk = Reviewing()
    visit = desk.open()
    desk.reviews.sign(visit, desk.form(visit, COMPLETE, token="t"))
    desk.reviews.downloaded(visit, "packet")

    events = list(export.events(desk.store, service=URL))

    assert all(_valid(event) for event in events)
    assert [(e["outcomeDesc"], e["action"]) for e in events] == [
        ("read", "E"),
        ("saved", "U"),
        ("signed", "U"),
        ("downloaded", "R"),
    ]
    assert {e["entity"][0]["what"]["reference"] for e in events} == {"Patient/p"}
    assert {e["agent"][2]["who"]["reference"] for e in events} == {DOCTOR.reference}


def test_what_was_taken_over_and_what_was_asked_of_a_payer_are_events_too():
    desk = Reviewing(facts(*CHART, form(UNRESECTABLE)))
    visit = desk.open()
    for what in ("cancelled", "not-cancelled"):
        desk.reviews.requested(visit, what, {"payer": "Plan", "answer": what})

    events = list(export.events(desk.store, service=URL))

    assert all(_valid(event) for event in events)
    assert [(e["outcomeDesc"], e["action"], e["outcome"]) for e in events] == [
        ("read", "E", "0"),
        ("took over", "U", "0"),
        ("cancelled", "E", "0"),
        ("not cancelled", "E", "8"),
    ]
    assert _detail(events[1])["form"] == "QuestionnaireResponse/other"
    assert events[2]["agent"][1]["who"] == {"display": "Plan"}


def test_the_command_prints_an_event_a_line_from_a_day_on(site, store, tmp_path, keys, capsys):
    site.post(HOOK, json=CALL, headers=bearer(token()))
    store.settle()
    environ = {
        "SMARTAPP_DATABASE_URL": f"sqlite:///{tmp_path / 'callers.sqlite3'}",
        "SMARTAPP_SESSION_KEYS": " ".join(keys),
    }
    around = Surroundings(environ=environ, now=lambda: NOW)

    codes = [
        main(["audit", *more], around=around) for more in ([], ["--since", "2999-01-01"], ["--since", "x"])
    ]

    told = capsys.readouterr()
    assert codes == [0, 0, 2]
    (line,) = told.out.splitlines()
    assert json.loads(line)["resourceType"] == "AuditEvent"
    assert "--since must be a day" in told.err
