"""Malignancies that are not melanoma, by their names.

Decisions.md 4 `advanced`: what is another active primary.
"""

import pytest
from normalize.build import additions, condition, one, resource, terms

from smartapp.normalize.malignancy import Kind, other

PRIMARY, AS_REASON = Kind.PRIMARY, Kind.AS_REASON


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Primary malignant neoplasm of breast (disorder)", PRIMARY),
        ("Malignant neoplasm of colon", PRIMARY),
        ("Malignant tumor of prostate", PRIMARY),
        ("Carcinoma of lung", PRIMARY),
        ("Non-small cell lung cancer", PRIMARY),
        ("Non-small cell lung cancer (disorder)", PRIMARY),
        ("NSCLC, stage IV", PRIMARY),
        ("Metastatic non-small cell lung cancer", PRIMARY),
        ("Metastatic colon cancer", PRIMARY),
        ("Metastatic colon cancer to liver", PRIMARY),
        ("Breast cancer metastasized to bone", PRIMARY),
        ("Renal cell carcinoma metastatic to lung", PRIMARY),
        ("Diffuse large B-cell lymphoma", PRIMARY),
        ("Non-Hodgkin lymphoma", PRIMARY),
        ("Chronic lymphocytic leukemia", PRIMARY),
        ("Acute myeloid leukemia, not having achieved remission", PRIMARY),
        ("Multiple myeloma", PRIMARY),
        ("Glioblastoma", PRIMARY),
        ("Soft tissue sarcoma", PRIMARY),
        ("Renal cell carcinoma", PRIMARY),
        ("Mammakarzinom", PRIMARY),
        ("Darmkrebs", PRIMARY),
        ("Bösartige Neubildung: Colon sigmoideum", PRIMARY),
        ("Squamous cell carcinoma of vulva", PRIMARY),
        ("Melanoma and metastatic breast cancer", PRIMARY),
        ("Gastrointestinal stromal tumor", PRIMARY),
        ("Neuroendocrine tumor of pancreas", PRIMARY),
        ("Carcinoid of ileum", PRIMARY),
        ("Malignant meningioma", PRIMARY),
        ("Pheochromocytoma, malignant", PRIMARY),
        ("Neoplasm of lung, malignant", PRIMARY),
        ("Malignant brain tumor", PRIMARY),
        ("Ca breast", PRIMARY),
        ("DLBCL", PRIMARY),
        # another disease as a reason, not another primary
        ("Basal cell carcinoma of nose", AS_REASON),
        ("Squamous cell carcinoma of skin", AS_REASON),
        ("Merkel cell carcinoma", AS_REASON),
        ("Non-melanoma skin cancer", AS_REASON),
        ("Malignant neoplasm of skin of scalp", AS_REASON),
        ("Malignant neoplasm of right choroid", AS_REASON),
        ("Malignant neoplasm of vulva", AS_REASON),
        ("Malignant tumor of rectum", AS_REASON),
        # none
        ("Malignant melanoma of skin", None),
        ("Metastatic malignant neoplasm to lung (disorder)", None),
        ("Secondary malignant neoplasm of brain", None),
        ("Metastatic carcinoma to liver", None),
        ("Metastatic cancer", None),
        ("History of breast cancer", None),
        ("Family history of colon cancer", None),
        ("Suspected lung cancer", None),
        ("Carcinoma in situ of breast", None),
        ("Breast cancer screening", None),
        ("Colon cancer, in remission", None),
        ("No evidence of malignancy", None),
        ("Benign neoplasm of colon", None),
        ("Cancer pain", None),
        ("Cancer cachexia", None),
        ("Malignant skin tumor", None),
        ("Malignant metastatic tumor of liver", None),
        ("Malignant melanocytoma", None),
        ("Meningioma", None),
        ("Malignant hypertension", None),
        ("Cancer-related fatigue", None),
        ("Tumor of unknown significance", None),
        ("Hypertension", None),
    ],
)
def test_a_text_names_another_malignancy_or_none(text, expected):
    assert other(terms(), text) is expected


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        (["snomed|363346000|Malignant neoplasm of colon (disorder)"], ["other-malignancy"]),
        (["icd10cm|C18.9|Malignant neoplasm of colon"], []),  # the code is in a value set
        (["Colon cancer"], ["other-malignancy-text"]),
        (["icd10gm|C18.9|Bösartige Neubildung: Kolon"], ["other-malignancy-text"]),
        (["local|77|Colon cancer"], ["other-malignancy-text"]),
        (["snomed|44054006|Type 2 diabetes", "Colon cancer"], []),
        (["icd10cm|C78.7", "Colon cancer metastasized to liver"], ["other-malignancy-text"]),
        (["snomed|94381002|Secondary malignant neoplasm of liver", "From colon"], []),
        (["icd10cm|C79.31", "Metastatic brain tumor"], []),
        (["icd10cm|C78.7", "No colon cancer metastatic to liver"], []),
        (["snomed|254701007|Basal cell carcinoma of skin (disorder)"], []),
    ],
)
def test_a_condition_is_another_malignancy_by_snomed_display_or_by_words_without_codes(code, expected):
    found = additions(one(condition(*code))["code"], "reading")

    assert [reading for reading in found if reading.startswith("other")] == expected


def test_as_a_reason_skin_and_eye_tumors_count_too():
    order = resource("ServiceRequest", reasonCode=[{"text": "Merkel cell carcinoma"}])

    reasons = [extension["valueCodeableConcept"] for extension in one(order)["extension"]]

    assert additions(reasons) == ["other-malignancy-skin"]
