"""The patient banner: who it is, as far as the record says."""

from datetime import date

import pytest

from smartapp.facts import Facts
from smartapp.outputs.page.patient import patient
from smartapp.outputs.page.view import Patient

TODAY = date(2026, 6, 1)


def shown(**elements):
    resource = {"resourceType": "Patient", "id": "p", **elements}
    return patient(Facts(patient_id="p", resources=(resource,)), today=TODAY)


def test_a_whole_record_gives_name_birth_date_age_sex_and_number():
    found = shown(
        name=[
            {"use": "old", "family": "Before"},
            {"use": "official", "family": "Sample", "given": ["Jane", "Q."]},
        ],
        birthDate="1968-06-02",
        gender="female",
        identifier=[{"value": "x"}, {"value": "4471", "type": {"coding": [{"code": "MR"}]}}],
    )

    assert found == Patient(
        name="Sample, Jane Q.", born="1968-06-02", age=57, sex="female", number="4471", is_deceased=False
    )


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ([{"text": "Kim Example"}], "Kim Example"),
        ([{"given": ["Kim"]}], "Kim"),
        ([{"family": "Example"}], "Example"),
        ([], "Name not on record"),
        ("Kim", "Name not on record"),
        ([None, {"given": "Kim"}], "Name not on record"),
    ],
)
def test_a_name_is_shown_in_whatever_form_it_came(name, said):
    assert shown(name=name).name == said


@pytest.mark.parametrize(
    ("born", "age"), [("1968-06-01", 58), ("1968", None), ("1968-13-01", None), (12, None)]
)
def test_an_age_needs_a_whole_birth_date(born, age):
    assert shown(birthDate=born).age == age


@pytest.mark.parametrize("death", [{"deceasedBoolean": True}, {"deceasedDateTime": "2026-01-02"}])
def test_a_patient_who_died_is_said_to_have_died(death):
    assert shown(**death).is_deceased


def test_a_patient_who_is_not_in_the_record_has_no_name():
    found = patient(Facts(patient_id="p", resources=()), today=TODAY)

    assert (found.name, found.born, found.age) == ("Name not on record", None, None)
