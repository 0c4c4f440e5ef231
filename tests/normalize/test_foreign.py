"""Resources that others published are survived with the expected reading (../shared/foreign/clinical/README.md)."""

import json
from pathlib import Path

import pytest
from normalize.build import additions, normalized

FOLDER = Path(__file__).parents[2] / ".." / "shared" / "foreign" / "clinical"
EXPECTED = {
    "ecqm__OncologyPain__Condition-5ca5260db8484613a555a992": {},
    "ecqm__OncologyPain__Patient-055640ae-dc71-4e1d-918b-e367013de209": {},
    "ecqm__OncologyPain__Procedure-5ca5260db8484613a555a994": {},
    "fsh-transcribed__genomics-reporting__Observation-BRAF-V600E": {
        "genomics-reporting-oncology-diagnostic-5": ["braf-v600-positive"]
    },
    "fsh-transcribed__genomics-reporting__Observation-diagnostic-implication-melanoma": {},
    "fsh-transcribed__mcode__Observation-pertinent-negative-nras-kit-braf": {
        "gx-genomic-variant-pertinent-negative-nras-kit-braf": ["braf-v600-negative"]
    },
    "mcode-ctms__eom_patient_1": {
        "conditionId-1": ["other-malignancy"],
        "conditionId-2": ["metastatic-text", "distant-metastasis"],
        "546d75a171ad7f90983a6f32e7fb3da7511534dd4229d6d3fd9e493b22c6f3c7": ["stage-iv", "other-malignancy"],
        "cancerDiseaseStatusId-1": ["other-malignancy"],
        "tnm-clinical-distant-metastases-category-cM0": ["m0"],
    },
    "mcode-ctms__patient_data_missing_histology_morph": {
        "4dee068c-5ffe-4977-8677-4ff9b518e763": ["other-malignancy", "stage-iii", "stage-iii"],
        "479386ba-79c4-494f-b70f-4368694a4b15": ["stage-iii", "other-malignancy"],
        "479386ba-79c4-494f-b70f-4368694a4b15x": ["stage-iii", "other-malignancy"],
        "576e8b5e-4f9e-418c-842b-f86d6e7ce795": ["other-malignancy"],
        "79930cdd-7eb4-44e3-8e5e-f45892813d04": ["other-malignancy"],
        "95d74cb0-15d5-44dd-a289-b622bfed80be": ["other-malignancy"],
        "4ea56d5b-3d96-41c0-b126-918ceabf34c7": ["other-malignancy"],
        "4d705ed3-bbdd-47f3-804d-18f0e094eda2": ["other-malignancy"],
        "92df8252-84bd-4cbe-b1dc-f80a9f28d1cc": ["other-malignancy"],
        "6a401855-9277-4b01-ac59-48ac734eece6": ["other-malignancy"],
        "4f022991-251b-4e84-8dd3-730d3557e872": ["other-malignancy"],
    },
    "mcode-trialjectory__medication_test_codes": {
        "unnamed-1": ["341545345", "563563", "35635463", "5365712", "2452456"]
    },
    "miimtb__Medication-mii-exa-mtb-medikation-dabrafenib": {},
    "miimtb__MedicationRequest-mii-exa-mtb-therapieempfehlung-dabrafenib": {},
    "miimtb__RequestGroup-mii-exa-mtb-therapieempfehlung-kombinationstherapie": {},
}


@pytest.mark.parametrize("name", EXPECTED)
def test_a_published_resource_has_the_expected_reading(name):
    if not FOLDER.exists():
        pytest.skip("../shared is not here")
    read = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    entries = read["entry"] if read["resourceType"] == "Bundle" else [{"resource": read}]
    resources = [entry["resource"] for entry in entries]
    patient = next((r["id"] for r in resources if r["resourceType"] == "Patient"), "of-this-file")
    urls = {
        e["fullUrl"]: f"{e['resource']['resourceType']}/{e['resource'].get('id')}"
        for e in entries
        if "fullUrl" in e
    }

    result = normalized(*(_of(patient, r) for r in resources), patient=patient, full_urls=urls)

    assert {r["id"]: found for r in result.resources if (found := list(_added(r)))} == EXPECTED[name]


def _of(patient, resource):
    """A resource published alone is taken as the patient's own."""
    return resource | {"subject": {"reference": f"Patient/{patient}"}} if "subject" in resource else resource


def _added(node):
    """Every added code anywhere in a resource."""
    if isinstance(node, dict):
        yield from additions(node) if "coding" in node else ()
        for value in node.values():
            yield from _added(value)
    elif isinstance(node, list):
        for value in node:
            yield from _added(value)
