"""What a resource in a request to a payer still refers to."""

from smartapp.facts import Facts
from smartapp.outputs.claim.closure import closed

FACTS = Facts(patient_id="p", resources=())
NAMES = {"Patient/p": "urn:uuid:1"}


def test_what_the_request_holds_is_named_by_its_full_url():
    told = {"subject": {"reference": "https://ehr.example/fhir/Patient/p", "display": "Ann"}}

    assert closed(told, NAMES, FACTS) == {"subject": {"reference": "urn:uuid:1", "display": "Ann"}}


def test_what_it_does_not_hold_keeps_its_name_and_loses_address_and_number():
    inside = {
        "reference": "Practitioner/7",
        "type": "Practitioner",
        "identifier": {"value": "secret"},
        "display": "Dr X",
    }

    told = closed({"performer": [{"actor": inside}, {"actor": {"reference": "Device/1"}}]}, NAMES, FACTS)

    assert told == {
        "performer": [
            {"actor": {"type": "Practitioner", "display": "Dr X"}},
            {"actor": {"display": "not part of this request"}},
        ]
    }


def test_what_a_resource_contains_is_still_referred_to():
    told = {
        "contained": [{"resourceType": "Medication", "id": "m"}],
        "medicationReference": {"reference": "#m"},
    }

    assert closed(told, NAMES, FACTS) == told
