"""CDS Hooks with HAPI FHIR as the fhirServer: nothing is sent as prefetch, everything is read."""

from uuid import uuid4

import pytest
from integration.practice import records

from smartapp.app import create_app
from smartapp.config import Config
from smartapp.sandbox import stories
from smartapp.sandbox.fhir.access import patient_of
from smartapp.sources.queries import QUERIES
from smartapp.store import Store

SIGN = "/cds-services/til-order-sign"


@pytest.fixture(scope="module")
def service():
    store = Store("sqlite://")
    config = Config(base_url="http://127.0.0.1:8000", database_url="sqlite://")
    yield create_app(config, store=store).test_client()
    store.close()


def call(base, patient, **more):
    """An order of lifileucel that is about to be signed."""
    order = {
        "resourceType": "MedicationRequest",
        "id": "draft-1",
        "status": "draft",
        "intent": "order",
        "subject": {"reference": f"Patient/{patient}"},
        "medicationCodeableConcept": {"text": "lifileucel"},
        "authoredOn": "2026-11-24",
        "requester": {"reference": "Practitioner/hale"},
    }
    return {
        "hook": "order-sign",
        "hookInstance": str(uuid4()),
        "fhirServer": base,
        "context": {
            "userId": "Practitioner/hale",
            "patientId": patient,
            "draftOrders": {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": order}]},
        },
        **more,
    }


@pytest.mark.parametrize("story", stories.told(), ids=lambda story: story.id)
def test_without_prefetch_the_answer_is_that_of_the_record_sent_whole(hapi, patients, service, now, story):
    read = service.post(SIGN, json=call(hapi.base, patients[story.id]))
    sent = service.post(SIGN, json=call(hapi.base, story.id, prefetch=prefetched(story.id, now)))

    assert [card["summary"] for card in read.json["cards"]] == [
        card["summary"] for card in sent.json["cards"]
    ]
    assert (read.status_code, sent.status_code) == (200, 200)


def prefetched(patient, now):
    """Every declared key with what the practice holds."""
    held = [found for found in records(now.date()).values() if patient_of(found) == patient]
    kinds = {query.key: [found for found in held if found["resourceType"] == query.type] for query in QUERIES}
    whole = {
        key: {"resourceType": "Bundle", "type": "searchset", "entry": [{"resource": one} for one in found]}
        for key, found in kinds.items()
    }
    return whole | {"patient": kinds["patient"][0]}


def test_a_patient_who_is_not_on_hapi_is_a_412(hapi, service):
    answer = service.post(SIGN, json=call(hapi.base, "987654321"))

    assert answer.status_code == 412
    assert "no such Patient on the server (404)" in answer.json["issue"][0]["diagnostics"]


# compressed, the chart is some 9,000 bytes
@pytest.mark.parametrize("size", [0, 1_500, 3_000, 4_500])
def test_what_a_hapi_that_stops_in_the_middle_did_not_give_is_said(door, patients, service, size):
    door.left = size

    answer = service.post(SIGN, json=call(door.base, patients["bramblewick"]))

    assert {200: "could not be read", 412: "Send the prefetch"}[answer.status_code] in answer.text


def test_a_hapi_that_hangs_is_waited_for_no_longer_than_a_hook_may_take(hapi, patients, service):
    with hapi.frozen():
        answer = service.post(SIGN, json=call(hapi.base, patients["quillmere"]))

    assert (answer.status_code, "did not answer in time" in answer.text) == (412, True)
    assert "look met" in service.post(SIGN, json=call(hapi.base, patients["quillmere"])).text
