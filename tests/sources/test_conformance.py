"""What does not conform is said by the names of its elements, never by what they hold."""

import re
from pathlib import Path

import pytest

import smartapp
from smartapp.sources import conformance

GOOD = {"resourceType": "Condition", "id": "c1", "subject": {"reference": "Patient/p1"}}


@pytest.mark.parametrize(
    ("resource", "faults"),
    [
        (GOOD, ()),
        ({**GOOD, "onsetDateTime": "Jane Doe"}, ("onsetDateTime",)),
        ({**GOOD, "stage": [{"summary": "IV"}]}, ("stage.summary",)),
        ({"resourceType": "Condition", "id": "c1"}, ("subject",)),
        ({**GOOD, "favouriteColour": "red"}, ("favouriteColour",)),
        ({"resourceType": "Nonsense"}, ("resourceType",)),
        ({"resourceType": 7}, ("resourceType",)),
        ({**GOOD, "contained": [{"resourceType": None, "id": "x"}]}, ("resourceType",)),
        ({**GOOD, "contained": [{"resourceType": ["Medication"]}]}, ("resourceType",)),
        ({**GOOD, "contained": [{"resourceType": "Nonsense"}]}, ("resourceType",)),
    ],
)
def test_each_element_that_is_wrong_is_named(resource, faults):
    assert conformance.faults(resource) == faults


def test_there_is_one_remark_for_each_type_and_none_for_what_conforms():
    bad = {**GOOD, "onsetDateTime": "Jane Doe"}

    found = conformance.remarks([GOOD, bad, {**bad, "id": "c2"}, {"resourceType": "Procedure", "id": "x"}])

    assert [remark.text for remark in found] == [
        "Condition resources that do not conform to FHIR R4: 2 (onsetDateTime); they are used as they are.",
        "Procedure resources that do not conform to FHIR R4: 1 (subject); they are used as they are.",
    ]


def test_a_name_that_a_server_made_up_is_not_repeated():
    found = conformance.remarks([{**GOOD, "Jane Doe, 1970": 1}])

    assert [remark.text for remark in found] == [
        "Condition resources that do not conform to FHIR R4: 1 (an unknown element); they are used as they are."
    ]


def test_the_models_of_another_release_are_used_nowhere():
    """`fhir.resources.condition` is R5, which refuses what R4 allows."""
    sources = "\n".join(path.read_text("utf-8") for path in Path(smartapp.__file__).parent.rglob("*.py"))

    named = re.findall(r"(?:from|import_module\(f?\"|import) ?(fhir\.resources\S*)", sources)
    assert len(named) >= 4
    assert {name[:18] for name in named} == {"fhir.resources.R4B"}
