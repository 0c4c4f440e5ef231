"""Stage groups, M categories and disease status.

Clinical.md 5; TNM notation of AJCC and UICC as charts write it.
"""

import pytest
from normalize.build import additions, component, concept, condition, normalized, observation, one, resource

GROUP, M_CATEGORY = "loinc|21908-9|Stage group.clinical Cancer", "loinc|21907-1"
STATUS = "loinc|97509-4|Cancer Disease Progression"


def readings(result):
    return additions(one(result).get("interpretation", []))


@pytest.mark.parametrize(
    ("code", "value", "expected"),
    [
        (M_CATEGORY, "snomed|1229910003|AJCC cM1c", ["m1"]),
        (M_CATEGORY, "snomed|1229910003", ["m1"]),
        (M_CATEGORY, "snomed|1229901006|American Joint Committee on Cancer cM0", ["m0"]),
        ("snomed|399387003|cM category", "cM1c", ["m1"]),
        (M_CATEGORY, "pM1a(0)", ["m1"]),
        (M_CATEGORY, "M1d", ["m1"]),
        (M_CATEGORY, "M 1c", ["m1"]),
        (M_CATEGORY, "pT4b N2 M 1b", ["m1"]),
        (M_CATEGORY, "M10", []),
        (M_CATEGORY, "M0", ["m0"]),
        (M_CATEGORY, "cM0(i+)", ["m0"]),
        (M_CATEGORY, "MX", []),
        (M_CATEGORY, "cMx", []),
        (M_CATEGORY, "ajcc|cM1b", ["m1"]),
        (M_CATEGORY, "uicc|M1b", ["m1"]),
        (M_CATEGORY, "not M1", []),
        (M_CATEGORY, "possible M1", []),
        ("local|9|M category", "M1c", ["m1"]),
        (M_CATEGORY, "1b", ["m1"]),
        (M_CATEGORY, "0", ["m0"]),
        (M_CATEGORY, "snomed|1229910003|AJCC cM0", ["m0"]),  # code and words disagree
        ("local|9|Distant metastases.clinical", "M1", ["m1"]),
        ("Pathologic M", "pM1b", ["m1"]),
        ("cTNM", "cT2 cN0 cM1a", ["m1"]),
        ("Staging form", "Melanoma AJCC V8 - Clinical stage IV", ["stage-iv"]),
        (GROUP, "snomed|1222837003|AJCC stage IV", ["stage-iv"]),
        (GROUP, "ajcc|4", ["stage-iv"]),
        (GROUP, "ajcc|IV", ["stage-iv"]),
        (GROUP, "ajcc|4P", ["stage-iv"]),
        (GROUP, "ajcc|c3c", ["stage-iii"]),
        (GROUP, "snomed|261638004|Stage 3A (qualifier value)", ["stage-iii"]),
        (GROUP, "Stage IV (M1c)", ["m1", "stage-iv"]),
        (GROUP, "IV", ["stage-iv"]),
        (GROUP, "IVA", ["stage-iv"]),
        (GROUP, "Stage IIIC", ["stage-iii"]),
        (GROUP, "IIIB", ["stage-iii"]),
        (GROUP, "pIIIB", ["stage-iii"]),
        (GROUP, "Stage IIA", ["stage-early"]),
        (GROUP, "IB", ["stage-early"]),
        (GROUP, "0", ["stage-early"]),
        (GROUP, "T3bN1M1c", ["m1"]),
        (GROUP, "pT4b pN2a cM0 Stage IIIC", ["m0", "stage-iii"]),
        (GROUP, "Stadium IV", ["stage-iv"]),
        (GROUP, "AJCC IV", ["stage-iv"]),
        (GROUP, "AJCC 8th edition Stage IIID", ["stage-iii"]),
        (GROUP, "AJCC v8 IV", ["stage-iv"]),
        (GROUP, "Unknown", []),
        (GROUP, "not stage IV", []),
        (GROUP, "suspected stage IV", []),
        ("Melanoma stage", "Stage IV", ["stage-iv"]),
        ("AJCC stage group", "IV", ["stage-iv"]),
        ("Overall cancer stage", "4", ["stage-iv"]),
        ("Tumor stage", "Stage III", ["stage-iii"]),
        # stages of something else
        ("CKD stage", "Stage IV", []),
        ("Chronic kidney disease stage", "4", []),
        ("Pressure ulcer stage", "Stage IV", []),
        ("Clark level", "IV", []),
        ("Heart failure stage", "IV", []),
        ("Liver fibrosis stage", "4", []),
        ("Tanner stage", "4", []),
        ("loinc|718-7|Hemoglobin", "4", []),
        ("cT category", "cT4b", []),
        ("snomed|399534004|cN category", "cN3", []),
        ("ECOG Performance Status", "4", []),
    ],
)
def test_a_stage_is_read_from_codes_and_words_of_a_staging_observation(code, value, expected):
    assert sorted(readings(observation(code, value))) == expected


@pytest.mark.parametrize("name", ["Stage", "Staging", "Disease stage", "local|7|Stage"])
@pytest.mark.parametrize(
    ("value", "focus", "expected"),
    [
        ("Stage IV", "Condition/c1", ["stage-iv"]),  # whose stage it is, the focus says
        ("IIIC", "Condition/c1", ["stage-iii"]),
        ("Stage IV", None, []),  # of the kidneys, perhaps
        ("4", None, []),
        ("AJCC Stage IV", None, ["stage-iv"]),  # a stage of the AJCC is a cancer's
        ("ajcc|4", None, ["stage-iv"]),
    ],
)
def test_a_stage_of_what_is_told_by_the_focus_or_by_the_value(name, value, focus, expected):
    focused = {"focus": [{"reference": focus}]} if focus else {}

    assert readings(observation(name, value, **focused)) == expected


def test_the_focus_tells_of_what_the_stage_in_a_component_is():
    parts = [component("Stage", "IIIC"), component("M category", "M0")]

    result = observation("Staging summary", component=parts, focus=[{"reference": "Condition/c1"}])

    assert readings(result) == ["stage-iii", "m0"]


def test_a_condition_says_whose_stage_its_assessment_is():
    assessment = observation("Stage", "Stage IV", id="s1")
    melanoma = condition("Melanoma", id="c1", stage=[{"assessment": [{"reference": "Observation/s1"}]}])

    result = one(assessment, melanoma)

    assert additions(result["interpretation"]) == ["stage-iv"]


@pytest.mark.parametrize("name", ["CKD stage", "Pressure ulcer stage", "Clark level", "Stage of sleep"])
def test_a_stage_of_something_else_is_none_whatever_the_focus(name):
    assert readings(observation(name, "Stage IV", focus=[{"reference": "Condition/c1"}])) == []


@pytest.mark.parametrize(
    ("code", "elements", "expected"),
    [
        ("snomed|399409002|Distant metastasis present", {"valueBoolean": True}, ["distant-metastasis"]),
        ("snomed|399409002", {"valueBoolean": False}, ["no-distant-metastasis"]),
        (
            "snomed|399409002",
            {"valueCodeableConcept": concept("snomed|52101004|Present")},
            ["distant-metastasis"],
        ),
        ("snomed|399409002", {"valueCodeableConcept": concept("Absent")}, ["no-distant-metastasis"]),
        ("snomed|399409002", {"valueCodeableConcept": concept("Not present")}, ["no-distant-metastasis"]),
        ("snomed|399409002", {"valueCodeableConcept": concept("Unknown")}, []),
        ("snomed|399409002", {"valueCodeableConcept": concept("Possibly present")}, []),
        ("Finding", {"valueCodeableConcept": concept("snomed|399409002")}, ["distant-metastasis"]),
        ("Distant metastases", {"valueString": "Yes"}, ["distant-metastasis"]),
        ("Distant metastases", {"valueString": "None"}, ["no-distant-metastasis"]),
        ("Distant metastasis (yes/no)", {"valueBoolean": True}, ["distant-metastasis"]),
        ("Fernmetastasen", {"valueBoolean": True}, ["distant-metastasis"]),
        ("Site of distant metastasis", {"valueString": "Lung, confirmed"}, []),
        # of somebody else, or only required
        ("Mother's distant metastasis", {"valueBoolean": True}, []),
        ("Mother's cancer stage", {"valueString": "IV"}, []),
        ("Donor tumor stage", {"valueString": "IV"}, []),
        ("Trial eligibility cancer stage required", {"valueString": "IV"}, []),
        # asked is something else about them
        ("No distant metastasis", {"valueBoolean": True}, []),
        ("Distant metastasis absent", {"valueString": "Yes"}, []),
        ("Risk of distant metastasis", {"valueBoolean": True}, []),
        ("Risk of distant metastasis", {"valueString": "1"}, []),
        ("History of distant metastasis", {"valueCodeableConcept": concept("snomed|373066001|Yes")}, []),
        ("Distant metastasis imaging performed", {"valueBoolean": True}, []),
        ("Distant metastasis-free survival", {"valueBoolean": True}, []),
        # mCODE HistoryOfMetastaticCancer: false reverses the meaning, true tells of the past
        ("snomed|1287652008", {"valueBoolean": False}, ["no-distant-metastasis"]),
        ("snomed|1287652008", {"valueBoolean": True}, ["metastatic-text"]),
    ],
)
def test_distant_metastasis_may_be_a_question_or_an_answer(code, elements, expected):
    assert readings(observation(code, **elements)) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("snomed|550991000124107|Malignant neoplasm in full remission", ["ned"]),
        ("No evidence of disease", ["ned"]),
        ("NED", ["ned"]),
        ("Complete response", ["ned"]),
        ("Near complete response", []),
        ("Partial response", []),
        ("snomed|271299001|Patient's condition worsened", []),
        ("snomed|551001000124108|Malignant neoplasm in partial remission", []),
    ],
)
def test_the_status_of_the_disease_may_say_that_there_is_no_evidence_of_it(value, expected):
    assert readings(observation(STATUS, value)) == expected


def test_components_are_read_like_observations():
    tnm = observation("TNM panel", component=[component(M_CATEGORY, "cM1c"), component(GROUP, "Stage IV")])

    assert readings(tnm) == ["m1", "stage-iv"]


@pytest.mark.parametrize(
    ("summary", "expected"),
    [
        (concept("Stage IV"), ["stage-iv"]),
        (concept("ajcc|IV"), ["stage-iv"]),
        (concept("snomed|1222805004|AJCC stage IIIB"), ["stage-iii"]),
        (concept("T2a N0 M0"), ["m0"]),
        (concept("M1b"), ["m1"]),
        (concept("IV"), ["stage-iv"]),
    ],
)
def test_the_stage_of_a_condition_speaks_in_its_summary(summary, expected):
    staged = one(condition("icd10cm|C43.59", stage=[{"summary": summary}]))

    assert additions(staged["stage"][0]["summary"], "reading") == expected


def test_the_stage_of_another_kind_is_not_read():
    staged = one(
        condition("icd10cm|C43.59", stage=[{"summary": concept("IV"), "type": concept("Clark level")}])
    )

    assert additions(staged["stage"][0]["summary"]) == []


def test_an_assessment_is_about_the_condition_that_names_it():
    stage = observation(GROUP, "Stage IV", id="s1")
    melanoma = condition("icd10cm|C43.59", id="c1", stage=[{"assessment": [{"reference": "Observation/s1"}]}])

    assessed = normalized(stage, melanoma).resources[0]

    assert assessed["focus"] == [{"reference": "Condition/c1"}]


def test_an_assessment_that_says_what_it_is_about_keeps_that():
    about = [{"reference": "Condition/colon"}]
    stage = observation(GROUP, "Stage IV", id="s1", focus=about)
    melanoma = condition("icd10cm|C43.59", id="c1", stage=[{"assessment": [{"reference": "Observation/s1"}]}])

    assert normalized(stage, melanoma).resources[0]["focus"] == about


M1_INSIDE = observation(M_CATEGORY, "cM1c", id="m")


def reports(*inside, **elements):
    report = resource("DiagnosticReport", status="final", contained=list(inside), **elements)
    return additions(one(report).get("conclusionCode", []))


def test_a_stage_may_stand_in_a_result_inside_its_condition():
    staged = {"assessment": [{"reference": "#m"}]}

    result = one(condition("Melanoma", contained=[M1_INSIDE], stage=[staged]))

    assert additions(result["stage"][0]["summary"]) == ["m1"]


@pytest.mark.parametrize(
    "inside",
    [
        M1_INSIDE | {"status": "preliminary"},
        M1_INSIDE | {"id": "another"},
        M1_INSIDE | {"focus": [{"reference": "Condition/c9"}]},
        observation("M category of colon cancer", "M1", id="m"),
    ],
)
def test_one_that_is_no_result_of_the_condition_is_not_read(inside):
    held = {"contained": [inside], "stage": [{"assessment": [{"reference": "#m"}]}]}

    assert "summary" not in one(condition("Melanoma", **held))["stage"][0]


def test_members_inside_a_panel_are_read_and_those_about_something_else_leave_it_open():
    other = M1_INSIDE | {"focus": [{"reference": "Condition/c9"}]}

    assert readings(observation("TNM", contained=[M1_INSIDE])) == ["m1"]
    assert readings(observation("TNM", contained=[other])) == ["metastatic-text"]
    assert readings(observation("TNM", contained=[M1_INSIDE | {"status": "registered"}])) == []


def test_a_stage_inside_a_report_is_to_be_confirmed():
    assert reports(M1_INSIDE) == ["metastatic-text"]
    assert reports(observation(M_CATEGORY, "cM0")) == ["ned"]


@pytest.mark.parametrize(
    ("structure", "focus"),
    [
        ({}, None),
        ({"location": concept("Skin of back")}, None),
        ({"morphology": concept("Adenocarcinoma of colon")}, ["BodyStructure/b"]),
        (
            {
                "extension": [
                    {"url": "x/mcode-related-condition", "valueReference": {"reference": "Condition/c"}}
                ]
            },
            ["Condition/c"],
        ),
    ],
)
def test_a_place_in_the_body_is_no_tumor_unless_it_says_of_which_it_is(structure, focus):
    about = observation(M_CATEGORY, "cM1c", focus=[{"reference": "BodyStructure/b"}])

    result = one(about, resource("BodyStructure", id="b", **structure))

    assert [each["reference"] for each in result.get("focus", [])] == (focus or [])


def test_a_place_in_the_body_whose_tumor_is_only_named_leads_to_its_name():
    colon = {"url": "x/mcode-related-condition", "valueReference": {"display": "Colon cancer"}}
    about = observation(M_CATEGORY, "cM1c", focus=[{"reference": "BodyStructure/b"}])

    result = one(about, resource("BodyStructure", id="b", extension=[colon]))

    assert result["focus"] == [{"display": "Colon cancer"}]
