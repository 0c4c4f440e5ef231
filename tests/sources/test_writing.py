"""Writing into the EHR: once, however often it is tried, or it is said why not."""

from contextlib import contextmanager

import fakes_vendors
import pytest
from fakes_ehr import Reply, serving

from smartapp.errors import NotWritten, Obstacle
from smartapp.sources import http
from smartapp.sources.access import Fixed
from smartapp.sources.chart import Servers
from smartapp.sources.writing import Written, create, relate, update
from smartapp.sources.written import SYSTEM, is_same

FORM = {
    "resourceType": "QuestionnaireResponse",
    "status": "completed",
    "questionnaire": "https://smartapp.example/fhir/Questionnaire/TILMelanoma",
    "subject": {"reference": "Patient/p1"},
}
PACKET = {
    "resourceType": "DocumentReference",
    "status": "current",
    "type": {"coding": [{"system": "http://loinc.org", "code": "64289-6"}]},
    "subject": {"reference": "Patient/p1"},
    "content": [{"attachment": {"contentType": "application/pdf", "data": "JVBERg=="}}],
}
SCOPES = ["patient/QuestionnaireResponse.crus", "patient/DocumentReference.crus"]


@contextmanager
def _launched(vendor, *, scopes=SCOPES):
    with serving(vendor) as ehr, http.session() as session:
        yield ehr, Servers(http=session).of(ehr.base, access=Fixed("t"), scopes=scopes)


def _of_type(ehr, name):
    return [item for item in ehr.resources if item["resourceType"] == name]


@pytest.mark.parametrize(
    "make", [fakes_vendors.hapi, fakes_vendors.epic, fakes_vendors.athena, fakes_vendors.meditech]
)
def test_a_form_is_written_once_however_often_it_is_tried(make):
    with _launched(make()) as (ehr, server):
        first = create(server, FORM, key="k1")
        again = create(server, FORM, key="k1")
        other = create(server, FORM, key="k2")

        kept = [item["identifier"] for item in _of_type(ehr, "QuestionnaireResponse")]
    assert (first, again) == (
        Written(reference="QuestionnaireResponse/new0"),
        Written(reference="QuestionnaireResponse/new0", again=True),
    )
    assert other == Written(reference="QuestionnaireResponse/new1")
    assert kept == [{"system": SYSTEM, "value": "k1"}, {"system": SYSTEM, "value": "k2"}]


def test_a_document_keeps_its_own_identifiers():
    own = {"system": "urn:x", "value": "1"}
    with _launched(fakes_vendors.oracle()) as (ehr, server):
        create(server, {**PACKET, "identifier": [own]}, key="k1")
        create(server, {**PACKET, "identifier": [own]}, key="k1")

        kept = _of_type(ehr, "DocumentReference")
        asked = [query for query in ehr.asked if query.startswith("Document")]
    assert [item["identifier"] for item in kept] == [[own, {"system": SYSTEM, "value": "k1"}]]
    # Oracle Health cannot be searched by identifier: by type, compared here
    assert set(asked) == {"DocumentReference?patient=p1&type=http%3A%2F%2Floinc.org%7C64289-6"}


def test_the_request_says_that_it_must_not_be_done_twice():
    with _launched(fakes_vendors.hapi()) as (ehr, server):
        create(server, FORM, key="k1")

        ((verb, path, headers, body),) = ehr.sent
    assert (verb, path, body["identifier"]["value"]) == ("POST", "QuestionnaireResponse", "k1")
    assert headers["If-None-Exist"] == "identifier=https%3A%2F%2Fsmartapp.example%2Ffhir%2Fsid%2Fwritten%7Ck1"
    assert headers["Content-type"] == "application/fhir+json"


@pytest.mark.parametrize(
    ("vendor", "scopes", "resource", "obstacle", "said"),
    [
        (
            fakes_vendors.oracle(),
            SCOPES,
            FORM,
            Obstacle.NOT_SUPPORTED,
            "This EHR takes no form from apps.",
        ),
        (
            fakes_vendors.hapi(),
            ["patient/QuestionnaireResponse.rs"],
            FORM,
            Obstacle.NOT_GRANTED,
            "The EHR did not allow the form to be written: this launch was not granted it.",
        ),
        (
            fakes_vendors.hapi(),
            SCOPES,
            {**FORM, "authored": "Jane Doe"},
            Obstacle.FAILED,
            "The form could not be written into the EHR: it is not valid FHIR (authored). It can be tried again.",
        ),
    ],
)
def test_what_cannot_be_written_is_not_sent(vendor, scopes, resource, obstacle, said):
    with _launched(vendor, scopes=scopes) as (ehr, server):
        with pytest.raises(NotWritten) as caught:
            create(server, resource, key="k1")

        assert ehr.sent == []
    assert (caught.value.obstacle, str(caught.value)) == (obstacle, said)


@pytest.mark.parametrize(
    ("reply", "obstacle", "said"),
    [
        (Reply(status=403), Obstacle.NOT_GRANTED, "The EHR did not allow the form to be written (403)."),
        (
            Reply(status=401),
            Obstacle.NOT_GRANTED,
            "The EHR did not allow the form to be written (401): the access has ended; launch again from the EHR.",
        ),
        (Reply(status=405), Obstacle.NOT_SUPPORTED, "This EHR takes no form from apps (405)."),
        (
            fakes_vendors.outcome(422, "required", text="Jane Doe has no item"),
            Obstacle.REFUSED,
            "The EHR did not accept the form (422, required).",
        ),
        (
            Reply(status=503, headers={"Retry-After": "0"}),
            Obstacle.FAILED,
            "The form could not be written into the EHR (503): the server is busy. It can be tried again.",
        ),
        (
            Reply(status=500),
            Obstacle.FAILED,
            "The form could not be written into the EHR (500). It can be tried again.",
        ),
        (
            Reply(status=302, headers={"Location": "https://elsewhere.example/"}),
            Obstacle.REFUSED,
            "The EHR did not accept the form (302).",
        ),
    ],
)
def test_what_an_ehr_does_not_take_is_said_in_words_without_the_patient(reply, obstacle, said):
    vendor = fakes_vendors.hapi()
    vendor.says("POST QuestionnaireResponse", reply)
    with _launched(vendor) as (_, server), pytest.raises(NotWritten) as caught:
        create(server, FORM, key="k1")

    assert (caught.value.obstacle, str(caught.value)) == (obstacle, said)


class Forgetful(fakes_vendors.Vendor):
    """Takes what it is sent, and then fails to say so, the first time."""

    def take(self, verb, path, headers, body):
        reply = super().take(verb, path, headers, body)
        return Reply(status=504) if len(self.sent) == 1 else reply


def test_a_write_whose_answer_was_lost_is_found_and_not_repeated():
    vendor = Forgetful(table=fakes_vendors.EPIC, software="Epic")
    with _launched(vendor) as (ehr, server):
        written = create(server, FORM, key="k1")

        assert len(ehr.sent) == 1
    assert written == Written(reference="QuestionnaireResponse/new0", again=True)


@pytest.mark.parametrize(
    ("resource", "name"),
    [
        ({**FORM, "authored": "2026-06-01T12:00:00Z"}, "QuestionnaireResponse"),
        ({**PACKET, "date": "2026-06-01T12:00:00Z"}, "DocumentReference"),
        (
            {**PACKET, "date": "2026-06-01T12:00:00Z", "type": {"text": "Prior-authorization packet"}},
            "DocumentReference",
        ),
    ],
)
def test_an_ehr_that_drops_our_identifier_still_gets_it_once(resource, name):
    vendor = Forgetful(table=fakes_vendors.EPIC, software="Epic", keeps_identifier=False)
    with _launched(vendor) as (ehr, server):
        create(server, resource, key="k1")
        create(server, resource, key="k1")
        create(
            server,
            {**resource, "authored": "2026-06-01T14:00:01+02:00"} if name[0] == "Q" else PACKET,
            key="k2",
        )

        assert len(_of_type(ehr, name)) == 2


def test_where_nothing_can_be_looked_up_a_lost_answer_leaves_it_open():
    vendor = Forgetful(table=fakes_vendors.EPIC, software="Epic")
    with (
        _launched(vendor, scopes=["patient/QuestionnaireResponse.c"]) as (_, server),
        pytest.raises(NotWritten, match="Please look in the chart") as caught,
    ):
        create(server, FORM, key="k1")

    assert caught.value.obstacle is Obstacle.UNCERTAIN


def test_a_write_that_was_not_begun_is_sent_again():
    vendor = fakes_vendors.hapi()
    vendor.says(
        "POST QuestionnaireResponse",
        Reply(status=429, headers={"Retry-After": "0"}),
        Reply(status=201, body=b"", headers={"Location": "QuestionnaireResponse/q7/_history/1"}),
    )
    with _launched(vendor) as (ehr, server):
        written = create(server, FORM, key="k1")

        assert len(ehr.sent) == 2
    assert written == Written(reference="QuestionnaireResponse/q7")


def test_a_token_that_has_ended_is_renewed_before_it_is_written_again():
    class Renewable:
        now = "old"

        def token(self):
            return self.now

        def refresh(self):
            self.now = "new"
            return self.now

    vendor = fakes_vendors.hapi()
    vendor.says("POST QuestionnaireResponse", Reply(status=401), Reply(status=201, body={**FORM, "id": "q1"}))
    with serving(vendor) as ehr, http.session() as session:
        server = Servers(http=session).of(ehr.base, access=Renewable(), scopes=SCOPES)

        written = create(server, FORM, key="k1")

        assert ehr.tokens == {"Bearer old", "Bearer new"}
    assert written == Written(reference="QuestionnaireResponse/q1")


@pytest.mark.parametrize(
    ("reply", "reference"),
    [
        (
            Reply(status=201, body={"resourceType": "QuestionnaireResponse", "id": "q1"}),
            "QuestionnaireResponse/q1",
        ),
        (
            Reply(
                status=201, body=b"", headers={"Location": "http://inside.example/x/QuestionnaireResponse/q1"}
            ),
            "QuestionnaireResponse/q1",
        ),
        (Reply(status=201, body=b"thanks"), None),
        (Reply(status=201, body=b"", headers={"Location": "http://inside.example/Other/q1"}), None),
    ],
)
def test_the_name_of_what_was_written_is_taken_from_where_the_ehr_says_it(reply, reference):
    vendor = fakes_vendors.hapi()
    vendor.says("POST QuestionnaireResponse", reply)
    with _launched(vendor) as (_, server):
        assert create(server, FORM, key="k1") == Written(reference=reference)


def test_an_update_replaces_the_version_that_was_read():
    form = {**FORM, "id": "q1", "meta": {"versionId": "3"}}
    with _launched(fakes_vendors.oracle()) as (ehr, server):
        written = update(server, form)

        ((verb, path, headers, _),) = ehr.sent
    assert written == Written(reference="QuestionnaireResponse/q1", again=True)
    assert (verb, path, headers["If-Match"]) == ("PUT", "QuestionnaireResponse/q1", 'W/"3"')


def test_an_update_of_what_changed_meanwhile_is_refused():
    vendor = fakes_vendors.oracle()
    vendor.says("PUT QuestionnaireResponse/q1", Reply(status=412))
    with _launched(vendor) as (_, server), pytest.raises(NotWritten) as caught:
        update(server, {**FORM, "id": "q1"})

    assert caught.value.obstacle is Obstacle.REFUSED


def test_a_form_that_the_ehr_has_more_than_once_is_found_and_not_written_again():
    """FHIR R4 "create": 412 where If-None-Exist finds several; a look beforehand may be too early."""
    with _launched(fakes_vendors.hapi()) as (ehr, server):
        ehr.says("POST QuestionnaireResponse", Reply(status=412))
        ehr.says("QuestionnaireResponse?patient=p1", searched(), searched(held()))

        found = create(server, FORM, key="k1")

    assert found == Written(reference="QuestionnaireResponse/there", again=True)


def test_an_ehr_that_keeps_fractions_of_a_second_has_the_same_form():
    ours = {**FORM, "authored": "2026-06-01T12:00:00Z", "identifier": {"system": SYSTEM, "value": "k1"}}

    assert is_same({**FORM, "authored": "2026-06-01T12:00:00.250Z"}, ours)
    assert not is_same({**FORM, "authored": "2026-06-01T12:00:01Z"}, ours)


@pytest.mark.parametrize(
    "body", [b"<html><body>Please log in</body></html>", b'{"resourceType": "Questionn', {"ok": True}]
)
@pytest.mark.parametrize("kept", [True, False])
def test_a_success_that_is_no_fhir_is_looked_up_and_never_believed(body, kept):
    """Story: the page of a portal on the way, answered with 200, passed for a written form."""
    with _launched(fakes_vendors.hapi()) as (ehr, server):
        ehr.says("POST QuestionnaireResponse", Reply(status=200, body=body))
        ehr.says("QuestionnaireResponse?patient=p1", searched(), searched(*([held()] if kept else [])))

        if kept:
            found = create(server, FORM, key="k1")
        else:
            with pytest.raises(NotWritten) as caught:
                create(server, FORM, key="k1")
            found = str(caught.value)

    assert found == (
        Written(reference="QuestionnaireResponse/there", again=True)
        if kept
        else "The form could not be written into the EHR: the answer was not FHIR. It can be tried again."
    )


def test_a_new_document_without_a_body_is_written():
    with _launched(fakes_vendors.hapi()) as (ehr, server):
        location = {"Location": f"{ehr.base}/QuestionnaireResponse/n1/_history/1"}
        ehr.says("POST QuestionnaireResponse", Reply(status=201, body=b"", headers=location))

        found = create(server, FORM, key="k1")

    assert found == Written(reference="QuestionnaireResponse/n1")


def searched(*resources):
    entries = [{"resource": resource} for resource in resources]
    return Reply(body={"resourceType": "Bundle", "type": "searchset", "entry": entries})


def held():
    return {**FORM, "id": "there", "identifier": {"system": SYSTEM, "value": "k1"}}


def test_a_document_that_is_there_refers_to_another_and_keeps_what_the_ehr_added():
    order = {"reference": "MedicationRequest/o1"}
    with _launched(fakes_vendors.epic()) as (ehr, server):
        made = create(server, {**PACKET, "context": {"related": [order]}}, key="k1")
        (kept,) = _of_type(ehr, "DocumentReference")
        kept["custodian"] = {"reference": "Organization/1"}
        results = [relate(server, made.reference, "QuestionnaireResponse/q1") for _ in range(2)]

        (after,) = _of_type(ehr, "DocumentReference")
    assert [result.again for result in results] == [False, True]
    assert after["context"]["related"] == [order, {"reference": "QuestionnaireResponse/q1"}]
    assert after["custodian"] == {"reference": "Organization/1"}
    assert after["content"] == PACKET["content"]


@pytest.mark.parametrize(
    "kind", ["odd", ["odd"], {"coding": "odd"}, {"coding": ["odd", None]}, {"coding": {}}]
)
def test_odd_documents_of_others_do_not_hinder_the_search_for_ours(kind):
    mine = {**PACKET, "date": "2026-06-01T12:00:00Z"}
    with _launched(fakes_vendors.epic({**mine, "id": "d1", "type": kind})) as (_, server):
        made = create(server, mine, key="k1")

    assert made.again is False


@pytest.mark.parametrize(
    "given",
    [
        {**PACKET, "id": "other"},
        {**PACKET, "id": "new0", "context": ["odd"]},
        {**PACKET, "id": "new0", "context": {"related": "odd"}},
        {"resourceType": "Basic", "id": "new0"},
        {"resourceType": "Bundle", "type": "searchset"},
    ],
)
def test_another_document_than_the_one_that_was_read_is_not_changed(given):
    with _launched(fakes_vendors.epic()) as (ehr, server):
        made = create(server, PACKET, key="k1")
        ehr.says(made.reference, Reply(body=given))

        with pytest.raises(NotWritten, match="not what was asked for"):
            relate(server, made.reference, "QuestionnaireResponse/q1")

        assert [verb for verb, *_ in ehr.sent] == ["POST"]


def test_reading_and_changing_a_document_share_their_time():
    with _launched(fakes_vendors.epic()) as (ehr, server):
        made = create(server, PACKET, key="k1")
        ehr.says(made.reference, Reply(body={**PACKET, "id": "new0"}, after=0.7))
        ehr.says(f"PUT {made.reference}", Reply(body={**PACKET, "id": "new0"}, after=0.7))

        with pytest.raises(NotWritten, match="did not answer in time"):
            relate(server, made.reference, "QuestionnaireResponse/q1", seconds=1)


def test_without_the_right_to_change_it_a_document_is_not_even_read():
    scopes = ["patient/DocumentReference.cs"]
    with _launched(fakes_vendors.epic(), scopes=scopes) as (ehr, server):
        made = create(server, PACKET, key="k1")
        with pytest.raises(NotWritten) as refused:
            relate(server, made.reference, "QuestionnaireResponse/q1")

        asked = list(ehr.asked)
    assert refused.value.obstacle is Obstacle.NOT_GRANTED
    assert made.reference not in asked
