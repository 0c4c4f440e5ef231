"""Why something was given, done or ordered.

Decisions.md 4: "given for another malignancy by its own reason".
"""

from normalize.build import additions, concept, condition, normalized, observation, one, resource

from smartapp.normalize.coding import REASON

LUNG = condition("icd10cm|C34.90|Malignant neoplasm of lung", id="lung")
MELANOMA = condition("icd10cm|C43.59|Malignant melanoma of trunk", id="mel")


def reasons(result):
    return [e["valueCodeableConcept"] for e in result.get("extension", ()) if e["url"] == REASON]


def codes(result):
    return [[c["code"] for c in reason.get("coding", ())] for reason in reasons(result)]


def given(**elements):
    return resource("MedicationAdministration", medicationCodeableConcept=concept("nivolumab"), **elements)


def test_its_own_codes_and_referenced_conditions_are_reasons():
    treatment = given(
        reasonCode=[concept("icd10cm|C4359")],
        reasonReference=[{"reference": "https://ehr.example/Condition/lung"}],
    )

    assert codes(one(treatment, LUNG)) == [["C4359", "C43.59"], ["C34.90"]]


def test_a_reference_that_does_not_resolve_gives_its_display():
    treatment = given(reasonReference=[{"reference": "Condition/gone", "display": "Metastatic melanoma"}])

    assert [r["text"] for r in reasons(one(treatment))] == ["Metastatic melanoma"]
    assert codes(one(treatment)) == [["melanoma", "melanoma-metastatic", "metastatic-text"]]


def test_a_contained_condition_is_a_reason():
    treatment = given(contained=[LUNG], reasonReference=[{"reference": "#lung"}])

    assert codes(one(treatment)) == [["C34.90"]]


def test_the_condition_inside_an_observation_that_it_is_about_is_a_reason():
    # A BRAF result of a lung tumor that is told only inside the Observation counted as one of the melanoma.
    result = one(observation("loinc|53844-7", contained=[LUNG], focus=[{"reference": "#lung"}]))

    assert codes(result) == [["C34.90"]]


def test_a_condition_inside_an_observation_stands_for_the_patients_own_with_the_same_code():
    inside = condition("icd10cm|C4359", id="in")
    stage = observation("loinc|21907-1", "M1c", contained=[inside], focus=[{"reference": "#in"}])

    result = one(stage, MELANOMA, LUNG)

    assert result["focus"] == [{"reference": "Condition/mel"}]
    assert "C34.90" not in codes(result)[0]
    assert "C43.59" in codes(result)[0]


def test_a_result_has_the_reasons_of_its_panel():
    order = resource("ServiceRequest", id="o", reasonReference=[{"reference": "Condition/lung"}])
    report = resource(
        "DiagnosticReport",
        basedOn=[{"reference": "ServiceRequest/o"}],
        result=[{"reference": "Observation/r"}],
    )

    result = one(observation("loinc|53844-7", id="r"), report, order, LUNG)

    assert codes(result) == [["C34.90"]]


def test_a_reason_of_its_own_goes_before_that_of_its_panel():
    panel = resource(
        "Observation",
        id="p",
        focus=[{"reference": "Condition/lung"}],
        hasMember=[{"reference": "Observation/r"}],
    )
    member = observation("loinc|53844-7", id="r", focus=[{"reference": "Condition/mel"}])

    result = one(member, panel, MELANOMA, LUNG)

    assert [reason[0] for reason in codes(result)] == ["C43.59"]


def test_the_reasons_of_the_order_are_reasons():
    order = resource("MedicationRequest", id="o", reasonReference=[{"reference": "Condition/lung"}])
    links = [
        given(request={"reference": "MedicationRequest/o"}),
        resource("MedicationDispense", authorizingPrescription=[{"reference": "MedicationRequest/o"}]),
        resource("MedicationStatement", basedOn=[{"reference": "MedicationRequest/o"}]),
        resource("Procedure", basedOn=[{"reference": "MedicationRequest/o"}]),
        resource("Observation", basedOn=[{"reference": "MedicationRequest/o"}]),
        resource("DiagnosticReport", basedOn=[{"reference": "MedicationRequest/o"}]),
    ]

    found = [codes(one(linked, order, LUNG)) for linked in links]

    assert found == [[["C34.90"]]] * len(links)


def test_the_same_reason_of_treatment_and_order_is_one():
    order = resource("MedicationRequest", id="o", reasonReference=[{"reference": "Condition/mel"}])
    treatment = given(
        request={"reference": "MedicationRequest/o"}, reasonReference=[{"reference": "Condition/mel"}]
    )

    assert codes(one(treatment, order, MELANOMA)) == [["C43.59", "melanoma"]]


def test_a_reason_in_words_is_read_like_a_diagnosis():
    order = resource("ServiceRequest", reasonCode=[{"text": "Metastatic non-small cell lung cancer"}])

    assert additions(reasons(one(order))) == ["other-malignancy-text", "metastatic-text"]


def test_a_resource_without_a_reason_is_left_as_it_is():
    plain = resource("Procedure", code=concept("snomed|1|Biopsy"))

    assert normalized(plain).resources[0] is plain
