"""Every patient gets the answer that the story promises, read over FHIR as the command line reads it."""

import json
from collections import defaultdict
from datetime import UTC, date, datetime

import pytest
from fhir.resources.R4B import get_fhir_model_class
from spec.ask import ask

from smartapp.__main__ import Surroundings, main
from smartapp.sandbox import stories
from smartapp.sandbox.fhir.access import patient_of
from smartapp.sandbox.stories import PATIENTS, Story

CRITERIA = ("adult", "melanoma", "advanced", "anti-pd1", "braf")
TODAY = datetime(2026, 11, 24, 12, tzinfo=UTC)


def _asked(capsys, *arguments: str, now: datetime = TODAY) -> dict:
    code = main(["check", *arguments, "--format", "json"], around=Surroundings(environ={}, now=lambda: now))
    told = capsys.readouterr()
    assert (code, told.err) == (0, "")
    return json.loads(told.out)


@pytest.mark.parametrize("story", stories.told(), ids=lambda story: story.id)
def test_check_over_fhir_answers_as_the_story_says(open_ehr, capsys, story: Story):
    answer = _asked(capsys, "--fhir", open_ehr.iss, "--patient", story.id)

    assert answer["outcome"] == story.outcome
    assert {c["id"]: c["answer"] for c in answer["criteria"]} == dict.fromkeys(
        CRITERIA, "met"
    ) | story.answers


@pytest.mark.parametrize(
    "story", [story for story in stories.told() if not story.faults], ids=lambda story: story.id
)
def test_check_of_the_file_answers_the_same(capsys, story: Story):
    answer = _asked(capsys, str(PATIENTS / f"{story.id}.json"))

    assert answer["outcome"] == story.outcome


@pytest.mark.parametrize("day", [date(2027, 10, 31), date(2027, 11, 1), date(2033, 3, 1)])
def test_in_later_years_the_stories_stay_true(day):
    told = {story.id: story.outcome for story in stories.told() if not story.faults}
    bundles = _by_patient(stories.records(day))

    answers = {name: str(ask(bundles[name], order=None, as_of=day.isoformat()).outcome) for name in told}

    assert answers == told


def test_every_resource_is_valid_r4():
    for resource in stories.records(TODAY.date()):
        get_fhir_model_class(resource["resourceType"]).model_validate(resource)


def test_every_patient_has_a_story_and_every_story_a_patient():
    files = {path.stem for path in PATIENTS.glob("*.json")}

    assert files == {story.id for story in stories.told()}


def _by_patient(resources):
    held = defaultdict(list)
    for resource in resources:
        held[patient_of(resource)].append({"resource": resource})
    return {
        name: {"resourceType": "Bundle", "type": "collection", "entry": entries}
        for name, entries in held.items()
    }
