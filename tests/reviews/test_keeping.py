"""What is kept comes back the same; what is not kept any more says so."""

import json
from datetime import timedelta

import pytest
from fakes_reviews import CHART, COMPLETE, NOW, Service

from smartapp.errors import UnknownReview
from smartapp.facts import Facts, Gap, Remark, Unread
from smartapp.outputs.form.errors import FieldError
from smartapp.reviews import snapshot, work
from smartapp.reviews.view import Signature, WrittenPart
from smartapp.reviews.work import Aside, Signed, Work


def test_a_chart_comes_back_as_it_was_read():
    facts = Facts(
        patient_id="p",
        resources=CHART,
        unread=(Unread(type="Observation", gap=Gap.NOT_GRANTED, text="The EHR refused Observation (403)."),),
        remarks=(Remark(code="malformed", text="A Condition has no code.", reference="Condition/c9"),),
        origins={"Patient/p": "https://ehr.example/fhir"},
        full_urls={"urn:uuid:1": "Patient/p"},
    )

    assert snapshot.from_json(json.loads(json.dumps(snapshot.to_json(facts)))) == facts


def test_a_work_comes_back_as_it_was():
    signed = Signed(
        response={"resourceType": "QuestionnaireResponse"},
        signature=Signature(who="Dr. Ada Example", reference="Practitioner/d1", at=NOW, method="signed"),
    )
    whole = Work(
        id="w",
        policy="TILMelanoma",
        patient="Patient/p",
        order="MedicationRequest/o1",
        items=({"linkId": "ecog", "answer": [{"valueInteger": 1}]},),
        removed={"dx.histology": ("Condition/c1",)},
        typed={"ecog": ("nine",)},
        errors=(FieldError(field="ecog", label="ECOG", text="Enter a whole number."),),
        tokens=("t1",),
        read_at=NOW,
        saved_at=NOW + timedelta(minutes=1),
        signed=signed,
        earlier=(signed,),
        written=(WrittenPart(what="packet", why_not="The EHR did not answer."),),
        in_chart={"packet": "DocumentReference/1"},
        asides=(
            Aside(sent={"ecog": ("1",)}, revision=2, token="t2", reference="Practitioner/d1", name=None),
        ),
    )

    assert work.from_json(json.loads(json.dumps(work.to_json(whole)))) == whole


def test_a_review_that_is_not_kept_any_more_says_so():
    service = Service()
    visit = service.open()

    service.clock.at += timedelta(days=500)

    with pytest.raises(UnknownReview, match="not kept any more"):
        service.reviews.view(visit)


def test_a_review_whose_time_is_over_begins_anew_at_the_next_launch():
    service = Service()
    visit = service.open()
    service.reviews.save(visit, service.form(visit, COMPLETE, token="t1"))

    service.clock.at += timedelta(days=500)

    assert service.reviews.view(service.open()).saved_at is None


def test_a_visit_ends_after_a_week():
    service = Service()
    visit = service.open()

    service.clock.at += timedelta(days=8)

    assert service.reviews.visits.find(visit.id) is None


def test_nothing_can_be_answered_before_the_chart_was_read():
    service = Service()
    visit = service.reviews.visits.begin(
        launch="l",
        session="s",
        iss="https://ehr.example/fhir",
        ehr_name="Practice EHR",
        patient="p",
        encounter=None,
        user=None,
        user_name=None,
        banner=True,
        open=False,
        began_at=NOW,
    )

    with pytest.raises(UnknownReview, match="has not been read yet"):
        service.reviews.work(visit)
