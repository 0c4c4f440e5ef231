"""The life of a review: opened, answered, saved, signed, amended, found again at the next launch."""

from datetime import timedelta

import pytest
from fakes_reviews import (
    COMPLETE,
    DOCTOR,
    ISS,
    MELANOMA,
    NIVOLUMAB,
    ORDER,
    PATIENT,
    Service,
    answers_of,
    facts,
    given,
)
from fhir.resources.R4B.questionnaireresponse import QuestionnaireResponse

from smartapp.determination import Answer, Outcome
from smartapp.outputs.form.answers import origin
from smartapp.reviews.response import SIGNATURE
from smartapp.reviews.visits import State
from smartapp.sources.written import SYSTEM

OTHER_ORDER = {**ORDER, "id": "o2", "authoredOn": "2026-05-31"}


def criteria(view):
    return {one.id: one.answer for one in view.review.determination.criteria}


def test_the_chart_fills_the_form_and_the_open_criteria_stay_open():
    service = Service()

    view = service.reviews.view(service.open())

    assert view.review.determination.outcome is Outcome.NEEDS_INFORMATION
    assert criteria(view) == {
        "adult": Answer.MET,
        "melanoma": Answer.MET,
        "advanced": Answer.UNKNOWN,
        "anti-pd1": Answer.MET,
        "braf": Answer.UNKNOWN,
    }
    assert [origin(answer) for answer in answers_of(view.response, "pd1.drug")] == ["auto", "auto"]
    assert answers_of(view.response, "metastatic") == []


def test_answering_unresectable_turns_the_verdict_at_once():
    service = Service()
    visit = service.open()

    service.reviews.save(visit, service.form(visit, {"unresectable": ("true",)}, token="t1"))

    view = service.reviews.view(visit)
    assert criteria(view)["advanced"] is Answer.MET
    (evidence,) = next(c for c in view.review.determination.criteria if c.id == "advanced").evidence
    assert evidence.origin == "attested"


def test_answering_no_to_anti_pd1_leaves_a_contradiction_open():
    service = Service()
    visit = service.open()

    service.reviews.save(visit, service.form(visit, {"pd1.received": ("false",)}, token="t1"))

    assert criteria(service.reviews.view(visit))["anti-pd1"] is Answer.UNKNOWN


def test_answers_do_not_fill_in_other_answers():
    service = Service()
    visit = service.open()

    service.reviews.save(visit, service.form(visit, {"unresectable": ("true",)}, token="t1"))
    service.reviews.arrived(visit, service.chart)

    assert answers_of(service.reviews.view(visit).response, "metastatic") == []


def test_a_draft_is_saved_with_mistakes_in_it_and_tells_them():
    service = Service()
    visit = service.open()

    service.reviews.save(visit, service.form(visit, {"ecog": ("nine",), "regimen": ("true",)}, token="t1"))

    view = service.reviews.view(visit)
    assert [error.field for error in view.errors] == ["ecog"]
    assert view.typed == {"ecog": ("nine",)}
    assert answers_of(view.response, "regimen")[0]["valueBoolean"] is True


def test_a_mistake_that_is_mended_is_told_no_more():
    service = Service()
    visit = service.open()
    service.reviews.save(visit, service.form(visit, {"ecog": ("nine",)}, token="t1"))

    service.reviews.save(visit, service.form(visit, {"ecog": ("1",)}, token="t2"))

    view = service.reviews.view(visit)
    assert (view.errors, view.typed) == ((), {})


def test_a_mistake_in_a_question_that_is_not_asked_any_more_disturbs_nobody():
    service = Service()
    visit = service.open()
    asked = {"stage.group": ("IV",), "stage.date": ("in spring",)}
    service.reviews.save(visit, service.form(visit, asked, token="t1"))
    told = service.reviews.view(visit).errors

    service.reviews.sign(visit, service.form(visit, {**COMPLETE, "stage.group": ("",)}, token="t2"))

    assert [error.field for error in told] == ["stage.date"]
    assert service.reviews.view(visit).signature is not None


def test_the_next_launch_for_the_same_order_resumes_the_draft():
    service = Service()
    first = service.open()
    service.reviews.save(first, service.form(first, {"ecog": ("1",)}, token="t1"))

    second = service.open(session="session-2")

    view = service.reviews.view(second)
    assert second.id != first.id
    assert answers_of(view.response, "ecog")[0]["valueInteger"] == 1
    assert [line.what for line in view.audit] == ["read", "saved", "refreshed", "resumed"]
    assert {line.detail["records"] for line in view.audit if "records" in line.detail} == {view.records}


def test_a_draft_begun_before_the_order_was_in_the_chart_goes_on_with_the_order():
    """A card is answered while the order is still being written; once it is signed the chart has it."""
    service = Service(facts(PATIENT, MELANOMA, NIVOLUMAB))
    first = service.open()
    service.reviews.save(first, service.form(first, {"ecog": ("1",)}, token="t1"))
    service.chart = facts()

    second, third = service.open(), service.open()

    views = [service.reviews.view(visit) for visit in (second, third, first)]
    assert {view.response["id"] for view in views} == {views[0].response["id"]}
    assert answers_of(views[0].response, "ecog")[0]["valueInteger"] == 1
    assert views[0].review.determination.order == "MedicationRequest/o1"


def test_a_form_signed_without_an_order_stays_what_it_is_when_an_order_comes():
    service = Service(facts(PATIENT, MELANOMA, NIVOLUMAB))
    first = service.open()
    answers = {**COMPLETE, "product": ("Lifileucel",)}
    service.reviews.sign(first, service.form(first, answers, token="t1"))
    service.chart = facts()

    second = service.open()

    signed, fresh = service.reviews.view(first), service.reviews.view(second)
    assert (signed.signature is not None, fresh.signature) == (True, None)
    assert [view.review.determination.order for view in (signed, fresh)] == [None, "MedicationRequest/o1"]


@pytest.mark.parametrize(
    "other",
    [{"iss": "https://other.example/fhir"}, {"patient": "q"}],
)
def test_another_server_or_patient_is_another_review(other):
    service = Service()
    first = service.open()
    service.reviews.save(first, service.form(first, {"ecog": ("1",)}, token="t1"))

    second = service.open(**other)

    assert answers_of(service.reviews.view(second).response, "ecog") == []


def test_several_orders_wait_for_a_choice_and_each_has_its_own_review():
    service = Service(facts(PATIENT, ORDER, OTHER_ORDER, MELANOMA, NIVOLUMAB))
    visit = service.open()

    chosen = service.reviews.arrived(
        service.reviews.visits.choosing(visit, "MedicationRequest/o2"), service.chart
    )

    assert visit.state is State.CHOOSING
    assert {line.reference for line in visit.choices} == {"MedicationRequest/o1", "MedicationRequest/o2"}
    assert service.reviews.view(chosen).review.determination.order == "MedicationRequest/o2"


def test_a_reading_that_ends_late_does_not_undo_a_newer_choice_of_the_order():
    service = Service(facts(PATIENT, ORDER, OTHER_ORDER, MELANOMA))
    visits, clock = service.reviews.visits, service.clock
    visit = service.open()
    slow = visits.reading(visits.choosing(visit, "MedicationRequest/o1"), now=clock.at)
    newer = visits.reading(
        visits.choosing(visit, "MedicationRequest/o2"), now=clock.at + timedelta(seconds=1)
    )

    service.reviews.arrived(newer, service.chart)
    service.reviews.arrived(slow, service.chart)
    visits.failed(slow, "The EHR did not answer.")

    held = visits.find(visit.id)
    assert held is not None
    assert held.state is State.READY
    assert service.reviews.view(held).review.determination.order == "MedicationRequest/o2"


def test_the_order_that_the_launch_names_is_the_one():
    service = Service(facts(PATIENT, ORDER, OTHER_ORDER, MELANOMA))
    visit = service.open()

    named = service.reviews.arrived(
        visit, service.chart, fhir_context=[{"reference": "MedicationRequest/o1"}]
    )

    assert named.state is State.READY
    assert service.reviews.view(named).review.determination.order == "MedicationRequest/o1"


def test_without_an_order_the_question_is_asked_as_if_there_were_one():
    service = Service(facts(PATIENT, MELANOMA, NIVOLUMAB))

    view = service.reviews.view(service.open())

    assert view.review.determination.order is None
    assert view.review.determination.outcome is Outcome.NEEDS_INFORMATION


def test_a_chart_read_again_updates_what_nobody_answered():
    service = Service()
    visit = service.open()
    service.reviews.save(visit, service.form(visit, {"patient.sex": ("male",)}, token="t1"))

    later = given("nivolumab", "1597876", "2024-09-01", "a2")
    service.reviews.arrived(visit, facts(*service.chart.resources, later))

    view = service.reviews.view(visit)
    assert answers_of(view.response, "pd1.last")[0]["valueDate"] == "2024-09-01"
    assert answers_of(view.response, "patient.sex")[0]["valueCoding"]["code"] == "male"


def test_a_form_sent_twice_counts_once():
    service = Service()
    visit = service.open()
    form = service.form(visit, {"pd1.lines[new].pd1.drug": ("cemiplimab",)}, token="t1")

    service.reviews.save(visit, form)
    service.reviews.save(visit, form)

    drugs = [answer["valueString"] for answer in answers_of(service.reviews.view(visit).response, "pd1.drug")]
    assert drugs == ["nivolumab", "pembrolizumab", "cemiplimab"]
    assert [line.what for line in service.reviews.view(visit).audit] == ["read", "saved"]


def test_two_windows_with_the_same_review_lose_neither_answer():
    service = Service()
    visit = service.open()
    shown = service.reviews.view(visit).version

    service.reviews.save(
        visit, service.form(visit, {"ecog": ("1",), "brain": ("",)}, token="a", revision=shown)
    )
    service.reviews.save(
        visit, service.form(visit, {"ecog": ("2",), "brain": ("none",)}, token="b", revision=shown)
    )

    view = service.reviews.view(visit)
    assert answers_of(view.response, "ecog")[0]["valueInteger"] == 1
    assert answers_of(view.response, "brain")[0]["valueCoding"]["code"] == "none"
    assert view.typed == {"ecog": ("2",)}
    assert view.errors[0].text.startswith("Another window saved “1” meanwhile")


def test_signing_says_what_is_missing_and_keeps_what_was_answered():
    service = Service()
    visit = service.open()

    work = service.reviews.sign(visit, service.form(visit, {"ecog": ("1",)}, token="t1"))

    view = service.reviews.view(visit)
    assert work.signed is None
    assert [error.field for error in view.errors] == [
        "metastatic",
        "braf.status",
        "attest.statement",
        "attest.name",
        "attest.date",
    ]
    assert answers_of(view.response, "ecog")[0]["valueInteger"] == 1


def test_a_mistake_stands_in_the_way_of_signing():
    service = Service()
    visit = service.open()

    service.reviews.sign(visit, service.form(visit, {**COMPLETE, "ecog": ("nine",)}, token="t1"))

    assert [error.field for error in service.reviews.view(visit).errors] == ["ecog"]


def test_a_signed_form_is_a_completed_document_with_author_and_signature():
    service = Service()
    visit = service.open(encounter="Encounter/e1")

    service.reviews.sign(visit, service.form(visit, COMPLETE, token="t1"))

    view = service.reviews.view(visit)
    QuestionnaireResponse.model_validate(view.response)
    signature = next(e["valueSignature"] for e in view.response["extension"] if e["url"] == SIGNATURE)
    who = {"reference": DOCTOR.reference, "display": DOCTOR.name}
    assert view.response["status"] == "completed"
    assert view.response["author"] == who
    assert view.response["authored"] == "2026-06-01T12:00:00+00:00"
    assert view.response["encounter"] == {"reference": "Encounter/e1"}
    assert view.response["identifier"]["system"] == SYSTEM
    assert (signature["who"], signature["when"]) == (who, "2026-06-01T12:00:00+00:00")
    named = "Dr. Ada Example (Practitioner/d1)"
    assert view.signature.method == f"signed in smartapp by the user whom the EHR named: {named}"
    assert view.review.determination.outcome is Outcome.MET


def test_answers_to_questions_that_are_not_asked_are_not_signed():
    service = Service()
    visit = service.open()
    sent = {**COMPLETE, "unresectable": ("false",), "metastatic": ("true",)}

    service.reviews.sign(visit, service.form(visit, sent, token="t1"))

    view = service.reviews.view(visit)
    assert view.signature is not None
    assert answers_of(view.response, "unresectable.why") == []


def test_a_signed_review_is_shown_as_it_was_signed():
    service = Service()
    visit = service.open()
    service.reviews.sign(visit, service.form(visit, COMPLETE, token="t1"))
    before = service.reviews.view(visit)

    service.clock.at += timedelta(days=30)
    again = service.open()
    service.reviews.arrived(again, facts(PATIENT, ORDER))

    view = service.reviews.view(again)
    assert view.response == before.response
    assert view.review.determination == before.review.determination


def test_what_is_sent_after_signing_changes_nothing_and_comes_back_with_the_amendment():
    service = Service()
    visit = service.open()
    service.reviews.sign(visit, service.form(visit, COMPLETE, token="t1"))
    signed = service.reviews.view(visit)

    service.reviews.save(visit, service.form(visit, {"ecog": ("1",)}, token="late"))
    kept = service.reviews.view(visit)
    service.reviews.amend(visit)

    amended = service.reviews.view(visit)
    assert (kept.response, kept.kept) == (signed.response, 1)
    assert answers_of(amended.response, "ecog")[0]["valueInteger"] == 1
    assert (amended.number, amended.signature, amended.kept) == (2, None, 0)


def test_an_amendment_wants_a_new_attestation_and_says_that_it_is_one():
    service = Service()
    visit = service.open()
    service.reviews.sign(visit, service.form(visit, COMPLETE, token="t1"))
    service.reviews.amend(visit)

    service.reviews.sign(visit, service.form(visit, {"ecog": ("1",)}, token="t2"))
    refused = service.reviews.view(visit)
    service.reviews.sign(visit, service.form(visit, {"attest.statement": ("", "true")}, token="t3"))

    view = service.reviews.view(visit)
    assert [error.text for error in refused.errors] == ["Tick this box to sign."]
    assert (view.response["status"], view.number) == ("amended", 2)


def test_where_the_ehr_names_nobody_the_signature_bears_the_attested_name():
    service = Service()
    visit = service.open(user=None, user_name=None)

    service.reviews.sign(visit, service.form(visit, COMPLETE, token="t1"))

    view = service.reviews.view(visit)
    assert view.response["author"] == {"display": "Dr. Ada Example"}
    assert (view.signature.reference, view.signature.method) == (
        None,
        "signed in smartapp; the EHR did not name the user",
    )


def test_the_name_that_was_attested_signs_and_the_user_of_the_ehr_is_said_beside_it():
    """Story: where the EHR told no name the page said "Signed by Practitioner/hale"."""
    said = []
    for name in (None, "Session of Ward 3"):
        service = Service()
        visit = service.open(user_name=name)
        service.reviews.sign(visit, service.form(visit, COMPLETE, token="t1"))
        signature = service.reviews.view(visit).signature
        said.append((signature.who, signature.method.rpartition(": ")[2]))

    assert said == [
        ("Dr. Ada Example", "Practitioner/d1"),
        ("Dr. Ada Example", "Session of Ward 3 (Practitioner/d1)"),
    ]


@pytest.mark.parametrize("who", ["Patient/p", "RelatedPerson/r1", "Person/x1"])
def test_who_is_not_known_to_be_a_clinician_may_not_sign(who):
    service = Service()
    visit = service.open(user=who, user_name="Ann Example")

    service.reviews.sign(visit, service.form(visit, COMPLETE, token="t1"))

    view = service.reviews.view(visit)
    assert view.signature is None
    assert [error.text for error in view.errors] == ["Only a clinician can sign; you may save a draft."]


@pytest.mark.parametrize("who", ["Patient/p", "RelatedPerson/r1", "Person/x1"])
def test_what_a_patient_answers_counts_once_a_clinician_has_signed_it(who):
    """Story: a patient ticked "unresectable", and the page said that a clinician had answered so."""
    service = Service()
    theirs, doctors = service.open(user=who, user_name="Ann Example"), service.open()
    answers = {
        "unresectable": ("true",),
        "unresectable.why": ("They said so",),
        "braf.status": ("v600-not-detected",),
    }
    service.reviews.save(theirs, service.form(theirs, answers, token="t1"))
    drafted = service.reviews.view(doctors)

    left = {name: texts for name, texts in COMPLETE.items() if name not in answers}
    service.reviews.sign(doctors, service.form(doctors, left, token="t2"))

    signed = service.reviews.view(doctors)
    assert answers_of(drafted.response, "unresectable")[0]["valueBoolean"] is True
    assert (criteria(drafted)["advanced"], criteria(drafted)["braf"]) == (Answer.UNKNOWN, Answer.UNKNOWN)
    assert len(drafted.waiting) == 3
    assert signed.signature is not None
    assert signed.review.determination.outcome is Outcome.MET
    assert signed.waiting == ()


def test_an_answer_of_the_patients_that_a_clinician_changes_counts_at_once():
    service = Service()
    theirs, doctors = service.open(user="Patient/p"), service.open()
    service.reviews.save(theirs, service.form(theirs, {"unresectable": ("false",)}, token="t1"))
    before = criteria(service.reviews.view(doctors))["advanced"]

    service.reviews.save(doctors, service.form(doctors, {"unresectable": ("true",)}, token="t2"))

    view = service.reviews.view(doctors)
    assert (before, criteria(view)["advanced"], view.waiting) == (Answer.UNKNOWN, Answer.MET, ())


def test_a_patient_does_not_attest_for_the_clinician():
    service = Service()
    theirs, doctors = service.open(user="Patient/p"), service.open()
    service.reviews.save(theirs, service.form(theirs, COMPLETE, token="t1"))

    service.reviews.sign(doctors, service.form(doctors, {}, token="t2"))

    assert [error.text for error in service.reviews.view(doctors).errors] == ["Tick this box to sign."]


def test_what_this_service_wrote_earlier_does_not_contradict_the_amendment():
    service = Service()
    visit = service.open()
    service.reviews.sign(visit, service.form(visit, COMPLETE, token="t1"))
    written = {**service.reviews.view(visit).response, "id": "qr-in-the-ehr"}
    service.reviews.amend(visit)

    service.reviews.arrived(visit, facts(*service.chart.resources, written))
    service.reviews.save(visit, service.form(visit, {"unresectable": ("false",)}, token="t2"))

    (evidence, *_) = [
        doubt for c in service.reviews.view(visit).review.determination.criteria for doubt in c.uncertain
    ] or [None]
    assert criteria(service.reviews.view(visit))["advanced"] is Answer.UNMET
    assert evidence is None


def test_answers_sent_after_the_session_ended_are_there_at_the_next_launch():
    service = Service()
    visit = service.open()

    service.reviews.keep(visit, service.form(visit, {"ecog": ("1",)}, token="lost"))
    again = service.open(session="session-2")

    view = service.reviews.view(again)
    (answer,) = answers_of(view.response, "ecog")
    assert (answer["valueInteger"], origin(answer)) == (1, "manual")
    assert view.kept == 0


def test_nothing_of_the_patient_is_in_the_database_in_clear():
    service = Service()
    visit = service.open()
    service.reviews.save(visit, service.form(visit, {"provider.contact": ("555-0199",)}, token="t1"))

    rows = str([service.store.rows(table) for table in ("vault", "audit")])

    for text in ("Example", "555-0199", ISS, "nivolumab", "MedicationRequest/o1"):
        assert text not in rows


def test_the_age_follows_a_birth_date_and_a_planned_date_that_a_clinician_changed():
    service = Service()
    visit = service.open()
    found = []
    for number, sent in enumerate(
        ({}, {"patient.birthDate": ("1961-05-04",)}, {"facility.date": ("2030-01-15",)})
    ):
        service.reviews.save(visit, service.form(visit, sent, token=f"t{number}"))
        found.append(age(service, visit))
    service.reviews.arrived(visit, service.chart)
    found.append(age(service, visit))

    assert found == [66, 65, 68, 68]


def age(service, visit):
    (answer,) = answers_of(service.reviews.view(visit).response, "patient.age")
    return answer["valueInteger"]
