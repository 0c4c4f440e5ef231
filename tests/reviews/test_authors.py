"""Who an answer says gave it: by name, and in a role only where that is known."""

import json

import pytest
from davinci import profiles
from davinci.packages import guide
from fakes_reviews import CHART, COMPLETE, Service, answers_of, facts

from smartapp.outputs.form.answers import ORIGIN, author
from smartapp.outputs.form.authors import OTHER
from smartapp.reviews import work

ROLES = "http://terminology.hl7.org/CodeSystem/practitioner-role"
CLASSES = "http://terminology.hl7.org/CodeSystem/v3-RoleClass"
NURSE = {"coding": [{"system": ROLES, "code": "nurse", "display": "Nurse"}]}
PHARMACIST = {"coding": [{"system": ROLES, "code": "pharmacist"}], "text": "Pharmacist"}
NURSES_ROLE = {
    "resourceType": "PractitionerRole",
    "id": "r1",
    "practitioner": {"reference": "https://ehr.example/fhir/Practitioner/n1"},
    "code": [NURSE],
}
COVERAGE = {
    "resourceType": "Coverage",
    "id": "v1",
    "status": "active",
    "beneficiary": {"reference": "Patient/p"},
    "payor": [{"display": "Example Health"}],
}


def role(**changed):
    return {**NURSES_ROLE, **changed}


def practitioner(*active):
    url = "http://hl7.org/fhir/us/davinci-dtr/StructureDefinition/activeRole"
    return {
        "resourceType": "Practitioner",
        "id": "n1",
        "extension": [{"url": url, "valueCodeableConcept": each} for each in active],
    }


def author_of(answer):
    """The roles that an answer's author has, and under which name of the extension who it is stands."""
    (origin,) = [e for e in answer["extension"] if e["url"] == ORIGIN]
    (part,) = [part for part in origin["extension"] if part["url"] == "author"]
    roles = [one["valueCodeableConcept"] for one in part["extension"] if one["url"] == "role"]
    (who,) = [one for one in part["extension"] if one["url"] != "role"]
    return roles, who["url"], who["valueReference"]


def answered_by(user, *record, name="Nora Quillfeather"):
    service = Service(facts(*CHART, *record))
    visit = service.open(user=user, user_name=name)
    service.reviews.save(visit, service.form(visit, {"ecog": ("1",)}, token="t1"))
    (answer,) = answers_of(service.reviews.view(visit).draft, "ecog")
    return author_of(answer)


@pytest.mark.parametrize("user", ["Practitioner/n1", None])
def test_a_clinician_of_whom_the_record_says_nothing_has_no_role(user):
    """Story: whoever answered, a nurse or the patient, was written down as a doctor."""
    roles, url, who = answered_by(user)

    assert (roles, url, who.get("reference")) == ([], "practitioner", user)


def test_a_user_who_is_a_role_has_its_codes_and_is_named_as_the_practitioner_behind_it():
    found = answered_by("PractitionerRole/r1", NURSES_ROLE)

    who = {"reference": "Practitioner/n1", "display": "Nora Quillfeather"}
    assert found == ([NURSE], "practitioner", who)


def test_a_role_that_is_not_on_record_is_no_practitioner_to_the_profile():
    who = {"reference": "PractitionerRole/r1", "display": "Nora Quillfeather"}

    assert answered_by("PractitionerRole/r1") == ([], OTHER, who)


@pytest.mark.parametrize(
    ("record", "roles"),
    [
        ([NURSES_ROLE], [NURSE]),
        ([NURSES_ROLE, role(id="r2", code=[PHARMACIST])], []),
        ([role(active=False)], []),
        ([role(active=False), role(id="r2", code=[PHARMACIST])], [PHARMACIST]),
        ([role(practitioner={"reference": "Practitioner/another"})], []),
        ([role(practitioner=None)], []),
        ([practitioner(PHARMACIST)], [PHARMACIST]),
        ([practitioner()], []),
    ],
)
def test_a_practitioner_has_the_role_that_the_record_shows_unless_it_shows_several(record, roles):
    found, url, who = answered_by("Practitioner/n1", *record)

    assert (found, url, who["reference"]) == (roles, "practitioner", "Practitioner/n1")


@pytest.mark.parametrize("code", ["nurse", [None, {}, "nurse", {"coding": "nurse"}], [{"text": 1}]])
def test_a_role_that_is_no_valid_fhir_is_left_out_and_costs_no_signature(code):
    service = Service(facts(*CHART, role(code=code)))
    visit = service.open(user="PractitionerRole/r1")

    service.reviews.sign(visit, service.form(visit, COMPLETE, token="t1"))

    view = service.reviews.view(visit)
    assert view.signature is not None
    assert author_of(answers_of(view.response, "unresectable")[0])[0] == []


@pytest.mark.parametrize(
    ("user", "code"),
    [("Patient/p", "PAT"), ("RelatedPerson/r1", "PRS"), ("Person/x1", None)],
)
def test_who_is_no_practitioner_is_named_in_another_place_and_never_as_a_doctor(user, code):
    roles, url, who = answered_by(user, practitioner(NURSE), NURSES_ROLE, name="Ann Example")

    coded = [(one["system"], one["code"]) for each in roles for one in each["coding"]]
    assert coded == ([(CLASSES, code)] if code else [])
    assert (url, who) == (OTHER, {"reference": user, "display": "Ann Example"})


def test_what_a_record_says_of_the_patients_role_is_not_a_clinicians():
    active = {**CHART[0], "extension": practitioner(NURSE)["extension"]}

    service = Service(facts(active, *CHART[1:]))
    visit = service.open(user="Patient/p")

    assert (visit.roles, visit.practitioner) == ((), None)


@pytest.mark.parametrize("user", ["Patient/p", "Person/x1"])
def test_the_name_of_who_answered_is_shown_whoever_it_is(user):
    service = Service()
    visit = service.open(user=user, user_name="Ann Example")
    service.reviews.save(visit, service.form(visit, {"ecog": ("1",)}, token="t1"))

    (answer,) = answers_of(service.reviews.view(visit).draft, "ecog")

    assert author(answer) == "Ann Example"


@pytest.mark.parametrize("user", ["Practitioner/n1", "PractitionerRole/r1", "Patient/p", "Person/x1", None])
@pytest.mark.requirement("dtr-2.0.1#information-origin")
def test_a_signed_form_with_answers_of_anyone_conforms_and_names_only_practitioners_as_such(user):
    service = Service(facts(*CHART, COVERAGE, NURSES_ROLE))
    theirs, clinicians = service.open(user=user, user_name=None), service.open()
    service.reviews.save(theirs, service.form(theirs, {"ecog": ("1",)}, token="t1"))

    service.reviews.sign(clinicians, service.form(clinicians, COMPLETE, token="t2"))

    response = service.reviews.view(clinicians).response
    profile = "http://hl7.org/fhir/us/davinci-dtr/StructureDefinition/dtr-questionnaireresponse"
    _, url, who = author_of(answers_of(response, "ecog")[0])
    assert response["status"] == "completed"
    assert (url == "practitioner") == who.get("reference", "Practitioner/").startswith("Practitioner/")
    assert profiles.problems(response, profile, guide("dtr-2.0", "crd-2.0")) == []


def test_answers_that_were_kept_after_the_session_ended_keep_their_authors_role():
    service = Service(facts(*CHART, NURSES_ROLE))
    visit = service.open(user="PractitionerRole/r1")
    service.reviews.keep(visit, service.form(visit, {"ecog": ("1",)}, token="lost"))
    held = service.reviews.work(visit)

    again = service.open(session="session-2")

    (answer,) = answers_of(service.reviews.view(again).draft, "ecog")
    assert author_of(answer)[0] == [NURSE]
    assert author_of(answer)[2]["reference"] == "Practitioner/n1"
    assert work.from_json(json.loads(json.dumps(work.to_json(held)))) == held


def test_a_visit_remembers_what_the_record_showed_of_its_user():
    service = Service(facts(*CHART, NURSES_ROLE))
    visit = service.open(user="PractitionerRole/r1")

    found = service.reviews.visits.find(visit.id)

    assert found == visit
    assert found.author.roles == (NURSE,)
