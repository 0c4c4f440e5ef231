"""BRAF results as Observations and DiagnosticReports carry them: codes, components, interpretations, notes.

Shapes: HL7 genomics-reporting STU2/STU3, mCODE GenomeX, MII Molekulares Tumorboard and Onkologie, plain
laboratory.
"""

import pytest
from normalize.build import additions, component, concept, observation, one, resource

P, N, E, X, U = (
    "braf-v600-positive",
    "braf-v600-negative",
    "braf-v600e-negative",
    "braf-non-v600",
    "braf-unclear",
)
GENE_LEVEL, V600E_ONLY, V600K_ONLY, V600 = (
    "loinc|53844-7",
    "loinc|58415-1",
    "loinc|89861-9",
    "loinc|97025-1",
)
VARIANT = "loinc|69548-6"
PRESENT, ABSENT = "loinc|LA9633-4|Present", "loinc|LA9634-2|Absent"
BRAF = component("loinc|48018-6", "hgnc|HGNC:1097|BRAF")
NRAS = component("loinc|48018-6", "hgnc|HGNC:7989|NRAS")
KIT = component("loinc|48018-6", "hgnc|HGNC:6342|KIT")


def protein(change):
    return component("loinc|48005-3", f"hgvs|{change}")


def readings(result):
    return additions(one(result).get("interpretation", []))


def variant(value, *components, **elements):
    return observation(VARIANT, value, component=list(components), **elements)


@pytest.mark.parametrize(
    ("code", "value", "expected"),
    [
        (GENE_LEVEL, "snomed|260415000|Not detected", [N]),
        (GENE_LEVEL, "snomed|260415000", [N]),
        (GENE_LEVEL, "snomed|260373001|Detected", [U]),
        (GENE_LEVEL, "Not Detected", [N]),
        (GENE_LEVEL, "V600E detected", [P]),
        (GENE_LEVEL, "local|17|V600E mutation detected", [P]),
        ("loinc|58483-9", "loinc|LA6577-6|Negative", [N]),
        (V600E_ONLY, "loinc|LA6576-8|Positive", [P]),
        (V600E_ONLY, "loinc|LA6577-6|Negative", [E]),
        ("loinc|85101-4", "snomed|10828004", [P]),
        (V600K_ONLY, "loinc|LA6577-6|Negative", [U]),
        (V600K_ONLY, "loinc|LA6576-8|Positive", [P]),
        (V600, "loinc|LA11883-8|Not detected", [N]),
        (V600, "loinc|LA11882-0|Detected", [P]),
        ("loinc|93690-6", "loinc|LA6577-6|Negative", [U]),  # what it asks is not known
        ("http://www.ama-assn.org/go/cpt|81210", "Detected", [P]),
        ("BRAF V600E Mutation Analysis", "Not detected", [E]),  # vignette 23
        ("local|BRAF|BRAF V600E/V600K Somatic Mutation Analysis, Tumor", "Negative", [N]),
        (GENE_LEVEL, "Equivocal", [U]),
        (GENE_LEVEL, "Quantity not sufficient", [U]),
        (GENE_LEVEL, "loinc|LA18198-4|No Call", [U]),
        (GENE_LEVEL, "snomed|82334004", [U]),
        (GENE_LEVEL, "BRAF mutation detected", [U]),  # vignette 12
        (GENE_LEVEL, "snomed|10828004|Negative", [U]),  # code and display disagree
        ("loinc|718-7|Hemoglobin", "Negative", []),
        ("loinc|83052-1|PD-L1 by immune stain", "loinc|LA6577-6|Negative", []),
        ("loinc|21702-6|KRAS gene mutations found", "Detected", []),
        ("BRAF inhibitor therapy response", "Positive", []),
        ("loinc|53844-7|BRAF V600E gene mutation analysis", "Negative", [N]),  # the code says what is asked
    ],
)
def test_a_coded_result_answers_what_its_test_asked(code, value, expected):
    assert readings(observation(code, value)) == expected


@pytest.mark.parametrize(
    ("result", "expected"),
    [
        (variant(PRESENT, BRAF, protein("p.Val600Glu")), [P]),
        (variant(PRESENT, BRAF, protein("NP_004324.2:p.Val600Lys")), [P]),
        (variant(PRESENT, BRAF, component("loinc|48004-6", "hgvs|NM_004333.4:c.1799T>A")), [P]),
        (variant(PRESENT, component("loinc|48004-6", "hgvs|NM_004333.4:c.1799T>A")), [P]),
        (variant(PRESENT, component("loinc|81290-9", "hgvs|NC_000007.13:g.140453136A>T")), [P]),
        (variant(PRESENT, component("loinc|81252-9", "clinvar|13961|Clinvar ID 13961")), [P]),
        (variant(PRESENT, BRAF, component("loinc|81252-9", "dbsnp|rs113488022")), [P]),
        (variant(PRESENT, BRAF, protein("p.Lys601Glu")), [X]),  # vignette 10
        (variant(PRESENT, BRAF, protein("p.Gly469Ala")), [X]),
        (variant(PRESENT, BRAF, protein("p.Val600_Lys601delinsGlu")), [U]),
        (variant(PRESENT, BRAF), [U]),  # codon not stated
        (variant(PRESENT, protein("p.Val600Glu")), [U]),  # gene not stated
        (variant(PRESENT, NRAS, protein("p.Gln61Arg")), []),
        (variant(PRESENT, NRAS, BRAF, protein("p.Gln61Arg")), [U]),  # of which gene?
        (variant(PRESENT), []),
        (variant(ABSENT, BRAF), [N]),
        (variant(ABSENT, NRAS, KIT, BRAF), [N]),  # mCODE pertinent negative
        (variant(ABSENT, NRAS, KIT), []),
        (variant(ABSENT, BRAF, protein("p.Val600Glu")), [E]),
        (variant(ABSENT, BRAF, protein("p.Val600Lys")), [U]),
        (variant(ABSENT, BRAF, protein("p.Lys601Glu")), [U]),
        (variant("loinc|LA18198-4|No Call", BRAF), [U]),
        (variant("Indeterminate", BRAF, protein("p.Val600Glu")), [U]),
        (variant(None, BRAF, protein("p.Val600Glu")), [P]),  # listed, not denied: the safe reading
        (variant(None, BRAF, protein("p.Lys601Glu")), [U]),
        (variant(PRESENT, component("Gene", "BRAF"), component("Amino Acid Change", "V600E")), [P]),
        (variant(PRESENT, component("loinc|48018-6", "hgnc|1097"), protein("p.V600E")), [P]),
        (
            variant(
                PRESENT, component("loinc|48018-6", "http://www.genenames.org|HGNC:1097"), protein("V600R")
            ),
            [P],
        ),
        (
            variant(PRESENT, BRAF, protein("p.V600E"), component("loinc|48002-0", "loinc|LA6683-2|Germline")),
            [U],
        ),
        (
            variant(PRESENT, BRAF, protein("p.V600E"), component("loinc|53037-8", "loinc|LA26333-7")),
            [P],  # a named V600 change wins over its significance
        ),
        (
            variant(PRESENT, BRAF, protein("p.Asp594Asn"), component("loinc|53037-8", "loinc|LA26333-7")),
            [U],
        ),
        (variant(PRESENT, BRAF, component("loinc|81258-6", "30 %")), [U]),
    ],
)
def test_components_tell_the_gene_and_the_change(result, expected):
    assert readings(result) == expected


@pytest.mark.parametrize(
    ("components", "expected"),
    [
        ([component("BRAF V600E", "Detected"), component("NRAS Q61", "Not detected")], [P]),
        ([component("BRAF", "Not detected"), component("NRAS", "Q61R detected")], [N]),
        ([component("BRAF", "V600E detected"), component("NRAS", "Not detected")], [P]),
        ([component("BRAF V600E", "Not detected"), component("BRAF V600K", "Not detected")], [N]),
        ([component("BRAF V600E", "Not detected"), component("BRAF V600K", "Detected")], [P]),
        ([component("KRAS", "Detected"), component("NRAS", "Not detected")], []),
        ([component("Comment", "BRAF V600E detected, see report")], [P]),
        ([component("Finding", "BRAF p.V600E detected")], [P]),
        ([{"code": concept("BRAF"), "dataAbsentReason": concept("Not performed")}], [U]),
    ],
)
def test_a_component_that_names_the_gene_is_a_result_of_its_own(components, expected):
    panel = observation("Melanoma mutation panel", component=components)

    assert sorted(readings(panel)) == sorted(expected)


@pytest.mark.parametrize(
    ("value", "interpretation", "expected"),
    [
        (None, "interpretation|POS", [P]),
        (None, "interpretation|NEG", [N]),
        (None, "snomed|10828004", [P]),
        (None, "interpretation|IND", [U]),
        (None, "interpretation|A", [U]),
        (None, "http://hl7.org/fhir/v2/0078|NEG", [N]),
        ("Detected", "interpretation|POS", [P]),
        ("Detected", "interpretation|A", [P]),
        ("Detected", "interpretation|NEG", [U]),
        ("Not detected", "interpretation|POS", [U]),
        ("Not detected", "interpretation|A", [U]),
        ("Not detected", "interpretation|N", [N]),
        ("Not detected", "interpretation|IND", [U]),
    ],
)
def test_value_and_interpretation_have_to_agree(value, interpretation, expected):
    result = observation(V600, value, interpretation=[concept(interpretation)])

    assert additions(one(result)["interpretation"]) == expected


@pytest.mark.parametrize(
    ("elements", "expected"),
    [
        ({"code": concept(V600), "dataAbsentReason": concept("unknown")}, [U]),
        ({"code": concept(V600)}, [U]),
        ({"code": concept(V600), "valueQuantity": {"value": 23, "unit": "%"}}, [U]),
        ({"code": concept(GENE_LEVEL), "valueString": "BRAF V600E: not detected"}, [E]),
        ({"code": concept("Molecular pathology"), "valueString": "BRAF p.V600E detected"}, [P]),
        (
            {
                "code": concept(GENE_LEVEL),
                "valueString": "See note",
                "note": [{"text": "BRAF V600E detected"}],
            },
            [P, U],
        ),
        ({"code": concept(GENE_LEVEL), "note": [{"text": "V600E mutation was NOT identified"}]}, [E]),
        ({"code": concept("Germline BRAF sequencing"), "valueString": "V600E detected"}, [U]),
        ({"code": concept("loinc|83061-2"), "valueString": "##fileformat=VCFv4.2"}, []),
        ({"code": concept("BRAF fusion by FISH"), "valueString": "Negative"}, [U]),
    ],
)
def test_an_observation_that_asked_and_says_nothing_readable_is_unclear(elements, expected):
    result = resource("Observation", status="final", **elements)

    assert sorted(readings(result)) == sorted(expected)


@pytest.mark.parametrize(
    ("value", "note", "expected"),
    [
        (PRESENT, "BRCA1 c.68_69del", []),  # vignette 25
        (PRESENT, "BRAF1 Class II Mutation", [X]),  # MII test data
        (PRESENT, "BRAF V600E", [P]),
        (PRESENT, "BRAF", [U]),
        (ABSENT, "BRAF", [N]),
        ("Mutation/positiv", "BRAF V600E", [P]),
    ],
)
def test_a_note_may_name_the_gene_that_a_bare_variant_result_is_about(value, note, expected):
    assert readings(observation(VARIANT, value, note=[{"text": note}])) == expected


@pytest.mark.parametrize(
    "around",
    [
        {"method": {"text": "Germline sequencing of saliva"}},
        {"specimen": {"display": "Matched normal blood"}},
        {"specimen": {"display": "Thyroid nodule FNA"}},
        {"bodySite": {"text": "Thyroid"}},
        {"note": [{"text": "Specimen mislabeled"}]},
        {"note": [{"text": "Wrong specimen tested; result invalid"}]},
    ],
)
def test_a_negative_result_of_another_material_or_one_taken_back_is_unclear(around):
    assert readings(observation(GENE_LEVEL, "Not detected", **around)) == [U]


def test_a_positive_result_stands_in_whatever_tissue():
    assert readings(observation(V600, "Detected", specimen={"display": "Nevus"})) == [P]


@pytest.mark.parametrize(
    "name",
    [
        "BRAF wild type",
        "No BRAF mutation",
        "BRAF mutation absent?",
        "BRAF mutation excluded",
        "Is BRAF normal",
    ],
)
@pytest.mark.parametrize(
    "said",
    [
        {"valueBoolean": False},
        {"valueString": "No"},
        {"valueCodeableConcept": concept("loinc|LA32-8|No")},
    ],
)
def test_no_to_a_question_for_no_mutation_is_no_negative(name, said):
    assert readings(resource("Observation", code=concept(name), **said)) == [U]


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ({"valueString": "No"}, [N]),
        ({"valueCodeableConcept": concept("snomed|373067005|No")}, [N]),
        ({"valueCodeableConcept": concept("loinc|LA33-6|Yes")}, [P]),
    ],
)
def test_yes_and_no_answer_whether_there_is_a_mutation(said, expected):
    assert readings(resource("Observation", code=concept("BRAF V600 mutation"), **said)) == expected


@pytest.mark.parametrize(
    ("quantity", "expected"),
    [
        ({"value": 35, "unit": "%"}, [P]),
        ({"value": 0, "unit": "%"}, [U]),
        ({"value": 0.1, "comparator": "<", "unit": "%"}, [U]),
    ],
)
def test_a_share_of_mutant_alleles_is_positive_and_none_is_no_negative(quantity, expected):
    share = resource("Observation", code=concept("BRAF V600E VAF"), valueQuantity=quantity)

    assert readings(share) == expected


def test_an_abnormal_flag_in_words_contradicts_a_negative():
    assert readings(observation(V600, "Negative", interpretation=[{"text": "Abnormal"}])) == [U]


def test_an_interpretation_beside_a_data_absent_reason_is_no_result():
    absent = resource(
        "Observation",
        code=concept("BRAF V600E"),
        dataAbsentReason={"text": "not performed"},
        interpretation=[concept("interpretation|NEG")],
    )

    assert readings(absent) == [U]


def test_no_to_whether_a_test_was_done_is_no_negative():
    assert readings(resource("Observation", code=concept("BRAF mutation tested"), valueString="No")) == [U]


def test_no_change_in_the_number_of_copies_is_none_in_the_sequence():
    copies = component("loinc|48019-4", "Copy number variation")

    assert readings(variant(ABSENT, BRAF, copies)) == [U]


def test_a_genomic_change_may_be_written_as_spdi():
    assert readings(variant(PRESENT, component("loinc|81290-9", "NC_000007.14:140753335:A:T"))) == [P]


def test_the_gene_named_in_a_note_belongs_to_the_coded_german_result():
    onko = (
        "https://www.medizininformatik-initiative.de/fhir/ext/modul-onko/CodeSystem/"
        "mii-cs-onko-genetische-variante-auspraegung"
    )
    result = observation(VARIANT, f"{onko}|M", note=[{"text": "BRAF p.V600E"}])

    assert readings(result) == [P]


def report(**elements):
    return additions(one(resource("DiagnosticReport", status="final", **elements)).get("conclusionCode", []))


@pytest.mark.parametrize(
    ("elements", "expected"),
    [
        ({"conclusion": "BRAF V600E: not detected"}, [E]),  # vignette 27
        ({"conclusion": "BRAF p.V600E detected"}, [P]),  # vignette 27b
        ({"conclusion": "BRAF p.V600E Mutation liegt vor"}, [P]),
        ({"code": concept(V600), "conclusion": "Negative"}, [N]),
        ({"code": concept("BRAF V600E Mutation Analysis")}, []),
        ({"code": concept(V600), "conclusionCode": [concept("snomed|260415000")]}, [N]),
        ({"conclusionCode": [concept("BRAF V600E positive")]}, [P]),
        ({"code": concept("Next-generation sequencing"), "conclusion": "No mutations detected."}, []),
        ({"conclusion": "NRAS p.Q61R detected. BRAF wild type."}, [N]),
        ({"conclusion": "This assay detects BRAF V600E mutations."}, []),
    ],
)
def test_the_conclusion_of_a_report_is_read_like_a_value(elements, expected):
    assert report(**elements) == expected


def test_observations_inside_a_report_are_read_once_they_are_final():
    inside = observation(V600, "Not detected", id="o1")

    final = report(contained=[inside], result=[{"reference": "#o1"}])
    preliminary = report(contained=[inside | {"status": "preliminary"}], result=[{"reference": "#o1"}])

    assert (final, preliminary) == ([N], [U])


def test_a_member_without_a_gene_answers_the_question_of_its_panel():
    member = observation("Result", "Not detected", id="m1")
    panel = observation(GENE_LEVEL, id="panel", hasMember=[{"reference": "Observation/m1"}])

    assert additions(one(member, panel)["interpretation"]) == [N]


def test_a_member_that_says_what_it_is_inherits_nothing():
    member = observation("Internal control", "Positive", id="m1")
    panel = observation(V600, "Not detected", id="panel", hasMember=[{"reference": "Observation/m1"}])

    assert "interpretation" not in one(member, panel)
