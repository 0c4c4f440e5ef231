"""What a launch is about, as DTR clients of all ages say it."""

import json

import pytest

from smartapp.sources.smart.context import context_of

ORDER, COVERAGE = {"reference": "MedicationRequest/o1"}, {"reference": "Coverage/c1"}
_RESOURCE = json.dumps({"resourceType": "MedicationRequest", "id": "o1", "status": "draft"})


@pytest.mark.requirement("smart-app-launch-2.2#fhirContext", "inferno-dtr#D11")
def test_objects_stay_as_they_are_and_plain_references_become_objects():
    item = {"reference": "ServiceRequest/s1", "type": "ServiceRequest", "role": "launch"}

    assert context_of({"fhirContext": [item, "MedicationRequest/o1", "Coverage/c1", "odd", 7, None]}) == (
        item,
        ORDER,
        COVERAGE,
    )


@pytest.mark.parametrize(
    "text",
    [
        "order=MedicationRequest/o1&coverage=Coverage/c1",
        "template=https%3A%2F%2Fpayer.example%2FQuestionnaire%2Fx%7C1&request=MedicationRequest%2Fo1&x=Coverage/c1",
        f"order={_RESOURCE}&coverage=Coverage/c1",
        json.dumps({"order": "MedicationRequest/o1", "coverage": "Coverage/c1"}),
        json.dumps({"order": _RESOURCE, "more": [{"coverage": "Coverage/c1"}]}),
    ],
)
def test_the_text_of_a_cards_link_is_read_in_every_form(text):
    found = context_of({"appContext": text})

    assert [item for item in found if "Questionnaire" not in item["reference"]] == [ORDER, COVERAGE]


@pytest.mark.parametrize(
    "text",
    ["", "9b1deb4d-3b7d-4bad-9bdd-2b0d7b3dcb6d", "order=undefined", "{", "[" * 100_000, "a=b=c", 5, None],
)
def test_what_says_nothing_about_a_resource_gives_nothing(text):
    assert context_of({"appContext": text, "fhirContext": text}) == ()


def test_what_both_say_is_said_once():
    token = {"fhirContext": [ORDER], "appContext": "order=MedicationRequest/o1"}

    assert context_of(token) == (ORDER,)
