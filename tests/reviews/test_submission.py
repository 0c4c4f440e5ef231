"""A signed review into the EHR: each part once, whatever fails on the way and however often it is tried."""

import base64

import pytest
from fakes_reviews import COMPLETE, FakeWriter, Service
from fhir.resources.R4B.documentreference import DocumentReference

from smartapp.errors import NotSignable
from smartapp.reviews.submission import submit

PDF = b"%PDF-1.7 packet"


def signed():
    service = Service()
    visit = service.open()
    service.reviews.sign(visit, service.form(visit, COMPLETE, token="t1"))
    return service, visit


def written(service, visit):
    return [(part.what, part.reference, part.why_not) for part in service.reviews.view(visit).written]


def test_the_form_and_the_packet_are_written_and_the_packet_names_the_form():
    service, visit = signed()
    writer = FakeWriter()

    submit(service.reviews, visit, writer=writer, packet=lambda: PDF)

    form, packet = writer.taken.values()
    DocumentReference.model_validate(packet)
    assert "id" not in form
    assert base64.b64decode(packet["content"][0]["attachment"]["data"]) == PDF
    assert packet["context"]["related"] == [
        {"reference": "QuestionnaireResponse/1"},
        {"reference": "MedicationRequest/o1"},
    ]
    assert written(service, visit) == [
        ("questionnaire-response", "QuestionnaireResponse/1", None),
        ("packet", "DocumentReference/2", None),
    ]


def test_a_write_that_fails_is_kept_and_said_and_repeated_without_a_duplicate():
    service, visit = signed()
    writer = FakeWriter(refuses=True)

    submit(service.reviews, visit, writer=writer, packet=lambda: PDF)
    failed = written(service, visit)
    writer.refuses = False
    submit(service.reviews, visit, writer=writer, packet=lambda: PDF)
    submit(service.reviews, visit, writer=writer, packet=lambda: PDF)

    assert failed == [
        ("questionnaire-response", None, "The EHR did not answer in time."),
        ("packet", None, "The EHR did not answer in time."),
    ]
    assert [reference for _, reference, _ in written(service, visit)] == [
        "QuestionnaireResponse/1",
        "DocumentReference/2",
    ]
    assert writer.asked == [*writer.taken, *writer.taken]


def test_a_packet_that_cannot_be_made_leaves_the_form_written_and_is_said():
    service, visit = signed()

    def broken():
        raise ValueError("Ann Example")

    submit(service.reviews, visit, writer=FakeWriter(), packet=broken)

    assert written(service, visit) == [
        ("questionnaire-response", "QuestionnaireResponse/1", None),
        ("packet", None, "Something went wrong in this service; it was not written."),
    ]


def test_a_draft_is_not_written():
    service = Service()
    visit = service.open()

    with pytest.raises(NotSignable, match="not signed yet"):
        submit(service.reviews, visit, writer=FakeWriter(), packet=lambda: PDF)


@pytest.mark.parametrize("updates", [True, False])
def test_an_amendment_takes_the_place_of_the_form_where_the_ehr_lets_it(updates):
    service, visit = signed()
    writer = FakeWriter(updates=updates)
    submit(service.reviews, visit, writer=writer, packet=lambda: PDF)
    service.reviews.amend(visit)
    again = {"attest.statement": ("", "true"), "ecog": ("1",)}
    service.reviews.sign(visit, service.form(visit, again, token="t2"))

    submit(service.reviews, visit, writer=writer, packet=lambda: PDF)

    reference = written(service, visit)[0][1]
    assert (reference == "QuestionnaireResponse/1") is updates
    assert list(writer.taken.values())[2]["status"] == "amended"
    assert list(writer.taken.values())[-1]["relatesTo"] == [
        {"code": "replaces", "target": {"reference": "DocumentReference/2"}}
    ]


def test_only_one_of_two_callers_writes_at_a_time():
    service, visit = signed()

    with service.reviews.writing(visit) as first, service.reviews.writing(visit) as second:
        claims = (first, second)
    with service.reviews.writing(visit) as again:
        pass

    assert (claims, again) == ((True, False), True)


def test_an_update_that_may_have_arrived_is_tried_again_and_not_created_beside():
    service, visit = signed()
    writer = FakeWriter(updates=True)
    submit(service.reviews, visit, writer=writer, packet=lambda: PDF)
    service.reviews.amend(visit)
    service.reviews.sign(visit, service.form(visit, {"attest.statement": ("", "true")}, token="t2"))

    writer.is_late = True
    submit(service.reviews, visit, writer=writer, packet=lambda: PDF)
    failed, asked = written(service, visit)[0], list(writer.asked)
    writer.is_late = False
    submit(service.reviews, visit, writer=writer, packet=lambda: PDF)

    assert failed == ("questionnaire-response", None, "The EHR did not answer in time.")
    assert len([key for key in asked if not key.endswith("packet")]) == 1
    assert written(service, visit)[0][1] == "QuestionnaireResponse/1"


def packet_first(writer):
    """A signed review whose packet went in and whose form did not, and then the form."""
    service, visit = signed()
    writer.refuses_type = "QuestionnaireResponse"
    submit(service.reviews, visit, writer=writer, packet=lambda: PDF)
    writer.refuses_type = ""
    submit(service.reviews, visit, writer=writer, packet=lambda: PDF)
    return service, visit


def test_a_packet_that_went_in_before_its_form_refers_to_it_afterwards():
    writer = FakeWriter(updates=True)

    service, visit = packet_first(writer)
    submit(service.reviews, visit, writer=writer, packet=lambda: PDF)

    assert written(service, visit) == [
        ("questionnaire-response", "QuestionnaireResponse/2", None),
        ("packet", "DocumentReference/1", None),
    ]
    assert writer.related == [("DocumentReference/1", "QuestionnaireResponse/2")]
    assert not any(part.is_open for part in service.reviews.view(visit).written)


def test_a_packet_that_could_not_be_changed_in_time_is_tried_again():
    writer = FakeWriter(updates=True, is_late=True)

    service, visit = packet_first(writer)
    late = service.reviews.view(visit).written[1]
    writer.is_late = False
    submit(service.reviews, visit, writer=writer, packet=lambda: PDF)

    assert (late.reference, late.why_not) == ("DocumentReference/1", "The EHR did not answer in time.")
    assert late.is_open
    assert written(service, visit)[1] == ("packet", "DocumentReference/1", None)
    assert len(writer.taken) == 2


def test_an_ehr_that_changes_nothing_keeps_the_packet_as_it_is_and_this_is_said():
    writer = FakeWriter()

    service, visit = packet_first(writer)
    submit(service.reviews, visit, writer=writer, packet=lambda: PDF)

    packet = service.reviews.view(visit).written[1]
    assert (packet.reference, packet.why_not) == ("DocumentReference/1", "This EHR changes nothing.")
    assert not packet.is_open
    assert len(writer.related) == 1
