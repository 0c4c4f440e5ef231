"""What a medication resource is about.

Decisions.md 4: code, NDC, reference, contained, ingredient, name in text.
"""

import pytest
from normalize.build import additions, coding, concept, normalized, one, resource

NIVOLUMAB = "rxnorm|1597876|nivolumab"


def given(**elements):
    return resource("MedicationAdministration", status="completed", **elements)


def medication(**elements):
    return resource("Medication", id="med", **elements)


def codes(result):
    return [item["code"] for item in result["medicationCodeableConcept"].get("coding", ())]


@pytest.mark.parametrize(
    "reference",
    ["Medication/med", "https://ehr.example/r4/Medication/med", "Medication/med/_history/3", "urn:uuid:0-1"],
)
def test_a_reference_in_any_form_brings_the_codes_of_the_medication(reference):
    administration = given(medicationReference={"reference": reference})

    result = normalized(
        administration, medication(code=concept(NIVOLUMAB)), full_urls={"urn:uuid:0-1": "Medication/med"}
    ).resources[0]

    assert "medicationReference" not in result
    assert codes(result) == ["1597876", "nivolumab"]


def test_a_contained_medication_is_found():
    inside = medication(code=concept(NIVOLUMAB))

    result = one(given(contained=[inside], medicationReference={"reference": "#med"}))

    assert codes(result) == ["1597876", "nivolumab"]


def test_ingredients_count_with_their_codes_and_names():
    local = medication(
        code=concept("local|0815|Infusion 7"),
        ingredient=[{"itemCodeableConcept": concept("rxnorm|1547545|pembrolizumab")}],
    )

    result = one(given(medicationReference={"reference": "Medication/med"}), local)

    assert additions(result["medicationCodeableConcept"]) == ["1547545", "pembrolizumab"]


def test_an_ingredient_is_found_however_deep_a_kit_holds_it_and_a_circle_ends():
    def holding(name, inner):
        return resource(
            "Medication", id=name, ingredient=[{"itemReference": {"reference": f"Medication/{inner}"}}]
        )

    vial = resource(
        "Medication",
        id="vial",
        code=concept("nivolumab"),
        ingredient=[{"itemReference": {"reference": "Medication/kit"}}],
    )
    given = resource("MedicationAdministration", medicationReference={"reference": "Medication/kit"})

    found = one(given, holding("kit", "bag"), holding("bag", "box"), holding("box", "vial"), vial)

    assert additions(found["medicationCodeableConcept"], "name-match") == ["nivolumab"]


def test_an_ingredient_by_reference_is_followed_and_an_excipient_is_not():
    product = medication(
        code=concept("local|1|Amtagvi bag"),
        ingredient=[
            {"itemReference": {"reference": "Substance/s1"}},
            {"itemCodeableConcept": concept("rxnorm|70223|aldesleukin"), "isActive": False},
        ],
    )
    substance = resource("Substance", id="s1", code=concept("lifileucel"))

    result = one(given(medicationReference={"reference": "Medication/med"}), product, substance)

    assert additions(result["medicationCodeableConcept"]) == ["lifileucel"]


def test_the_display_of_a_reference_that_does_not_resolve_is_text():
    result = one(given(medicationReference={"reference": "Medication/gone", "display": "Opdualag"}))

    assert result["medicationCodeableConcept"]["text"] == "Opdualag"
    assert additions(result["medicationCodeableConcept"]) == ["nivolumab"]


def test_the_german_medication_of_the_tumour_board_is_dabrafenib():
    german = medication(
        code={"coding": [{"system": "http://fhir.de/CodeSystem/bfarm/atc", "code": "L01EC02"}]},
        ingredient=[{"itemCodeableConcept": concept("snomed|703648007|Dabrafenib 75 mg oral capsule")}],
    )

    result = one(given(medicationReference={"reference": "Medication/med"}), german)

    assert [(c["system"], c["code"]) for c in result["medicationCodeableConcept"]["coding"]] == [
        ("http://fhir.de/CodeSystem/bfarm/atc", "L01EC02"),
        ("http://www.whocc.no/atc", "L01EC02"),
        ("http://snomed.info/sct", "703648007"),
        ("https://smartapp.example/fhir/CodeSystem/drug-name", "dabrafenib"),
    ]


@pytest.mark.parametrize(
    ("written", "product"),
    [
        ("00006508301", "0006-5083"),  # vignette 36
        ("6302602", "0006-3026"),  # vignette 37
        ("0006-3026-02", "0006-3026"),
    ],
)
def test_an_ndc_in_any_written_form_is_the_product_of_the_value_sets(written, product):
    result = one(given(medicationCodeableConcept={"coding": [coding(f"ndc|{written}")]}))

    assert additions(result["medicationCodeableConcept"], "alias") == [product]


@pytest.mark.parametrize(
    ("elements", "expected"),
    [
        ({"medicationCodeableConcept": concept("nivolumab or placebo")}, ["nivolumab", "blinded"]),
        (
            {"medicationCodeableConcept": concept("nivolumab"), "note": [{"text": "double-blind study"}]},
            ["nivolumab", "blinded"],
        ),
        (
            {"medicationCodeableConcept": concept("nivolumab"), "note": [{"text": "adjuvant, 12 cycles"}]},
            ["nivolumab", "adjuvant"],
        ),
        (
            {"medicationCodeableConcept": concept("nivolumab"), "category": concept("Adjuvant")},
            ["nivolumab", "adjuvant"],
        ),
        (
            {"medicationCodeableConcept": concept("nivolumab"), "reasonCode": [concept("adjuvant melanoma")]},
            ["nivolumab", "adjuvant"],
        ),
    ],
)
def test_words_around_the_drug_tell_that_it_was_blinded_or_adjuvant(elements, expected):
    assert additions(one(given(**elements))["medicationCodeableConcept"]) == expected


def test_words_that_deny_what_the_code_says_stand_beside_it():
    # "completed" by status and code, and "not given" in the text: it counted as received.
    result = one(given(medicationCodeableConcept=concept(NIVOLUMAB, text="nivolumab NOT GIVEN, pt refused")))

    assert additions(result["medicationCodeableConcept"]) == ["nivolumab", "not-given-text"]


def test_an_order_that_says_not_to_give_is_no_statement_that_it_was():
    order = resource("MedicationRequest", medicationCodeableConcept=concept(NIVOLUMAB, text="no nivolumab"))

    assert additions(one(order)["medicationCodeableConcept"]) == ["nivolumab"]


def test_a_referenced_medication_may_say_itself_that_it_is_adjuvant():
    product = medication(code=concept("local|7|Nivolumab 480 mg adjuvant"))

    result = one(given(medicationReference={"reference": "Medication/med"}), product)

    # It said so only when it was normalised a second time: by then the display was the resource's own.
    assert additions(result["medicationCodeableConcept"]) == ["nivolumab", "adjuvant"]


def test_a_drug_that_says_everything_in_canonical_codes_is_left_as_it_is():
    plain = given(medicationCodeableConcept=concept("rxnorm|860975|metformin"))

    assert one(plain) is plain


def test_the_code_of_a_procedure_is_read_like_a_medication():
    procedure = resource(
        "Procedure",
        status="completed",
        code=concept(
            "http://www.nlm.nih.gov/research/umls/hcpcs|J9271", text="Injection, pembrolizumab, 1 mg"
        ),
        usedCode=[concept("Opdivo")],
    )

    result = one(procedure)

    assert additions(result["code"]) == ["J9271", "pembrolizumab", "nivolumab"]
    assert additions(result["usedCode"]) == ["nivolumab"]


def test_a_service_request_names_its_product_in_code_or_detail():
    order = resource(
        "ServiceRequest",
        status="draft",
        intent="order",
        code=concept("hcpcs|J3590|Unclassified biologics"),
        orderDetail=[concept("Amtagvi")],
    )

    assert additions(one(order)["orderDetail"]) == ["lifileucel"]
