"""Who asks and where it will be done: the form takes both from the order, and the requester else from the launch."""

from datetime import UTC, datetime
from functools import cache

from smartapp.evidence import text_of
from smartapp.facts import Facts
from smartapp.flow import review
from smartapp.outputs.form.answers import SOURCE
from smartapp.policies import load_catalog

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
ORDER = {
    "resourceType": "MedicationRequest",
    "id": "o",
    "status": "draft",
    "intent": "order",
    "subject": {"reference": "Patient/p"},
    "medicationCodeableConcept": {"text": "lifileucel"},
    "authoredOn": "2026-06-01",
}
DOCTOR = {
    "resourceType": "Practitioner",
    "id": "d",
    "identifier": [
        {"system": "http://hospital.example/staff", "value": "77"},
        {"system": "http://hl7.org/fhir/sid/us-npi", "value": "1234567893"},
    ],
    "name": [{"prefix": ["Dr."], "given": ["Rowan", "A."], "family": "Halewick"}],
    "telecom": [
        {"system": "email", "value": "rowan@hospital.example"},
        {"system": "phone", "use": "home", "value": "555-0100"},
        {"system": "phone", "use": "work", "value": "555-0199"},
    ],
}
ROLE = {
    "resourceType": "PractitionerRole",
    "id": "r",
    "practitioner": {"reference": "Practitioner/d"},
    "organization": {"reference": "Organization/c"},
    "telecom": [{"system": "fax", "value": "555-0142"}],
}
CENTER = {"resourceType": "Organization", "id": "c", "name": "Example Cancer Center"}
WHOLE = {
    "provider.name": "Dr. Rowan A. Halewick",
    "provider.npi": "1234567893",
    "provider.contact": "555-0199",
}


@cache
def policy():
    return load_catalog().policy("TILMelanoma")


def filled(order, *resources, user=None):
    facts = Facts(patient_id="p", resources=({"resourceType": "Patient", "id": "p"}, order, *resources))
    return review(policy(), facts, order=order, now=NOW, user=user).response()


def answered(response, *groups):
    """By linkId the values of the answers in the groups about the request."""
    return {item["linkId"]: _value(item["answer"][0]) for item in _items(response, groups)}


def sources(response, link_id):
    found = next(i for i in _items(response, ("provider", "facility")) if i["linkId"] == link_id)
    extensions = found["answer"][0]["extension"]
    return [e["valueReference"]["reference"] for e in extensions if e["url"] == SOURCE]


def _items(response, groups):
    everything = [group for part in response["item"] for group in part.get("item", ())]
    return [item for group in everything if group["linkId"] in groups for item in group["item"]]


def _value(answer):
    value = next(value for key, value in answer.items() if key.startswith("value"))
    return value["code"] if isinstance(value, dict) else value


def test_the_practitioner_who_requests_the_order_is_named_with_npi_and_a_number_at_work():
    response = filled({**ORDER, "requester": {"reference": "Practitioner/d"}}, DOCTOR)

    assert answered(response, "provider") == WHOLE
    assert sources(response, "provider.npi") == ["MedicationRequest/o", "Practitioner/d"]


def test_a_requester_is_found_by_its_address_too():
    requester = {"reference": "https://ehr.example/r4/Practitioner/d"}

    assert answered(filled({**ORDER, "requester": requester}, DOCTOR), "provider") == WHOLE


def test_a_role_leads_to_its_person_and_has_its_own_number():
    response = filled({**ORDER, "requester": {"reference": "PractitionerRole/r"}}, ROLE, DOCTOR)

    assert answered(response, "provider") == WHOLE | {"provider.contact": "555-0142"}


def test_people_inside_the_order_are_read_and_are_the_orders_evidence():
    role = {**ROLE, "practitioner": {"reference": "#d"}}
    order = {**ORDER, "requester": {"reference": "#r"}, "contained": [role, DOCTOR]}
    response = filled(order)

    assert answered(response, "provider") == WHOLE | {"provider.contact": "555-0142"}
    assert sources(response, "provider.name") == ["MedicationRequest/o"]


def test_a_requester_who_cannot_be_read_is_named_as_the_order_displays_it():
    order = {**ORDER, "requester": {"reference": "Practitioner/elsewhere", "display": "Dr. Elsewhere"}}

    assert answered(filled(order, DOCTOR), "provider") == {"provider.name": "Dr. Elsewhere"}


def test_a_department_or_the_patient_is_no_requesting_oncologist():
    order = {**ORDER, "requester": {"reference": "Organization/c", "display": "Oncology"}}

    assert answered(filled(order, CENTER), "provider") == {}


def test_the_user_of_the_launch_asks_where_the_order_names_nobody():
    response = filled(ORDER, DOCTOR, user="Practitioner/d")

    assert answered(response, "provider") == WHOLE
    assert sources(response, "provider.name") == ["Practitioner/d"]


def test_the_user_lends_nothing_to_a_requester_who_is_another():
    order = {**ORDER, "requester": {"display": "Dr. Elsewhere"}}

    assert answered(filled(order, DOCTOR, user="Practitioner/d"), "provider") == {
        "provider.name": "Dr. Elsewhere"
    }


def test_the_performing_organization_is_the_treatment_centre():
    order = {**ORDER, "performer": {"reference": "Organization/c"}}

    assert answered(filled(order, CENTER), "facility")["facility.name"] == "Example Cancer Center"


def test_a_nurse_who_performs_it_is_no_treatment_centre():
    order = {**ORDER, "performer": {"reference": "Practitioner/d", "display": "Nurse"}}

    assert "facility.name" not in answered(filled(order, DOCTOR), "facility")


def test_a_service_request_names_the_place():
    order = {
        **ORDER,
        "resourceType": "ServiceRequest",
        "code": {"text": "lifileucel"},
        "locationReference": [{"reference": "Location/w", "display": "Cell therapy unit"}],
    }

    assert answered(filled(order), "facility")["facility.name"] == "Cell therapy unit"


def test_the_category_of_the_order_says_inpatient_or_outpatient():
    system = "http://terminology.hl7.org/CodeSystem/medicationrequest-category"
    order = {**ORDER, "category": [{"coding": [{"system": system, "code": "inpatient"}]}]}

    assert answered(filled(order), "facility")["facility.setting"] == "inpatient"


def test_a_stay_in_hospital_is_the_place_and_a_visit_is_not():
    def stay(code, status="in-progress"):
        return {
            "resourceType": "Encounter",
            "id": "e",
            "status": status,
            "class": {"code": code},
            "serviceProvider": {"reference": "Organization/c"},
        }

    order = {**ORDER, "encounter": {"reference": "Encounter/e"}}
    found = [
        answered(filled(order, CENTER, held), "facility")
        for held in (stay("IMP"), stay("AMB"), stay("IMP", status="finished"))
    ]

    assert found == [
        {
            "facility.name": "Example Cancer Center",
            "facility.setting": "inpatient",
            "facility.date": "2026-06-01",
        },
        {"facility.date": "2026-06-01"},
        {"facility.date": "2026-06-01"},
    ]


def test_a_practitioner_is_told_by_name_as_the_source_of_an_answer():
    named = [DOCTOR, {**DOCTOR, "name": [{"text": "Dr. R. Halewick"}]}, {**DOCTOR, "name": "?"}]

    assert [text_of(one) for one in named] == ["Rowan A. Halewick", "Dr. R. Halewick", "Practitioner"]
