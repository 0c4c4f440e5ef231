"""The request to a payer: complete, closed, minimal, valid (Da Vinci PAS 2.0.1 and 2.2.1)."""

import copy
import itertools
from importlib import import_module

import pytest
from claims import CONDITION, COVERAGE, NOW, ORDER, PATIENT, RESPONSE, SERVICE, case, chart
from davinci.packages import guide
from davinci.pas import BASE, PROFILES, broken
from davinci.profiles import problems

from smartapp.errors import NotSendable
from smartapp.outputs.claim import Party, cancellation, inquiry, inquiry_again, request, troubles
from smartapp.outputs.dialect import Dialect

BOTH = pytest.mark.parametrize("dialect", list(Dialect))
ORDERS = pytest.mark.parametrize("order", [ORDER, SERVICE], ids=["drug", "service"])


def _made(*given, **changed):
    return request(case(*given, **changed), now=NOW)


def _held(bundle, kind):
    return [e["resource"] for e in bundle["entry"] if e["resource"]["resourceType"] == kind]


def _one(bundle, kind):
    (found,) = _held(bundle, kind)
    return found


@BOTH
@ORDERS
@pytest.mark.requirement("pas-2.2.1#profile-pas-request-bundle")
def test_a_request_is_complete_in_itself_and_the_claim_comes_first(dialect, order):
    bundle = _made(dialect=dialect, order=order)

    assert list(broken(bundle)) == []
    kinds = [entry["resource"]["resourceType"] for entry in bundle["entry"]]
    assert kinds == [
        "Claim",
        "Patient",
        "Coverage",
        "Organization",
        "Organization",
        order["resourceType"],
        "Condition",
        "QuestionnaireResponse",
        "Practitioner",
    ]


@BOTH
@ORDERS
def test_every_entry_conforms_to_its_profile_and_to_fhir(dialect, order):
    definitions = guide(f"pas-{dialect}")
    bundle = _made(dialect=dialect, order=order)

    found = {
        resource["resourceType"]: problems(resource, BASE + PROFILES[resource["resourceType"]], definitions)
        for resource in (entry["resource"] for entry in bundle["entry"])
        if resource["resourceType"] in PROFILES
    }
    found["Bundle"] = problems(bundle, f"{BASE}profile-pas-request-bundle", definitions)
    insurer, provider = _held(bundle, "Organization")
    found["insurer"] = problems(insurer, f"{BASE}profile-insurer", definitions)
    found["provider"] = problems(provider, f"{BASE}profile-requestor", definitions)

    assert [text for texts in found.values() for text in texts] == []
    assert _is_valid(bundle)


@BOTH
@pytest.mark.requirement("pas-2.2.1#spec-65", "pas-2.2.1#spec-67")
def test_an_amended_request_conforms_and_holds_the_one_before_with_all_it_refers_to(dialect):
    before = _made(dialect=dialect, packet=PACKET)
    bundle = _amended(before, dialect=dialect)

    first, update = before["entry"][0]["resource"], bundle["entry"][0]["resource"]
    definitions = guide(f"pas-{dialect}")
    named = _named(bundle, update)
    assert list(broken(bundle)) == []
    assert problems(update, f"{BASE}profile-claim-update", definitions) == []
    assert problems(bundle, f"{BASE}profile-pas-request-bundle", definitions) == []
    assert _is_valid(bundle)
    assert named["identifier"] == first["identifier"]
    assert update["related"][0]["relationship"]["coding"][0]["code"] == "prior"
    # 2.0.1 has room for one Claim, and names the one before by its identifier
    numbers = (2, 1) if dialect is Dialect.V2_2 else (2,)
    assert [f["id"] for f in _held(bundle, "QuestionnaireResponse")] == [f"work.{n}" for n in numbers]
    assert [d["id"] for d in _held(bundle, "DocumentReference")] == [f"work.{n}.packet" for n in numbers]
    kinds = [e["resource"]["resourceType"] for e in bundle["entry"]]
    assert {k: kinds.count(k) for k in ("Claim", "Patient", "Coverage", "MedicationRequest")} == {
        "Claim": len(numbers),
        "Patient": 1,
        "Coverage": 1,
        "MedicationRequest": 1,
    }


@pytest.mark.requirement("pas-2.2.1#spec-66")
def test_the_one_before_the_one_before_is_not_in_the_bundle():
    second = _amended(_made())

    third = _amended(second, id="work.3")

    assert [c["identifier"][0]["value"] for c in _held(third, "Claim")] == ["work.3", "work.2"]
    assert list(broken(third)) == []


@BOTH
@pytest.mark.requirement("pas-2.2.1#spec-68", "pas-2.2.1#spec-71", "pas-2.2.1#spec-72")
@pytest.mark.parametrize(
    ("changed", "item"), [({}, None), ({"planned": "2026-07-01"}, "changed")], ids=["same", "another day"]
)
def test_an_update_keeps_sequences_and_says_what_changed(dialect, changed, item):
    before = _made(dialect=dialect)  # without the packet, as an earlier version made it

    claim = _amended(before, dialect=dialect, **changed)["entry"][0]["resource"]

    infos = {info["sequence"]: _change(info) for info in claim["supportingInfo"]}
    assert infos == {1: "changed", 2: "added"}
    assert [(i["sequence"], _change(i)) for i in claim["item"]] == [(1, item)]
    assert _traced(claim) == _traced(_one(before, "Claim"))


@BOTH
@pytest.mark.requirement("pas-2.2.1#profile-documentreference")
def test_the_packet_is_in_the_bundle_and_supports_the_claim(dialect):
    bundle = _made(dialect=dialect, packet=PACKET)

    claim, document = _one(bundle, "Claim"), _one(bundle, "DocumentReference")
    urls = {e["fullUrl"]: e["resource"] for e in bundle["entry"]}
    infos = [urls[info["valueReference"]["reference"]]["resourceType"] for info in claim["supportingInfo"]]
    assert infos == ["QuestionnaireResponse", "DocumentReference"]
    assert claim["item"][0]["informationSequence"] == [1, 2]
    assert document["content"] == PACKET["content"]
    assert "url" not in document["content"][0]["attachment"]
    assert [urls[r["reference"]]["id"] for r in document["context"]["related"]] == ["work.1", "o1"]
    assert problems(claim, f"{BASE}profile-claim", guide(f"pas-{dialect}")) == []
    assert list(broken(bundle)) == []
    assert _is_valid(bundle)


@BOTH
@pytest.mark.requirement("pas-2.2.1#spec-69", "pas-2.2.1#spec-70")
@pytest.mark.parametrize("is_amended", [False, True])
def test_a_cancellation_cancels_all_and_names_what_it_cancels(dialect, is_amended):
    sent = _made(dialect=dialect, packet=PACKET)
    sent = _amended(sent, dialect=dialect) if is_amended else sent
    held = copy.deepcopy(sent)

    bundle = cancellation(sent, id_="work.1.cancel", now=NOW)

    claim = bundle["entry"][0]["resource"]
    before = sent["entry"][0]["resource"]
    named = _named(bundle, claim)
    assert sent == held
    assert list(broken(bundle)) == []
    assert problems(claim, f"{BASE}profile-claim-update", guide(f"pas-{dialect}")) == []
    assert problems(bundle, f"{BASE}profile-pas-request-bundle", guide(f"pas-{dialect}")) == []
    assert _is_valid(bundle)
    assert claim["identifier"][0]["value"] == "work.1.cancel"
    assert named["identifier"] == before["identifier"]
    assert "related" not in named
    assert [_certified(claim)] == (["3"] if dialect is Dialect.V2_2 else [None])
    for item in claim["item"]:
        assert (_change(item), _certified(item)) == ("changed", "3")
        assert item["modifierExtension"][0]["valueBoolean"] is True


def test_the_inquiry_about_a_cancellation_asks_for_its_identifier():
    asked = inquiry(case(), now=NOW)

    again = inquiry_again(asked, id_="work.1.cancel", now=NOW)

    assert list(broken(again)) == []
    assert _one(again, "Claim")["identifier"][0]["value"] == "work.1.cancel"
    assert _one(asked, "Claim")["identifier"][0]["value"] == "work.1"


def test_everything_that_stands_in_the_way_is_told_at_once_with_what_helps():
    wrong = {**ORDER, "status": "draft", "intent": "plan"}
    given = case(
        chart(PATIENT | {"name": []}, without=("Patient",)),
        order={k: v for k, v in wrong.items() if k != "requester"},
    )

    told = troubles(given)

    assert len(told) == 4
    assert all("EHR" in text or "sign it" in text for text in told)
    assert troubles(case()) == ()


PACKET = {
    "resourceType": "DocumentReference",
    "status": "current",
    "subject": {"reference": "Patient/p1"},
    "content": [{"attachment": {"contentType": "application/pdf", "data": "JVBERi0="}}],
    "context": {
        "related": [{"reference": "QuestionnaireResponse/work"}, {"reference": "MedicationRequest/o1"}]
    },
}


def _named(bundle, claim):
    """The Claim that an update names: the one in the Bundle, or what stands for it."""
    named = claim["related"][0]["claim"]
    found = (e["resource"] for e in bundle["entry"] if e["fullUrl"] == named.get("reference"))
    return next(found, None) or {"identifier": [named["identifier"]]}


def _amended(before, **changed):
    given = {"id": "work.2", "packet": PACKET, **changed}
    return _made(earlier=before, **given)


def _extension(node, name):
    return next((e for e in node.get("extension", ()) if e["url"].endswith(name)), {})


def _change(node):
    return _extension(node, "infoChanged").get("valueCode")


def _certified(node):
    concept = _extension(node, "certificationType").get("valueCodeableConcept")
    return concept and concept["coding"][0]["code"]


def _traced(claim):
    return _extension(claim["item"][0], "itemTraceNumber")


@BOTH
def test_an_inquiry_conforms_to_its_profiles(dialect):
    definitions = guide(f"pas-{dialect}")
    bundle = inquiry(case(dialect=dialect), now=NOW)

    assert list(broken(bundle)) == []
    assert problems(bundle, f"{BASE}profile-pas-inquiry-request-bundle", definitions) == []
    assert problems(bundle["entry"][0]["resource"], f"{BASE}profile-claim-inquiry", definitions) == []
    assert bundle["entry"][0]["resource"]["identifier"] == [
        {"system": "https://smartapp.example/fhir/sid/claim", "value": "work.1"}
    ]
    assert _is_valid(bundle)


def _is_valid(bundle):
    model = import_module("fhir.resources.R4B.bundle").Bundle
    return model.model_validate(bundle) is not None


def test_the_signed_form_is_the_supporting_information_and_stays_as_it_was_signed():
    bundle = _made()
    claim, form = _one(bundle, "Claim"), _one(bundle, "QuestionnaireResponse")

    (info,) = claim["supportingInfo"]
    named = next(e for e in bundle["entry"] if e["fullUrl"] == info["valueReference"]["reference"])
    assert named["resource"] is form
    # in the Bundle it has the id of its version, for an update holds the version before, too
    assert {key: form[key] for key in ("identifier", "questionnaire", "status", "authored", "item")} == {
        key: RESPONSE[key] for key in ("identifier", "questionnaire", "status", "authored", "item")
    }


def test_the_order_carries_its_coverage_information():
    bundle = _made()

    (extension,) = _one(bundle, "MedicationRequest")["extension"]
    coverage = next(e["fullUrl"] for e in bundle["entry"] if e["resource"]["resourceType"] == "Coverage")
    assert extension["extension"][0]["valueReference"]["reference"] == coverage


def test_coverage_information_that_is_on_the_order_is_sent_and_that_of_another_coverage_is_not():
    url = "http://hl7.org/fhir/us/davinci-crd/StructureDefinition/ext-coverage-information"

    def told(name, text):
        return {
            "url": url,
            "extension": [
                {"url": "coverage", "valueReference": {"reference": f"Coverage/{name}"}},
                {"url": "coverage-assertion-id", "valueString": text},
            ],
        }

    order = {
        **ORDER,
        "extension": [told("other", "a"), {"url": "https://x.example/y", "valueCode": "z"}, told("cov", "b")],
    }

    sent = _one(_made(order=order), "MedicationRequest")["extension"]

    assert [e["url"] for e in sent] == ["https://x.example/y", url]
    assert sent[1]["extension"][1]["valueString"] == "b"


def test_what_is_not_in_the_bundle_is_not_named():
    text = str(_made())

    for outside in (
        "Encounter/e1",
        "Organization/h",
        "Organization/parent",
        "photo",
        "ehr.example/fhir/Patient",
    ):
        assert outside not in text
    assert "Oncology visit" in text


def test_a_retry_is_the_same_claim_and_two_reviews_are_two():
    first, second, other = _made(), _made(), _made(id="work.2")

    named = [_one(bundle, "Claim")["identifier"] for bundle in (first, second, other)]
    assert named[0] == named[1] != named[2]


@pytest.mark.parametrize("planned", ["2026", "2026-06"])
def test_a_date_that_is_no_full_date_is_left_out(planned):
    (item,) = _one(_made(planned=planned), "Claim")["item"]

    assert "servicedDate" not in item


@pytest.mark.parametrize(
    ("coding", "sent"),
    [
        ({"system": "urn:oid:2.16.840.1.113883.6.285", "code": "S2107"}, "S2107"),
        ({"system": "http://hl7.org/fhir/sid/ndc", "code": "73776-001-11"}, "73776-001-11"),
        ({"system": "http://www.cms.gov/Medicare/Coding/ICD10", "code": "XW033L7"}, "XW033L7"),
        ({"system": "http://www.nlm.nih.gov/research/umls/rxnorm", "code": "2675868"}, "not-applicable"),
        ({"code": "LOCAL"}, "not-applicable"),
    ],
    ids=str,
)
def test_the_item_bears_a_code_that_payers_take_else_only_words(coding, sent):
    order = {**ORDER, "medicationCodeableConcept": {"coding": [coding], "text": "lifileucel"}}

    (item,) = _one(_made(order=order), "Claim")["item"]

    assert item["productOrService"]["coding"][0]["code"] == sent
    assert "lifileucel" in item["productOrService"]["text"]


def test_diagnoses_are_the_reasons_of_the_order_first():
    coding = {"system": "http://hl7.org/fhir/sid/icd-10-cm", "code": "C79.31"}
    order = {**ORDER, "reasonCode": [{"coding": [coding]}]}

    claim = _one(_made(order=order), "Claim")

    codes = [d["diagnosisCodeableConcept"]["coding"][0]["code"] for d in claim["diagnosis"]]
    assert codes == ["C79.31", "C43.59"]
    assert claim["item"][0]["diagnosisSequence"] == [1, 2]


def test_a_registered_payer_and_provider_are_named_as_registered():
    identifier = {"system": "urn:oid:2.16.840.1.113883.6.300", "value": "12345"}

    insurer, provider = _held(_made(insurer=Party(name="The Plan", identifier=identifier)), "Organization")

    assert (insurer["name"], insurer["identifier"], insurer["active"]) == ("The Plan", [identifier], True)
    assert provider["name"] == "Example Cancer Center"


@BOTH
def test_without_a_registered_provider_the_organization_of_who_orders_asks(dialect):
    role = {
        "resourceType": "PractitionerRole",
        "id": "r1",
        "active": True,
        "practitioner": {"reference": "Practitioner/hale"},
        "organization": {"reference": "Organization/center"},
        "location": [{"reference": "Location/l1"}],
        "telecom": [{"system": "phone", "value": "555-0100"}],
    }
    center = {"resourceType": "Organization", "id": "center", "name": "Example Cancer Center"}
    held = chart(role, center)
    order = {**ORDER, "requester": {"reference": "PractitionerRole/r1"}}

    by_role = _made(held, order=order, dialect=dialect, provider=Party())
    by_person = _made(held, dialect=dialect, provider=Party())
    by_site = _made(dialect=dialect, provider=Party(), site="Practice EHR")

    names = [_held(bundle, "Organization")[1]["name"] for bundle in (by_role, by_person, by_site)]
    assert names == ["Example Cancer Center", "Example Cancer Center", "Practice EHR"]
    assert [len(_held(bundle, "PractitionerRole")) for bundle in (by_role, by_person)] == [1, 0]
    assert "Location/l1" not in str(by_role)
    for bundle in (by_role, by_person, by_site):
        assert list(broken(bundle)) == []
        assert _is_valid(bundle)


def test_a_payer_inside_the_coverage_is_found():
    coverage = {
        **COVERAGE,
        "contained": [{"resourceType": "Organization", "id": "in", "name": "Inner Plan"}],
        "payor": [{"reference": "#in"}],
    }
    bundle = _made(coverage=coverage)

    assert _held(bundle, "Organization")[0]["name"] == "Inner Plan"
    assert list(broken(bundle)) == []


@pytest.mark.requirement("pas-2.2.1#self-beneficiary")
def test_who_subscribes_is_said_or_said_to_be_unknown():
    nobody = {key: value for key, value in COVERAGE.items() if key != "subscriber"}
    without_number = {key: value for key, value in nobody.items() if key != "subscriberId"}
    bundle = _made()

    own, other, unknown = (
        _one(one, "Coverage") for one in (bundle, _made(coverage=nobody), _made(coverage=without_number))
    )

    patient = next(e["fullUrl"] for e in bundle["entry"] if e["resource"]["resourceType"] == "Patient")
    assert own["relationship"]["coding"][0]["code"] == "self"
    assert own["subscriber"] == {"reference": patient}
    assert other["relationship"] == unknown["relationship"] == {"text": "not stated in the record"}
    assert other["subscriber"] == {"identifier": {"value": "MBR-1"}}
    assert unknown["subscriber"] == {"display": "not stated in the record"}


@pytest.mark.requirement("pas-2.2.1#FullDateRule")
@pytest.mark.parametrize(("given", "sent"), [("1960-05-04", "1960-05-04"), ("1960-05", None), ("1960", None)])
def test_a_birth_date_is_a_whole_date_or_left_out(given, sent):
    bundle = _made(chart({**PATIENT, "birthDate": given}, without=("Patient",)))

    assert _one(bundle, "Patient").get("birthDate") == sent


@pytest.mark.requirement("pas-2.2.1#profile-servicerequest")
@pytest.mark.parametrize(
    ("given", "sent"),
    [
        ({"occurrenceDateTime": "2026-06-20"}, {"event": ["2026-06-20"]}),
        ({"occurrencePeriod": {"start": "2026-06-20", "end": "2026-06-30"}}, {"event": ["2026-06-20"]}),
        ({"occurrenceDateTime": "2026-06"}, None),
        ({"occurrenceTiming": {"event": ["2026-06-21"]}}, {"event": ["2026-06-21"]}),
    ],
)
def test_when_a_service_is_wanted_is_told_as_a_timing(given, sent):
    ordered = _one(_made(order={**SERVICE, **given}), "ServiceRequest")

    assert ordered.get("occurrenceTiming") == sent
    assert not {"occurrenceDateTime", "occurrencePeriod"} & set(ordered)


_DAYS = {"unit": "d", "system": "http://unitsofmeasure.org", "code": "d"}


@pytest.mark.requirement("pas-2.2.1#profile-medicationrequest")
@pytest.mark.parametrize(
    ("given", "sent"),
    [
        (
            {"repeat": {"boundsPeriod": {"start": "2026-07-15", "end": "2026-07-29"}, "frequency": 1}},
            {"event": ["2026-07-15"], "repeat": {"boundsDuration": {"value": 15, **_DAYS}, "frequency": 1}},
        ),
        ({"repeat": {"boundsPeriod": {"start": "2026-07-15T08:00:00Z"}}}, {"event": ["2026-07-15"]}),
        ({"repeat": {"boundsPeriod": {"start": "2026-07", "end": "2026-08-01"}}}, None),
        (
            {"repeat": {"boundsPeriod": {"start": "2026-07-15", "end": "2026-07-01"}}},
            {"event": ["2026-07-15"]},
        ),
        ({"repeat": {"boundsPeriod": "soon", "count": 1}}, {"repeat": {"count": 1}}),
        ({"event": ["2026-07-15"]}, {"event": ["2026-07-15"]}),
    ],
)
def test_the_bounds_of_a_dosage_are_told_as_days_from_the_first(given, sent):
    ordered = _one(_made(order={**ORDER, "dosageInstruction": [{"timing": given}]}), "MedicationRequest")
    service = _one(_made(order={**SERVICE, "occurrenceTiming": given}), "ServiceRequest")

    told = ([{"timing": sent}], sent) if sent else (None, None)
    assert (ordered.get("dosageInstruction"), service.get("occurrenceTiming")) == told


@pytest.mark.requirement("pas-2.2.1#profile-servicerequest")
def test_a_service_has_a_code_that_payers_take_beside_its_own():
    spelled = {"system": "urn:oid:2.16.840.1.113883.6.4", "code": "XW033L7"}
    own = {"system": "urn:oid:1.2.840.99999", "code": "TIL-1", "display": "Lifileucel infusion"}
    bundle = _made(order={**SERVICE, "code": {"coding": [spelled, own], "text": "lifileucel"}})

    code = _one(bundle, "ServiceRequest")["code"]

    assert code["coding"][1:] == [own]  # the same code in another spelling of its system says nothing more
    assert code["coding"][:1] == _one(bundle, "Claim")["item"][0]["productOrService"]["coding"]


def test_a_name_that_is_not_told_in_parts_says_so():
    whole = {**PATIENT, "name": [{"text": "Ann Marrow"}, {"family": "Marrow"}]}

    names = _one(_made(chart(whole, without=("Patient",))), "Patient")["name"]

    absent = {
        "url": "http://hl7.org/fhir/StructureDefinition/data-absent-reason",
        "valueCode": "unknown",
    }
    assert names == [{"text": "Ann Marrow", "extension": [absent]}, {"family": "Marrow"}]


WRONG = {
    "no name": (lambda: case(chart(PATIENT | {"name": []}, without=("Patient",))), "name"),
    "a plan, no order": (lambda: case(order={**ORDER, "intent": "plan"}), "proposal or plan"),
    "a drug order that is not signed": (lambda: case(order={**ORDER, "status": "draft"}), "not signed"),
    "nobody who ordered": (
        lambda: case(order={k: v for k, v in ORDER.items() if k != "requester"}),
        "who ordered it",
    ),
    "no payer": (
        lambda: case(chart(without=("Organization",)), coverage={**COVERAGE, "payor": []}),
        "payer",
    ),
    "an order that is no FHIR": (lambda: case(order={**ORDER, "dispenseRequest": 7}), "valid FHIR"),
}


@pytest.mark.parametrize(("make", "word"), WRONG.values(), ids=WRONG)
def test_where_something_is_missing_nothing_is_made_and_it_is_said(make, word):
    given = make()

    with pytest.raises(NotSendable, match=word):
        request(given, now=NOW)


def test_a_draft_may_be_sent_in_the_edition_that_allows_it():
    bundle = _made(order={**ORDER, "status": "draft"}, dialect=Dialect.V2_0)

    assert _one(bundle, "MedicationRequest")["status"] == "draft"


def test_nothing_given_is_changed():
    given = case()
    before = copy.deepcopy((given.facts, given.order, given.coverage, given.response, CONDITION))

    request(given, now=NOW)

    assert (given.facts, given.order, given.coverage, given.response, CONDITION) == before


def test_ids_are_made_by_whom_the_caller_says():
    numbers = itertools.count(1)

    bundle = request(case(), now=NOW, new_id=lambda: f"00000000-0000-4000-8000-{next(numbers):012}")

    assert bundle["entry"][0]["fullUrl"] == "urn:uuid:00000000-0000-4000-8000-000000000001"


@pytest.mark.parametrize(
    ("spoil", "named"),
    [
        (lambda claim: claim.pop("insurer"), "insurer"),
        (lambda claim: claim.update(use="claim"), "use"),
        (lambda claim: claim["item"][0]["extension"].pop(0), "extension"),
        (lambda claim: claim["supportingInfo"][0].pop("extension"), "supportingInfo"),
    ],
    ids=["insurer", "use", "request type", "document information"],
)
def test_the_check_finds_what_is_spoiled(spoil, named):
    claim = _one(_made(), "Claim")
    spoil(claim)

    assert any(named in problem for problem in problems(claim, f"{BASE}profile-claim", guide("pas-2.2")))
