"""What a step of a review leaves as it was, forgets or notes: the small print of saving, signing and amending."""

from datetime import timedelta

import pytest
from fakes_reviews import CHART as RECORD
from fakes_reviews import COMPLETE, DOCTOR, NOW, ORDER, FakeWriter, Service, answers_of, facts

from smartapp.errors import Obstacle
from smartapp.reviews import answering
from smartapp.reviews.answering import MOST_ASIDES, Form
from smartapp.reviews.submission import submit
from smartapp.reviews.work import MOST_TOKENS, Work

ANOTHER = {**ORDER, "id": "o2"}


def noted(service, visit):
    return [line.what for line in service.reviews.view(visit).audit]


def empty():
    return Work(
        id="w", policy="TILMelanoma", patient="Patient/p", order=None, removed={}, typed={}, read_at=NOW
    )


def test_a_draft_that_is_saved_after_signing_failed_is_not_blamed_for_what_is_missing():
    service = Service()
    visit = service.open()
    service.reviews.sign(visit, service.form(visit, {}, token="t1"))
    tried = service.reviews.view(visit).errors

    service.reviews.save(visit, service.form(visit, {"ecog": ("1",)}, token="t2"))

    assert tried
    assert service.reviews.view(visit).errors == ()


def test_signing_what_was_saved_before_notes_the_signature_alone():
    service = Service()
    visit = service.open()
    service.reviews.save(visit, service.form(visit, COMPLETE, token="t1"))

    service.reviews.sign(visit, service.form(visit, {}, token="t2"))

    assert noted(service, visit) == ["read", "saved", "signed"]


def test_a_draft_says_when_it_was_saved_last():
    service = Service()
    visit = service.open()
    service.clock.at += timedelta(minutes=5)

    service.reviews.save(visit, service.form(visit, {"ecog": ("1",)}, token="t1"))

    assert service.reviews.view(visit).response["authored"] == (NOW + timedelta(minutes=5)).isoformat()


def test_a_packet_does_not_wait_for_a_form_that_the_ehr_takes_from_nobody():
    service = Service()
    visit = service.open()
    service.reviews.sign(visit, service.form(visit, COMPLETE, token="t1"))
    writer = FakeWriter(refuses_type="QuestionnaireResponse", obstacle=Obstacle.NOT_SUPPORTED)

    work = submit(service.reviews, visit, writer=writer, packet=lambda: b"%PDF")

    assert [(part.what, part.is_open) for part in work.written] == [
        ("questionnaire-response", False),
        ("packet", False),
    ]


def test_a_second_amendment_knows_what_the_chart_has_where_the_first_wrote_nothing():
    service = Service()
    visit = service.open()
    service.reviews.sign(visit, service.form(visit, COMPLETE, token="t1"))
    submit(service.reviews, visit, writer=FakeWriter(), packet=lambda: b"%PDF")
    service.reviews.amend(visit)
    service.reviews.sign(visit, service.form(visit, COMPLETE, token="t2"))

    again = service.reviews.amend(visit)

    assert again.number == 3
    assert again.in_chart == {
        "questionnaire-response": "QuestionnaireResponse/1",
        "packet": "DocumentReference/2",
    }


@pytest.mark.parametrize("chosen", ["o1", "o2"])
def test_a_draft_from_before_there_was_an_order_is_not_taken_for_an_order_that_was_chosen(chosen):
    service = Service(facts(*(resource for resource in RECORD if resource is not ORDER)))
    first = service.open()
    service.reviews.save(first, service.form(first, {"ecog": ("1",)}, token="t1"))

    service.chart = facts(*RECORD, ANOTHER)
    visit = service.reviews.visits.choosing(service.open(), f"MedicationRequest/{chosen}")
    visit = service.reviews.arrived(visit, service.chart)

    assert visit.work != first.work
    assert answers_of(service.reviews.view(visit).draft, "ecog") == []


def test_of_many_forms_that_were_sent_the_last_are_remembered():
    work = empty()

    for number in range(MOST_TOKENS + 1):
        work = work.used(f"t{number}")

    assert (len(work.tokens), work.tokens[0], work.tokens[-1]) == (MOST_TOKENS, "t1", f"t{MOST_TOKENS}")


def test_of_many_forms_that_were_sent_after_signing_the_last_are_kept():
    work = empty()

    for number in range(MOST_ASIDES + 1):
        form = Form(sent={"ecog": (str(number),)}, revision=1, token=f"t{number}", by=DOCTOR)
        work = answering.set_aside(work, form)

    assert [aside.token for aside in work.asides] == [f"t{n}" for n in range(1, MOST_ASIDES + 1)]
