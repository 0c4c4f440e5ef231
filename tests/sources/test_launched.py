"""What a launch is about: the order that the EHR named, else those that wait in the chart."""

from fakes_hooks import FakeJudge, order, patient

from smartapp.facts import Facts
from smartapp.sources.launched import cases, named

BASE = "https://ehr.example/r4"
match = FakeJudge().match


def _facts(*resources):
    return Facts(patient_id="p1", resources=(patient(), *resources))


def _chosen(found):
    return [(case.order and case.order["id"], case.match) for case in found]


def test_only_orders_of_this_server_are_taken_from_the_context():
    context = [
        {"reference": "MedicationRequest/o1"},
        {"reference": f"{BASE}/ServiceRequest/s1/_history/2"},
        {"reference": "https://elsewhere.example/r4/MedicationRequest/o2"},
        {"reference": "https://ehr.example/r4evil/MedicationRequest/o3"},
        {"reference": "ImagingStudy/i1", "type": "ImagingStudy"},
        {"canonical": "https://smartapp.example/fhir/Questionnaire/x"},
        {"reference": 7},
        "MedicationRequest/o9",
        {"reference": "MedicationRequest/o1"},
    ]

    assert named(context, base=BASE) == ("MedicationRequest/o1", "ServiceRequest/s1")


def test_the_order_that_the_ehr_named_is_the_one_though_others_wait():
    facts = _facts(order("o1"), order("o2"))

    found = cases(facts, match=match, fhir_context=[{"reference": "MedicationRequest/o2"}], base=BASE)

    assert _chosen(found) == [("o2", "TIL")]


def test_a_form_in_progress_that_the_ehr_named_brings_its_order():
    url = "http://hl7.org/fhir/us/davinci-dtr/StructureDefinition/qr-context"
    about = [
        {"url": url, "valueReference": {"reference": name}} for name in ("Coverage/c", "MedicationRequest/o2")
    ]
    form = {"resourceType": "QuestionnaireResponse", "id": "f", "extension": about}
    context = [{"reference": "QuestionnaireResponse/f"}, {"reference": "Coverage/c"}]

    found = cases(_facts(order("o1"), order("o2"), form), match=match, fhir_context=context, base=BASE)

    assert _chosen(found) == [("o2", "TIL")]


def test_a_named_order_that_no_policy_covers_is_still_what_the_launch_is_about():
    facts = _facts(order("o1"), order("o2", text="aspirin"))

    found = cases(facts, match=match, fhir_context=[{"reference": "MedicationRequest/o2"}], base=BASE)

    assert _chosen(found) == [("o2", None)]


def test_a_named_order_of_another_patient_or_that_must_not_be_done_is_passed_over():
    facts = _facts(order("o1"), order("o2", patient="p2"), order("o3", doNotPerform=True))
    context = [{"reference": "MedicationRequest/o2"}, {"reference": "MedicationRequest/o3"}]

    found = cases(facts, match=match, fhir_context=context, base=BASE)

    assert _chosen(found) == [("o1", "TIL")]


def test_drafts_come_first_and_of_them_the_newest():
    facts = _facts(
        order("o1", status="active", authoredOn="2026-05-30"),
        order("o2", authoredOn="2026-05-01"),
        order("o3", authoredOn="2026-05-02"),
        order("o4", text="aspirin"),
        order("o5", status="completed"),
        order("o6", patient="p2"),
    )

    found = cases(facts, match=match)

    assert _chosen(found) == [("o3", "TIL"), ("o2", "TIL"), ("o1", "TIL")]


def test_without_an_order_the_question_is_asked_as_if_there_were_one():
    found = cases(_facts(order("o1", text="aspirin")), match=match)

    assert _chosen(found) == [(None, None)]


def test_an_order_by_reference_is_understood_through_its_medication():
    by_reference = order("o1", medicationReference={"reference": "Medication/m1"})
    del by_reference["medicationCodeableConcept"]
    medication = {"resourceType": "Medication", "id": "m1", "code": {"text": "Lifileucel"}}

    found = cases(_facts(by_reference, medication), match=match)

    assert _chosen(found) == [("o1", "TIL")]
