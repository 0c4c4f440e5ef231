"""Da Vinci CRD through the WSGI application: coverage information, versions, options, Coverages, refusals."""

import copy
import json
import time

import pytest
from davinci import cards, invariants
from davinci.asked import (
    ALL_ON,
    COVERAGE,
    ORDER,
    PATIENT,
    SELECT,
    SERVICE,
    SIGN,
    call,
    client,
    searchset,
    wanting,
)
from fakes_ehr import Reply, serving

from smartapp.outputs.coverage.extension import URL
from smartapp.outputs.dialect import Dialect


def _post(given, *, to=SIGN, **settings):
    return client(**settings).post(to, json=given)


def _orders(answer):
    return [action["resource"] for action in answer.json.get("systemActions", ())]


def _said(order):
    """The parts of the coverage information by their url; several extensions: of the last one."""
    extension = [e for e in order["extension"] if e["url"] == URL][-1]
    return {part["url"]: next(v for k, v in part.items() if k != "url") for part in extension["extension"]}


def _other(name="cov2", **more):
    return {**COVERAGE, "id": name, **more}


# ---------------------------------------------------------------------------------------- discovery and versions


@pytest.mark.requirement("crd-2.2.1#dev-1", "crd-2.2.1#dev-4", "crd-2.2.1#dev-8")
def test_every_service_declares_its_versions_and_its_options():
    services = client().get("/cds-services").json["services"]

    for service in services:
        options = service["extension"]["davinci-crd.configuration-options"]
        assert service["extension"]["davinci-crd.version"] == ["2.0", "2.2"]
        assert [sorted(option) for option in options] == [
            ["code", "default", "description", "name", "type"]
        ] * 6
        assert all(type(o["default"]) is {"boolean": bool, "integer": int}[o["type"]] for o in options)
        assert all(len({o[key] for o in options}) == 6 for key in ("code", "name", "description"))


@pytest.mark.parametrize(
    ("version", "dialect"), [("2.0", "2.0"), ("2.0.1", "2.0"), ("2.2", "2.2"), ("2.2.1", "2.2")]
)
@pytest.mark.requirement("crd-2.2.1#dev-2")
def test_a_client_hears_the_version_that_it_asks_for(version, dialect):
    said = _said(_orders(_post(call(extension=wanting(version))))[0])

    assert ("expiry-date" in said) is (dialect == "2.2")


@pytest.mark.parametrize(("setting", "has_expiry"), [("2.0", False), ("2.2", True)])
def test_a_client_that_asks_for_no_version_hears_the_configured_one(setting, has_expiry):
    said = _said(_orders(_post(call(), crd_version=setting))[0])

    assert ("expiry-date" in said) is has_expiry


@pytest.mark.parametrize(
    ("extension", "status"),
    [
        (wanting("2.1"), 422),
        (wanting("9"), 422),
        ({"davinci-crd.requestedVersion": 2.2}, 400),
        ("davinci", 400),
        ([], 400),
    ],
)
def test_a_version_that_is_not_spoken_is_refused(extension, status):
    answer = _post(call(extension=extension))

    assert (answer.status_code, answer.json["resourceType"]) == (status, "OperationOutcome")


@pytest.mark.parametrize("extension", [{}, {"com.example": {"x": 1}}])
@pytest.mark.requirement("crd-2.2.1#dev-15")
def test_an_extension_that_says_nothing_about_crd_changes_nothing(extension):
    answer = _post(call(extension=extension))

    assert (answer.status_code, len(answer.json["cards"]), len(_orders(answer))) == (200, 1, 1)


# ------------------------------------------------------------------------------------------------ the system action


@pytest.mark.requirement("crd-2.2.1#resp-29", "inferno-crd#C10")
def test_each_order_in_scope_gets_its_action_and_no_other_order_does():
    other = {**ORDER, "id": "x", "medicationCodeableConcept": {"text": "fludarabine"}}

    answer = _post(call(ORDER, other, SERVICE))

    assert [(o["resourceType"], o["id"]) for o in _orders(answer)] == [
        ("MedicationRequest", "o"),
        ("ServiceRequest", "s"),
    ]
    assert cards.problems(answer.json, primary=True) == []


@pytest.mark.requirement("crd-2.2.1#resp-37")
def test_the_order_is_sent_back_as_it_came_but_for_the_extension():
    order = {
        **ORDER,
        "extension": [{"url": "https://ehr.example/x", "valueString": "own"}],
        "note": [{"text": "n"}],
    }

    sent = _orders(_post(call(order)))[0]

    assert {**sent, "extension": sent["extension"][:-1]} == order


@pytest.mark.requirement("crd-2.2.1#resp-37")
@pytest.mark.parametrize(
    "numbers",
    [
        '{"a": 0.50, "b": 1e2, "c": 1.00, "d": 3, "e": 2.5, "f": 0.1234567890123456789}',
        '{"a": 123456789012345678901234567890}',
        '{"a": 18446744073709551616, "b": -9223372036854775809, "c": 0.50}',
    ],
)
def test_the_order_is_sent_back_to_the_last_digit(numbers):
    body = json.dumps(call({**ORDER, "extension": [{"url": "https://ehr.example/x", "n": 7.25}], "x": "N"}))
    body = body.replace("7.25", "7.250").replace('"N"', numbers)

    answer = client().post(SIGN, data=body, content_type="application/json")

    sent = answer.text[answer.text.index('"systemActions"') :]
    assert numbers.replace(" ", "") in sent
    assert '{"url":"https://ehr.example/x","n":7.250}' in sent
    assert len(_orders(answer)[0]["extension"]) == 2


def test_an_order_that_refers_to_its_medication_still_refers_to_it():
    drug = {"resourceType": "Medication", "id": "m", "code": {"text": "lifileucel"}}
    order = {k: v for k, v in ORDER.items() if k != "medicationCodeableConcept"}
    order["medicationReference"] = {"reference": "Medication/m"}

    sent = _orders(_post(call(order, medications=searchset(drug))))[0]

    assert {key: value for key, value in sent.items() if key != "extension"} == order


@pytest.mark.requirement("crd-2.2.1#resp-35")
@pytest.mark.parametrize("version", ["2.0", "2.2"])
def test_an_order_that_says_it_already_gets_its_card_and_no_action(version):
    first = _orders(_post(call(extension=wanting(version))))[0]
    yesterday = copy.deepcopy(first)
    for part in yesterday["extension"][-1]["extension"]:
        if part["url"] == "date":
            part["valueDate"] = "2026-05-31"

    answers = [_post(call(order, extension=wanting(version))) for order in (first, yesterday)]

    assert [(_orders(answer), len(answer.json["cards"])) for answer in answers] == [([], 1), ([], 1)]


@pytest.mark.requirement("crd-2.2.1#resp-35")
@pytest.mark.parametrize(("day", "actions"), [("2026-05-31", 1), ("2026-06-01", 0)])
def test_what_was_good_until_a_day_that_has_passed_is_said_anew(day, actions):
    order = copy.deepcopy(_orders(_post(call(extension=wanting("2.2"))))[0])
    expiry = next(part for part in order["extension"][-1]["extension"] if part["url"] == "expiry-date")
    expiry["valueDate"] = day

    answer = _post(call(order, extension=wanting("2.2")))

    assert len(_orders(answer)) == actions
    assert all(len(sent["extension"]) == 1 and _said(sent)["expiry-date"] > day for sent in _orders(answer))


def test_what_is_new_replaces_what_was_said_under_the_same_id():
    before = _orders(_post(call()))[0]
    report = {
        "resourceType": "Condition",
        "id": "c",
        "subject": {"reference": "Patient/p"},
        "code": {"text": "metastatic melanoma"},
    }

    after = _orders(_post(call(before, conditions=searchset(report))))[0]

    assert len(after["extension"]) == 1
    assert _said(after)["reason"] != _said(before)["reason"]
    assert _said(after)["coverage-assertion-id"] == _said(before)["coverage-assertion-id"]


def test_what_a_payer_said_about_another_coverage_stays():
    theirs = copy.deepcopy(_orders(_post(call(coverages=(_other(),))))[0]["extension"][0])

    order = _orders(_post(call({**ORDER, "extension": [theirs]})))[0]

    assert order["extension"][0] == theirs
    assert _said(order)["coverage"] == {"reference": "Coverage/cov"}


@pytest.mark.parametrize("settled", ["satisfied", "no-auth"])
def test_what_the_payer_has_settled_is_never_overwritten(settled):
    parts = [
        {"url": "coverage", "valueReference": {"reference": "https://ehr.example/r4/Coverage/cov"}},
        {"url": "covered", "valueCode": "covered"},
        {"url": "pa-needed", "valueCode": settled},
    ]
    order = {**ORDER, "extension": [{"url": URL, "extension": parts}]}

    assert _orders(_post(call(order))) == []


@pytest.mark.requirement("crd-2.2.1#resp-32", "inferno-crd#C11")
def test_ids_are_stable_for_a_coverage_and_differ_between_coverages():
    def ids(*coverages, server=None):
        given = call(ORDER, SERVICE, coverages=coverages) | ({"fhirServer": server} if server else {})
        return {_said(order)["coverage-assertion-id"] for order in _orders(_post(given))}

    first, again, other = ids(COVERAGE), ids(COVERAGE), ids(_other())

    assert (len(first), first == again, first & other) == (1, True, set())
    assert ids(COVERAGE, server="https://elsewhere.example/r4") & first == set()


@pytest.mark.requirement("crd-2.2.1#hook-19")
@pytest.mark.parametrize("version", ["2.0", "2.2"])
def test_while_ordering_nothing_is_asked_for(version):
    answer = _post(call(hook="order-select", extension=wanting(version, **ALL_ON)), to=SELECT)

    said = _said(_orders(answer)[0])
    assert set(said) & {"doc-needed", "doc-purpose", "info-needed", "questionnaire"} == set()
    assert {cards.kind_of(card) for card in answer.json["cards"][1:]} == {
        "additional-orders",
        "external-reference",
    }


@pytest.mark.requirement("crd-2.2.1#resp-35", "crd-2.2.1#resp-37")
@pytest.mark.parametrize("version", ["2.0", "2.2"])
def test_what_was_said_at_signing_stays_while_it_holds_when_the_order_is_selected_again(version):
    extension = wanting(version)
    signed = _orders(_post(call(extension=extension)))[0]
    metastatic = {
        "resourceType": "Condition",
        "id": "c",
        "subject": {"reference": "Patient/p"},
        "code": {"text": "metastatic melanoma"},
    }

    same = _post(call(signed, hook="order-select", extension=extension), to=SELECT)
    given = call(signed, hook="order-select", extension=extension, conditions=searchset(metastatic))
    newer = _post(given, to=SELECT)

    assert {"doc-needed", "questionnaire"} <= set(_said(signed))
    assert (same.status_code, len(same.json["cards"]), _orders(same)) == (200, 1, [])
    assert _said(_orders(newer)[0])["coverage-assertion-id"] == _said(signed)["coverage-assertion-id"]
    assert set(_said(_orders(newer)[0])) & {"doc-needed", "questionnaire"} == set()


@pytest.mark.parametrize("version", ["2.0", "2.2"])
def test_from_selecting_to_signing_and_back_the_order_has_one_assertion_under_one_id(version):
    extension = wanting(version)
    selected = _orders(_post(call(hook="order-select", extension=extension), to=SELECT))[0]

    signed = _orders(_post(call(selected, extension=extension)))[0]
    again = _post(call(signed, extension=extension))

    assert _orders(again) == []
    assert len(signed["extension"]) == len(selected["extension"]) == 1
    assert _said(signed)["coverage-assertion-id"] == _said(selected)["coverage-assertion-id"]
    assert "doc-needed" in _said(signed)


# --------------------------------------------------------------------------------------------------------- options


@pytest.mark.requirement("crd-2.2.1#dev-5", "crd-2.2.1#dev-14", "crd-2.2.1#dev-17", "crd-2.2.1#dev-6")
@pytest.mark.parametrize(
    ("configuration", "kinds", "actions"),
    [
        ({}, ["ours"], 1),
        ({"coverage-info": False}, [], 0),
        ({"coverage-info": False, "guideline": True}, ["external-reference"], 0),
        ({"guideline": True, "cost": True, "max-cards": 1}, ["ours"], 1),
        ({"max-cards": 0}, [], 1),
        ({"max-cards": -3, "guideline": "yes", "coverage-info": None}, ["ours"], 1),
        ({"max-cards": True, "unsolicited-determ": False, "x": {"y": []}}, ["ours"], 1),
        ({"appropriate-use": True}, ["ours", "instructions"], 1),
        ({"clinical-reminder": True}, ["ours", "additional-orders"], 1),
        ({"dtr": False}, ["ours", "form-completion"], 1),
        ({"dtr": False, "coverage-info": False}, [], 0),
    ],
)
@pytest.mark.requirement("crd-2.2.1#resp-28", "crd-2.2.1#resp-59")
def test_options_are_obeyed_and_nonsense_is_as_if_unsaid(configuration, kinds, actions):
    answer = _post(call(extension={"davinci-crd.configuration": configuration}))

    told = [cards.kind_of(card) for card in answer.json["cards"]]
    assert (answer.status_code, told, len(_orders(answer))) == (200, kinds, actions)


@pytest.mark.parametrize("configuration", ["all", 5, ["guideline"], None])
def test_a_configuration_that_is_none_is_ignored(configuration):
    answer = _post(call(extension={"davinci-crd.configuration": configuration}))

    assert (answer.status_code, len(answer.json["cards"])) == (200, 1)


def test_the_settings_may_turn_card_types_on():
    answer = _post(call(), crd_options=("guideline", "appropriate-use"))

    assert [cards.kind_of(card) for card in answer.json["cards"]] == [
        "ours",
        "instructions",
        "external-reference",
    ]


def test_a_test_that_is_ordered_already_is_not_offered():
    test = {**SERVICE, "id": "t", "code": {"text": "BRAF mutation analysis"}}

    answer = _post(call(ORDER, test, extension=wanting(**{"clinical-reminder": True})))

    assert [cards.kind_of(card) for card in answer.json["cards"]] == ["ours"]


def test_a_test_is_not_offered_while_results_could_not_be_read():
    failed = {"resourceType": "OperationOutcome", "issue": [{"severity": "error", "code": "forbidden"}]}

    answer = _post(call(observations=failed, extension=wanting(**{"clinical-reminder": True})))

    assert [cards.kind_of(card) for card in answer.json["cards"]] == ["ours"]


# ------------------------------------------------------------------------------------------------------- Coverages

SELF_PAY = {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/coverage-selfpay", "code": "pay"}]}
_CHOSEN = {
    "the only one": ((COVERAGE,), ORDER),
    "the only one that is active": ((_other(status="cancelled"), COVERAGE), ORDER),
    "the only one that has not ended": ((_other(period={"end": "2026-05-31"}), COVERAGE), ORDER),
    "the first in order": ((_other(order=2), {**COVERAGE, "order": 1}), ORDER),
    "the one that the order names": (
        (_other(), COVERAGE),
        {**ORDER, "insurance": [{"reference": "https://ehr.example/r4/Coverage/cov"}]},
    ),
    "the one that is the patient's own": (
        (_other(beneficiary={"reference": "Patient/spouse"}), COVERAGE),
        ORDER,
    ),
    "the one that is not self-pay": ((_other(type=SELF_PAY), COVERAGE), ORDER),
}


@pytest.mark.parametrize(("coverages", "order"), _CHOSEN.values(), ids=_CHOSEN)
def test_the_coverage_that_an_order_is_asked_about(coverages, order):
    answer = _post(call(order, coverages=coverages, extension=wanting()))

    assert _said(_orders(answer)[0])["coverage"] == {"reference": "Coverage/cov"}


@pytest.mark.requirement("crd-2.2.1#hook-13")
@pytest.mark.parametrize("coverages", [(), (COVERAGE, _other()), (_other(type=SELF_PAY),)])
def test_a_crd_call_without_one_coverage_is_refused_and_another_call_gets_its_card(coverages):
    declared = _post(call(coverages=coverages, extension=wanting()))
    plain = _post(call(coverages=coverages))

    assert (declared.status_code, declared.json["resourceType"]) == (400, "OperationOutcome")
    assert (plain.status_code, len(plain.json["cards"]), _orders(plain)) == (200, 1, [])


@pytest.mark.requirement("crd-2.2.1#hook-13")
@pytest.mark.parametrize("extension", [None, wanting()])
def test_the_coverage_of_a_payer_that_is_not_answered_for_is_refused(extension):
    payers = ("urn:oid:1.2.3|PAYER-1", "Other Plan")

    answer = _post(call(extension=extension), crd_payers=payers)

    assert (answer.status_code, "payer" in answer.json["issue"][0]["diagnostics"]) == (400, True)


_ORGANIZATION = {
    "resourceType": "Organization",
    "id": "org",
    "name": "Plan",
    "identifier": [{"system": "urn:oid:1.2.3", "value": "PAYER-1"}],
}


@pytest.mark.parametrize(
    "payer",
    [
        {"payor": [{"identifier": {"system": "urn:oid:1.2.3", "value": "PAYER-1"}}]},
        {"payor": [{"display": "Other plan"}]},
        {"payor": [{"reference": "#org"}], "contained": [_ORGANIZATION]},
    ],
)
def test_a_payer_is_known_by_its_identifier_or_its_name(payer):
    payers = ("urn:oid:1.2.3|PAYER-1", "Other Plan")

    answer = _post(call(coverages=({**COVERAGE, **payer}, _other())), crd_payers=payers)

    assert _said(_orders(answer)[0])["coverage"] == {"reference": "Coverage/cov"}


@pytest.mark.requirement("crd-2.2.1#resp-45")
def test_a_coverage_that_is_over_is_said_to_be():
    given = call(coverages=({**COVERAGE, "period": {"end": "2025"}},), extension=wanting())

    said = _said(_orders(_post(given))[0])

    assert (said["covered"], said["reason"]["coding"][0]["code"]) == ("not-covered", "no-active-coverage")


# ------------------------------------------------------------------------------------------- refusals and failures


@pytest.mark.requirement("crd-2.2.1#hook-13")
@pytest.mark.parametrize("missing", ["authoredOn", "requester", "intent"])
def test_an_order_that_breaks_its_profile_is_422_for_a_crd_call_only(missing):
    order = {key: value for key, value in ORDER.items() if key != missing}

    declared = _post(call(order, extension=wanting()))
    plain = _post(call(order))

    assert (declared.status_code, missing in declared.json["issue"][0]["diagnostics"]) == (422, True)
    assert (plain.status_code, len(_orders(plain))) == (200, 1)


@pytest.mark.requirement("crd-2.2.1#found-32", "crd-2.2.1#found-34", "crd-2.2.1#resp-38")
@pytest.mark.parametrize("version", ["2.0", "2.2"])
def test_a_record_that_lacks_data_is_no_failure_but_a_condition_with_the_form_to_fill_in(version):
    answer = _post(call(extension=wanting(version)))

    said = _said(_orders(answer)[0])
    assert answer.status_code == 200
    assert [said[name] for name in ("covered", "doc-needed", "info-needed")] == [
        "conditional",
        "clinical",
        "OTH",
    ]
    assert said["questionnaire"].endswith("Questionnaire/TILMelanoma|1.0.0")
    assert said["reason"]["text"]


@pytest.mark.requirement("crd-2.2.1#hook-23", "crd-2.2.1#found-33", "crd-2.2.1#conf-12")
def test_what_is_not_expected_is_ignored_and_what_may_be_left_out_is_no_error():
    plain = call(extension=wanting())
    more = copy.deepcopy(plain)
    more["context"] |= {"tenant": {"x": [1]}, "appointments": None}
    more |= {"com.example": True}
    more["prefetch"]["com.example"] = {"resourceType": "Basic", "id": "b"}
    for entry in more["context"]["draftOrders"]["entry"]:
        entry["resource"]["somethingNew"] = {"a": 1}

    answers = [_post(given) for given in (plain, more)]

    assert [a.status_code for a in answers] == [200, 200]
    cards_ = [_without_uuids(a.json["cards"]) for a in answers]
    assert cards_[0] == cards_[1]
    assert [_said(_orders(a)[0])["covered"] for a in answers] == ["conditional", "conditional"]


@pytest.mark.requirement("crd-2.2.1#dev-24", "crd-2.2.1#dev-25")
def test_of_several_orders_each_card_says_in_words_which_one_it_is_about():
    later = {**ORDER, "id": "o2", "authoredOn": "2026-05-02"}

    answer = _post(call(ORDER, later, extension=wanting("2.2", **ALL_ON)))

    about = [card for card in answer.json["cards"] if "extension" in card]
    names = [c["extension"]["davinci-crd.associated-resource"][0]["reference"] for c in about]
    assert set(names) == {"MedicationRequest/o", "MedicationRequest/o2"}
    assert all(f"({name})" in card["detail"] for name, card in zip(names, about, strict=True))
    days = {"MedicationRequest/o": "2026-06-01", "MedicationRequest/o2": "2026-05-02"}
    words = [f"For the order of lifileucel, {days[name]}" for name in names]
    assert all(text in card["detail"] for text, card in zip(words, about, strict=True))


@pytest.mark.requirement("crd-2.2.1#resp-43", "crd-2.2.1#found-2")
@pytest.mark.parametrize("version", ["2.0", "2.2"])
@pytest.mark.parametrize("reply", [Reply(body=searchset(), after=20), Reply(status=503), Reply(status=403)])
def test_a_dead_slow_or_closed_record_is_said_to_be_a_technical_problem_in_time(version, reply):
    sent = {"patient": PATIENT, "coverage": searchset(COVERAGE)}
    with serving() as ehr:
        ehr.default = reply
        given = call(extension=wanting(version)) | {"prefetch": sent, "fhirServer": ehr.base}
        started = time.monotonic()

        answer = _post(given, fetch_seconds=0.5)

    said = _said(_orders(answer)[0])
    assert time.monotonic() - started < 5
    assert said["covered"] == {"2.0": "conditional", "2.2": "indeterminate"}[version]
    assert "could not be read" in said["reason"]["text"]
    assert invariants.broken(_orders(answer)[0]["extension"][-1], Dialect(version)) == []
    assert (said["reason"].get("coding") is not None) is (version == "2.2")


def test_without_data_about_the_coverage_it_is_412_as_ever():
    given = call(extension=wanting())
    del given["prefetch"]["coverage"]

    assert _post(given).status_code == 412


def test_the_form_of_the_card_is_for_the_order_and_its_coverage():
    answer = _post(call(extension=wanting("2.2")))

    response = answer.json["cards"][0]["suggestions"][0]["actions"][0]["resource"]
    about = {e["url"].rpartition("/")[2]: e.get("valueReference") for e in response["extension"]}
    assert about == {
        "qr-coverage": {"reference": "Coverage/cov"},
        "qr-context": {"reference": "MedicationRequest/o"},
        "intendedUse": None,
    }


# -------------------------------------------------------------------------------------------------- the same again


def test_the_same_hook_instance_gives_the_same_answer_again():
    given = call(extension=wanting("2.2", **ALL_ON))

    first, second = _post(given), _post(given)

    assert _without_uuids(first.json) == _without_uuids(second.json)
    assert first.status_code == 200


def test_neither_the_order_itself_nor_another_draft_is_earlier_treatment():
    drug = {"text": "pembrolizumab"}
    other = {**ORDER, "id": "x", "medicationCodeableConcept": drug}
    alone = _said(_orders(_post(call(extension=wanting("2.2"))))[0])

    beside = _said(_orders(_post(call(ORDER, other, extension=wanting("2.2"))))[0])

    assert beside["reason"] == alone["reason"]
    assert "Earlier TIL therapy" not in json.dumps(_post(call(ORDER, SERVICE)).json)


def _without_uuids(value):
    if isinstance(value, dict):
        kept = {key: _without_uuids(item) for key, item in value.items()}
        return {key: item for key, item in kept.items() if key not in {"uuid", "appContext"}}
    return [_without_uuids(item) for item in value] if isinstance(value, list) else value
