"""The signed form as a document: what DTR asks of it, in both editions."""

import pytest
from davinci import dtr22, profiles
from davinci import origins as origin_rules
from davinci.packages import guide
from fakes_reviews import CHART, COMPLETE, Service, facts, items_of, policy
from fhir.resources.R4B.documentreference import DocumentReference

from smartapp.outputs.dialect import Dialect
from smartapp.outputs.form.answers import ORIGIN
from smartapp.reviews.document import document

DTR = "http://hl7.org/fhir/us/davinci-dtr/StructureDefinition/"
COVERAGE = {
    "resourceType": "Coverage",
    "id": "v1",
    "status": "active",
    "beneficiary": {"reference": "Patient/p"},
    "subscriberId": "M-1",
    "payor": [{"display": "Example Health"}],
}


def signed(dialect, *resources):
    service = Service(facts(*(resources or (*CHART, COVERAGE))), dialect=dialect)
    visit = service.open()
    service.reviews.sign(visit, service.form(visit, {**COMPLETE, "patient.sex": ("male",)}, token="t1"))
    return service.reviews.view(visit).response


def origins(response):
    found = [
        {part["url"]: part for part in extension["extension"]}
        for item in items_of(response)
        for answer in item.get("answer", ())
        for extension in answer["extension"]
        if extension["url"] == ORIGIN
    ]
    return {(parts["source"]["valueCode"], "author" in parts) for parts in found}


def test_no_two_elements_of_a_signed_form_have_the_same_id():
    service = Service(facts(*CHART, COVERAGE))
    visit = service.open()
    inhibitor = {"brafi.received": ("true",), "brafi.lines[new].brafi.drug": ("dabrafenib",)}
    positive = {**COMPLETE, "braf.status": ("v600-positive",), **inhibitor}

    service.reviews.sign(visit, service.form(visit, positive, token="t1"))

    ids = [item["id"] for item in items_of(service.reviews.view(visit).response) if "id" in item]
    assert ids == ["pd1.lines.row-1", "pd1.lines.row-2", "brafi.lines.row-1"]


@pytest.mark.requirement("dtr-2.0.1#dtr-questionnaireresponse")
def test_a_signed_form_conforms_to_dtr_2_0_1():
    definitions = guide("dtr-2.0", "crd-2.0")

    response = signed(Dialect.V2_0)

    assert profiles.problems(response, f"{DTR}dtr-questionnaireresponse", definitions) == []
    assert response["meta"] == {"profile": [f"{DTR}dtr-questionnaireresponse|2.0.1"]}
    assert origins(response) == {("auto", False), ("override", True), ("manual", True)}


@pytest.mark.requirement("dtr-2.2.0#dtr-questionnaireresponse")
def test_a_signed_form_conforms_to_dtr_2_2():
    response = signed(Dialect.V2_2)

    assert list(dtr22.response(response)) == []
    assert origins(response) == {("auto-client", False), ("override", True), ("manual", True)}


@pytest.mark.parametrize("dialect", list(Dialect))
@pytest.mark.requirement("inferno-dtr#D9", "dtr-2.2.0#spec-137")
def test_every_answer_of_a_signed_form_says_where_it_came_from_and_a_persons_who_gave_it(dialect):
    response, form = signed(dialect), policy().questionnaire

    fillable = {item["linkId"] for item in origin_rules.items(form) if origin_rules.is_fillable(item)}
    filled = {
        item["linkId"]
        for item in origin_rules.items(response)
        for answer in item.get("answer", ())
        if origin_rules.sources({"item": [{"answer": [answer]}]}) & {"auto", "auto-client", "override"}
    }
    assert None not in origin_rules.sources(response)
    assert origin_rules.without_author(response) == []
    assert filled <= fillable
    assert filled


def test_without_a_coverage_on_record_the_form_does_not_claim_the_profile():
    response = signed(Dialect.V2_0, *CHART)

    assert "meta" not in response


def test_the_packet_is_an_administrative_note_by_code_and_says_in_words_which():
    service = Service(facts(*CHART))
    visit = service.open()
    service.reviews.sign(visit, service.form(visit, COMPLETE, token="t1"))
    held = service.reviews.work(visit)

    packet = document(held, held.signed.signature, b"%PDF", form=None, earlier=None)

    assert packet["type"] == {
        "coding": [{"system": "http://loinc.org", "code": "51851-4", "display": "Administrative note"}],
        "text": "Prior-authorization packet",
    }
    DocumentReference.model_validate(packet)
