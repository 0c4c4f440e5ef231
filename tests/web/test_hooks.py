"""CDS Hooks 2.0.1 through the WSGI application: what is answered, and what is refused with which status."""

import json
import logging
import time

import pytest
from fakes_ehr import Reply, serving
from fakes_hooks import (
    INSTANCE,
    NOW,
    BrokenJudge,
    FakeJudge,
    call,
    order,
    patient,
    prefetch,
    searchset,
    without,
)

from smartapp.app import create_app
from smartapp.config import Config
from smartapp.facts import Gap
from smartapp.store import Store

SIGN = "/cds-services/til-order-sign"
SELECT = "/cds-services/til-order-select"


def _client(judge=None, **settings):
    store = Store("sqlite://")
    return create_app(
        Config(**settings), judge=judge or FakeJudge(), store=store, clock=lambda: NOW
    ).test_client()


def _gaps(judge):
    return {unread.type: unread.gap for unread in judge.seen[0].unread}


@pytest.mark.requirement("cds-hooks-2.0.1#discovery")
def test_discovery_names_both_services_with_their_prefetch():
    answer = _client().get("/cds-services")

    services = {service["id"]: service for service in answer.json["services"]}
    assert answer.status_code == 200
    assert {name: service["hook"] for name, service in services.items()} == {
        "til-order-select": "order-select",
        "til-order-sign": "order-sign",
    }
    assert all(
        {"title", "description", "prefetch", "usageRequirements"} <= set(item) for item in services.values()
    )
    assert services["til-order-sign"]["prefetch"] == {
        "patient": "Patient/{{context.patientId}}",
        "coverage": "Coverage?patient={{context.patientId}}&status=active",
        "conditions": "Condition?patient={{context.patientId}}",
        "observations": "Observation?patient={{context.patientId}}",
        "diagnosticReports": "DiagnosticReport?patient={{context.patientId}}",
        "medicationRequests": "MedicationRequest?patient={{context.patientId}}",
        "medicationStatements": "MedicationStatement?patient={{context.patientId}}",
        "medicationAdministrations": "MedicationAdministration?patient={{context.patientId}}",
        "medicationDispenses": "MedicationDispense?patient={{context.patientId}}",
        "procedures": "Procedure?patient={{context.patientId}}",
        "questionnaireResponses": "QuestionnaireResponse?patient={{context.patientId}}",
    }


def test_each_covered_order_gets_one_card_and_others_none():
    judge = FakeJudge()

    answer = _client(judge).post(SIGN, json=call(order("o1"), order("o2", text="aldesleukin"), order("o3")))

    assert answer.status_code == 200
    assert [card["summary"] for card in answer.json["cards"]] == [
        "TIL: MedicationRequest/o1 on 2026-06-01",
        "TIL: MedicationRequest/o3 on 2026-06-01",
    ]


def test_order_select_answers_for_the_selections_only():
    given = call(order("o1"), order("o2"), hook="order-select")
    given["context"]["selections"] = ["MedicationRequest/o2"]

    answer = _client().post(SELECT, json=given)

    assert [card["summary"] for card in answer.json["cards"]] == ["TIL: MedicationRequest/o2 on 2026-06-01"]


def test_other_drugs_get_an_empty_answer_and_nothing_is_fetched():
    with serving() as ehr:
        given = call(order(text="fludarabine"), prefetch={"patient": patient()}, fhirServer=ehr.base)

        answer = _client().post(SIGN, json=given)

        assert (answer.status_code, answer.json, ehr.asked) == (200, {"cards": []}, [])


@pytest.mark.parametrize(
    "more",
    [
        {"doNotPerform": True},
        {"doNotPerform": "true"},
        {"doNotPerform": ["odd"]},
        {"status": "cancelled"},
        {"status": "entered-in-error"},
    ],
)
def test_an_order_that_is_not_to_be_carried_out_is_as_if_absent(more):
    answer = _client().post(SIGN, json=call(order(**more)))

    assert answer.json == {"cards": []}


def test_an_order_signed_again_is_answered_though_it_is_no_draft():
    answer = _client().post(SIGN, json=call(order(status="active")))

    assert len(answer.json["cards"]) == 1


def test_nothing_to_say_about_a_covered_order_is_an_empty_answer():
    answer = _client(FakeJudge(silent=True)).post(SIGN, json=call())

    assert (answer.status_code, answer.json) == (200, {"cards": []})


def test_a_medication_that_the_order_refers_to_is_read_with_it():
    medication = {"resourceType": "Medication", "id": "m1", "code": {"text": "lifileucel"}}
    referring = without(order(), "medicationCodeableConcept") | {
        "medicationReference": {"reference": "Medication/m1"}
    }

    answer = _client().post(SIGN, json=call(referring, prefetch=prefetch(medications=searchset(medication))))

    assert len(answer.json["cards"]) == 1


def test_a_medication_that_was_not_sent_is_read_from_the_server():
    medication = {"resourceType": "Medication", "id": "m1", "code": {"text": "lifileucel"}}
    referring = without(order(), "medicationCodeableConcept") | {
        "medicationReference": {"reference": "Medication/m1"}
    }
    with serving() as ehr:
        ehr.says("Medication/m1", Reply(body=medication))

        answer = _client().post(SIGN, json=call(referring, fhirServer=ehr.base))

    assert (answer.status_code, len(answer.json["cards"])) == (200, 1)


def test_an_order_that_cannot_be_understood_is_never_an_empty_answer():
    referring = without(order(), "medicationCodeableConcept") | {
        "medicationReference": {"reference": "Medication/m1"}
    }

    answer = _client().post(SIGN, json=call(referring))

    assert (answer.status_code, answer.json["resourceType"]) == (412, "OperationOutcome")


@pytest.mark.parametrize(
    "medication",
    [
        {"medicationReference": {"reference": "#m1"}},
        {
            "medicationReference": {"reference": "#m1"},
            "contained": [{"resourceType": "Medication", "id": "m1"}],
        },
        {"medicationReference": {"reference": "urn:uuid:0b1a1bd4-3d9f-4a5e-8f0c-7a3c1d1f2a11"}},
        {"medicationReference": {"identifier": {"value": "m1"}}},
        {"medicationReference": "Medication/m1"},
        {"medicationCodeableConcept": "Amtagvi"},
    ],
)
def test_an_order_whose_medication_cannot_be_read_is_never_an_empty_answer(medication):
    silent = without(order(), "medicationCodeableConcept") | medication

    answer = _client().post(SIGN, json=call(silent))

    assert (answer.status_code, answer.json["resourceType"]) == (412, "OperationOutcome")


def test_an_order_that_cannot_be_understood_takes_no_other_order_s_answer_away():
    silent = without(order(), "medicationCodeableConcept") | {
        "id": "silent",
        "medicationReference": {"reference": "#m1"},
    }
    judge = FakeJudge()

    answer = _client(judge).post(SIGN, json=call(silent, order()))

    assert (answer.status_code, len(answer.json["cards"])) == (200, 1)
    assert [remark.code for remark in judge.seen[0].remarks] == ["other-order-unclear"]


@pytest.mark.parametrize(
    "medication",
    [
        {},
        {"medicationReference": None},
        {"medicationCodeableConcept": {"text": "aspirin"}},
        {"medicationCodeableConcept": {"coding": [{"code": "local"}]}},
        {
            "medicationCodeableConcept": {
                "coding": [{"system": "http://www.nlm.nih.gov/research/umls/rxnorm"}]
            }
        },
        {"medicationReference": {"display": "aspirin"}},
        {
            "medicationReference": {"reference": "#m1"},
            "contained": [{"resourceType": "Medication", "id": "m1", "code": {"text": "aspirin"}}],
        },
    ],
)
def test_an_order_for_another_medication_or_for_none_gets_an_empty_answer(medication):
    other = without(order(), "medicationCodeableConcept") | medication

    answer = _client().post(SIGN, json=call(other))

    assert (answer.status_code, answer.json) == (200, {"cards": []})


BAD = {
    "no hook": without(call(), "hook"),
    "hook of another service": call(hook="order-select"),
    "unknown hook": call(hook="medication-prescribe"),
    "no hookInstance": without(call(), "hookInstance"),
    "hookInstance no UUID": call(hookInstance="abc"),
    "no context": without(call(), "context"),
    "context no object": call(context=[]),
    "fhirServer null": call(fhirServer=None),
    "fhirServer no address": call(fhirServer="file:///etc/passwd"),
    "fhirServer with credentials": call(fhirServer="https://ehr@evil.example/r4"),
    "authorization without server": call(fhirAuthorization={"access_token": "t"}),
    "prefetch null": call(prefetch=None),
    "prefetch a list": call(prefetch=[]),
    "prefetch value no resource": call(prefetch=prefetch(conditions="none")),
    "prefetch of another patient": call(prefetch=prefetch(patient=patient("p2"))),
    "order of another patient": call(order(patient="p2")),
    "orders with one id": call(order("o1"), order("o1")),
    "order without id": call(without(order(), "id")),
    "order null": call(
        context=call()["context"] | {"draftOrders": {"resourceType": "Bundle", "entry": [None]}}
    ),
    "no orders": call(context=call()["context"] | {"draftOrders": {"resourceType": "Bundle"}}),
    "draftOrders a list": call(context=call()["context"] | {"draftOrders": [order()]}),
    "patientId with type": call(context=call()["context"] | {"patientId": "Patient/p1"}),
    "patientId missing": call(context=without(call()["context"], "patientId")),
    "userId without type": call(context=call()["context"] | {"userId": "dr1"}),
    "userId a patient": call(context=call()["context"] | {"userId": "Patient/p1"}),
    "encounterId null": call(context=call()["context"] | {"encounterId": None}),
    "not an object": [],
    "a number": 7,
}


@pytest.mark.requirement("cds-hooks-2.0.1#http-status-codes", "crd-2.2.1#hook-9", "crd-2.2.1#hook-10")
@pytest.mark.parametrize("body", BAD.values(), ids=BAD)
def test_a_call_that_breaks_the_specification_is_refused(body):
    answer = _client().post(SIGN, json=body)

    assert (answer.status_code, answer.json["resourceType"]) == (400, "OperationOutcome")
    assert answer.json["issue"][0]["diagnostics"]


@pytest.mark.parametrize("selections", [None, [], ["MedicationRequest/o9"], [None], "MedicationRequest/o1"])
def test_selections_must_name_draft_orders(selections):
    given = call(hook="order-select")
    given["context"]["selections"] = selections

    answer = _client().post(SELECT, json=given)

    assert answer.status_code == 400


AUTHORIZATION = {
    "access_token": "t",
    "token_type": "Bearer",
    "expires_in": 300,
    "scope": "patient/*.rs",
    "subject": "cds",
}


@pytest.mark.parametrize(
    "authorization",
    [without(AUTHORIZATION, name) for name in AUTHORIZATION]
    + [
        AUTHORIZATION | {"token_type": "MAC"},
        AUTHORIZATION | {"expires_in": "300"},
        AUTHORIZATION | {"scope": None},
    ],
)
def test_an_incomplete_authorization_is_refused(authorization):
    answer = _client().post(
        SIGN, json=call(fhirServer="https://ehr.example/r4", fhirAuthorization=authorization)
    )

    assert answer.status_code == 400


@pytest.mark.parametrize(
    ("named", "status"), [("p1", 200), ("Patient/p1", 200), (None, 200), ("p2", 400), (["p1"], 400)]
)
def test_a_token_for_another_patient_is_refused_for_it_finds_nothing(named, status):
    with serving() as ehr:
        given = call(fhirServer=ehr.base, fhirAuthorization=AUTHORIZATION | {"patient": named})

        answer = _client().post(SIGN, json=given)

        assert (answer.status_code, bool(ehr.asked)) == (status, status == 200)


def test_a_body_that_is_not_json_is_refused():
    client = _client()

    broken = client.post(SIGN, data=b"{", content_type="application/json")
    infinite = client.post(SIGN, data=b'{"hook": NaN}', content_type="application/json")
    empty = client.post(SIGN, data=b"", content_type="application/json")

    assert [answer.status_code for answer in (broken, infinite, empty)] == [400, 400, 400]


def test_the_other_rows_of_the_status_table():
    client = _client(max_hook_bytes=1000)

    unknown = client.post("/cds-services/other", json=call())
    method = client.get(SIGN)
    media = client.post(SIGN, data=b"<a/>", content_type="application/xml")
    large = client.post(SIGN, data=b" " * 2000, content_type="application/json")

    answers = (unknown, method, media, large)
    assert [answer.status_code for answer in answers] == [404, 405, 415, 413]
    assert {answer.json["resourceType"] for answer in answers} == {"OperationOutcome"}
    assert "POST" in method.headers["Allow"]


def test_a_fault_is_500_with_an_outcome_and_no_patient_data(caplog):
    with caplog.at_level(logging.DEBUG):
        answer = _client(BrokenJudge()).post(SIGN, json=call())

    assert answer.status_code == 500
    assert (
        answer.json["issue"][0]["diagnostics"] == "Something went wrong in this service; nothing was decided."
    )
    assert "1970-02-03" not in caplog.text
    assert "RuntimeError" in caplog.text


@pytest.mark.requirement("cds-hooks-2.0.1#prefetch-412")
@pytest.mark.parametrize("key", ["patient", "coverage"])
def test_required_data_that_can_be_had_neither_way_is_412(key):
    refused = {"resourceType": "OperationOutcome", "issue": [{"severity": "error", "code": "forbidden"}]}
    client = _client()

    absent = client.post(SIGN, json=call(prefetch=without(prefetch(), key)))
    failed = client.post(SIGN, json=call(prefetch=prefetch(**{key: refused})))
    foreign = client.post(
        SIGN, json=call(prefetch=without(prefetch(), key), fhirServer="https://elsewhere.example/r4")
    )

    answers = (absent, failed, foreign)
    assert [answer.status_code for answer in answers] == [412, 412, 412]
    assert {answer.json["resourceType"] for answer in answers} == {"OperationOutcome"}


@pytest.mark.parametrize("server", ["http://[", "http://127.0.0.1:port/r4", "https://elsewhere.example/r4"])
def test_a_server_that_cannot_be_read_is_not_read(server):
    answer = _client().post(SIGN, json=call(prefetch=without(prefetch(), "coverage"), fhirServer=server))

    assert answer.status_code in {400, 412}


def test_null_is_no_data_and_never_412():
    judge = FakeJudge()

    answer = _client(judge).post(
        SIGN, json=call(prefetch=dict.fromkeys(("patient", "coverage", "conditions")))
    )

    assert answer.status_code == 200
    assert judge.seen[0].find("Patient/p1") == {"resourceType": "Patient", "id": "p1"}
    assert {"Patient", "Coverage", "Condition"}.isdisjoint(_gaps(judge))


def test_what_is_missing_and_cannot_be_asked_for_is_unread_with_the_reason():
    judge = FakeJudge()
    failed = {"resourceType": "OperationOutcome", "issue": [{"severity": "error", "code": "exception"}]}
    cut = searchset(following="https://elsewhere.example/r4?page=2")

    _client(judge).post(
        SIGN, json=call(prefetch=prefetch(observations=failed, conditions=cut, procedures=None))
    )

    assert _gaps(judge) == {
        "Observation": Gap.FAILED,
        "Condition": Gap.INCOMPLETE,
        "DiagnosticReport": Gap.NOT_SENT,
        "MedicationRequest": Gap.NOT_SENT,
        "MedicationStatement": Gap.NOT_SENT,
        "MedicationAdministration": Gap.NOT_SENT,
        "MedicationDispense": Gap.NOT_SENT,
        "QuestionnaireResponse": Gap.NOT_SENT,
    }


@pytest.mark.requirement("cds-hooks-2.0.1#prefetch")
def test_missing_keys_are_fetched_with_the_token_and_sent_ones_are_not():
    judge = FakeJudge()
    asked = order(requester={"display": "Dr. R"})
    given = call(asked, prefetch=prefetch(observations=None), fhirAuthorization=AUTHORIZATION)
    with serving() as ehr:
        condition = {"resourceType": "Condition", "id": "c1", "subject": {"reference": "Patient/p1"}}
        ehr.says("Condition?patient=p1", Reply(body=searchset(condition)))

        answer = _client(judge).post(SIGN, json=given | {"fhirServer": ehr.base})

        assert answer.status_code == 200
        assert judge.seen[0].find("Condition/c1") == condition
        assert judge.seen[0].unread == ()
        assert judge.seen[0].origins["Condition/c1"] == ehr.base
        assert judge.seen[0].origins["Patient/p1"] == "prefetch"
        assert ehr.tokens == {"Bearer t"}
        assert sorted(ehr.asked) == [
            "Condition?patient=p1",
            "DiagnosticReport?patient=p1",
            "MedicationAdministration?patient=p1",
            "MedicationDispense?patient=p1",
            "MedicationRequest?patient=p1",
            "MedicationStatement?patient=p1",
            "Procedure?patient=p1",
            "QuestionnaireResponse?patient=p1",
        ]


@pytest.mark.requirement("cds-hooks-2.0.1#prefetch")
@pytest.mark.parametrize(
    ("key", "kind", "status"), [("observations", "Observation", 200), ("coverage", "Coverage", 412)]
)
def test_what_the_client_failed_to_read_is_not_asked_for_again(key, kind, status):
    judge = FakeJudge()
    failed = {"resourceType": "OperationOutcome", "issue": [{"severity": "error", "code": "exception"}]}
    with serving() as ehr:
        ehr.default = Reply(body=searchset())
        given = call(order(requester={"display": "Dr. R"}), prefetch=prefetch(**{key: failed}))

        answer = _client(judge).post(SIGN, json=given | {"fhirServer": ehr.base})

        asked = {query.partition("?")[0] for query in ehr.asked}
    assert answer.status_code == status
    assert "Procedure" in asked
    assert kind not in asked
    assert [_gaps(judge) for _ in judge.seen] == ([{kind: Gap.FAILED}] if status == 200 else [])


@pytest.mark.parametrize(
    ("key", "kind", "status"), [("observations", "Observation", 200), ("coverage", "Coverage", 412)]
)
def test_what_was_not_asked_for_is_not_taken_for_an_empty_answer(key, kind, status):
    judge = FakeJudge()
    something = {"resourceType": "Parameters", "id": "x"}

    answer = _client(judge).post(SIGN, json=call(prefetch=prefetch(**{key: something})))

    assert answer.status_code == status
    assert [_gaps(judge)[kind] for _ in judge.seen] == ([Gap.FAILED] if status == 200 else [])


def test_what_is_required_and_refused_by_the_server_is_412():
    with serving() as ehr:
        ehr.says("Coverage?patient=p1&status=active", Reply(status=403))
        given = call(prefetch=without(prefetch(), "coverage"), fhirServer=ehr.base)

        answer = _client().post(SIGN, json=given)

    assert answer.status_code == 412
    assert "403" in answer.json["issue"][0]["diagnostics"]


def test_an_empty_token_is_no_token():
    with serving() as ehr:
        given = call(fhirServer=ehr.base, fhirAuthorization=AUTHORIZATION | {"access_token": ""})

        answer = _client().post(SIGN, json=given)

        assert (answer.status_code, ehr.tokens) == (200, {None})


def test_a_page_that_the_client_left_out_is_read_from_the_server():
    judge = FakeJudge()
    first, second = ({"resourceType": "Condition", "id": name} for name in ("c1", "c2"))
    with serving() as ehr:
        ehr.says("Condition?page=2", Reply(body=searchset(second)))
        sent = searchset(first, following=f"{ehr.base}/Condition?page=2")

        _client(judge).post(SIGN, json=call(prefetch=prefetch(conditions=sent), fhirServer=ehr.base))

    assert list(judge.seen[0].of_type("Condition")) == [first, second]
    assert judge.seen[0].unread == ()


def test_a_subscriber_who_is_another_patient_is_left_out():
    judge = FakeJudge()

    answer = _client(judge).post(SIGN, json=call(prefetch=prefetch(coverage=searchset(patient("parent")))))

    assert (answer.status_code, list(judge.seen[0].of_type("Patient"))) == (200, [patient()])


def test_a_subscriber_whom_the_server_gives_beside_the_patient_is_left_out():
    judge = FakeJudge()
    with serving() as ehr:
        ehr.says("Patient/p1", Reply(body=patient()))
        ehr.says("Coverage?patient=p1&status=active", Reply(body=searchset(patient("parent"))))

        answer = _client(judge).post(SIGN, json=call(prefetch={}, fhirServer=ehr.base))

    assert (answer.status_code, list(judge.seen[0].of_type("Patient"))) == (200, [patient()])


@pytest.mark.parametrize("given", [patient("p2"), without(patient(), "id"), patient(1)])
def test_another_patient_of_the_server_is_not_taken_for_the_one_of_the_call(given):
    with serving() as ehr:
        ehr.says("Patient/p1", Reply(body=given))

        answer = _client().post(SIGN, json=call(prefetch={}, fhirServer=ehr.base))

    assert answer.status_code == 412
    assert "no Patient with this id" in answer.json["issue"][0]["diagnostics"]


def test_a_slow_server_does_not_hold_up_the_answer():
    judge = FakeJudge()
    client = _client(judge, fetch_seconds=0.5)
    with serving() as ehr:
        client.post(SIGN, json=call(fhirServer=ehr.base))  # loads what reads servers
        ehr.default = Reply(body=searchset(), after=20)
        judge.seen.clear()
        started = time.monotonic()

        answer = client.post(SIGN, json=call(fhirServer=ehr.base))

        assert (answer.status_code, time.monotonic() - started < 5) == (200, True)
    assert _gaps(judge)["Observation"] is Gap.FAILED


def test_feedback_is_kept_without_the_comment():
    store = Store("sqlite://")
    client = create_app(Config(), judge=FakeJudge(), store=store, clock=lambda: NOW).test_client()
    card = client.post(SIGN, json=call()).json["cards"][0]["uuid"]
    reason = {"reason": {"code": "other", "system": "https://example.org"}, "userComment": "Jane says no"}
    overridden = {"card": card, "outcome": "overridden", "overrideReason": reason}
    accepted = {"card": INSTANCE, "outcome": "accepted", "acceptedSuggestions": [{"id": INSTANCE}]}
    items = [item | {"outcomeTimestamp": "2026-06-01T12:00:00Z"} for item in (overridden, accepted)]

    answer = client.post(f"{SIGN}/feedback", json={"feedback": items})

    assert answer.status_code == 200
    rows = store.rows("feedback")
    assert [(row["outcome"], row["known"], row["commented"], row["reason_code"]) for row in rows] == [
        ("overridden", True, True, "other"),
        ("accepted", False, False, None),
    ]
    assert "Jane" not in str(rows)
    store.close()


OVERRIDDEN = {"card": INSTANCE, "outcome": "overridden", "outcomeTimestamp": "2026-06-01T12:00:00Z"}


@pytest.mark.parametrize(
    "body",
    [
        {},
        [],
        {"feedback": []},
        {"feedback": [{"card": "x"}]},
        {"feedback": [{"card": INSTANCE, "outcome": "accepted"}]},
        {"feedback": [OVERRIDDEN | {"card": "Jane"}]},
        {"feedback": [OVERRIDDEN | {"outcome": []}]},
        {"feedback": [OVERRIDDEN | {"outcomeTimestamp": "yesterday"}]},
        {"feedback": [OVERRIDDEN | {"overrideReason": "Jane"}]},
        {"feedback": [OVERRIDDEN | {"overrideReason": {"reason": {"code": "Jane says no"}}}]},
        {"feedback": [OVERRIDDEN | {"acceptedSuggestions": ["Jane"]}]},
    ],
)
def test_feedback_that_breaks_the_specification_is_refused(body):
    answer = _client().post(f"{SIGN}/feedback", json=body)

    assert (answer.status_code, answer.json["resourceType"]) == (400, "OperationOutcome")


def test_browsers_of_allowed_origins_may_call_and_see_errors():
    client = _client(cors_origins=("https://ehr.example",))

    preflight = client.options(SIGN, headers={"Origin": "https://ehr.example"})
    error = client.post(SIGN, json={}, headers={"Origin": "https://ehr.example"})
    nonsense = client.options(SIGN, headers={"Origin": "http://["})
    other = client.options(SIGN, headers={"Origin": "https://evil.example"})

    assert preflight.status_code == 200
    assert preflight.headers["Access-Control-Allow-Origin"] == "https://ehr.example"
    assert preflight.headers["Access-Control-Allow-Methods"] == "GET, POST, OPTIONS"
    assert "Authorization" in preflight.headers["Access-Control-Allow-Headers"]
    assert (error.status_code, error.headers["Access-Control-Allow-Origin"]) == (400, "https://ehr.example")
    assert "Access-Control-Allow-Origin" not in other.headers
    assert "Access-Control-Allow-Origin" not in nonsense.headers


def test_browsers_on_this_machine_and_the_public_sandbox_may_call_without_a_setting():
    origins = ("http://localhost:8080", "http://127.0.0.1:3000", "https://sandbox.cds-hooks.org", "http://[")

    answers = [_client().options(SIGN, headers={"Origin": origin}) for origin in origins]

    allowed = [answer.headers.get("Access-Control-Allow-Origin") for answer in answers]
    assert allowed == [*origins[:3], None]


def test_health_readiness_counts_and_the_launch_page():
    client = _client()
    client.post(SIGN, json=call())
    client.get("/nowhere")

    alive, ready, counts, page = (
        client.get(path) for path in ("/healthz", "/readyz", "/metrics", "/launch.html")
    )

    assert [answer.status_code for answer in (alive, ready, counts, page)] == [200, 200, 200, 200]
    assert 'smartapp_refusals_total{status="404"} 1' in counts.text
    assert 'smartapp_cards_total{outcome="met",policy="TIL",service="til-order-sign"} 1' in counts.text
    assert page.headers["X-Content-Type-Options"] == "nosniff"


def test_logs_hold_no_patient_data(caplog):
    with caplog.at_level(logging.DEBUG), serving() as ehr:
        _client().post(SIGN, json=call(order(patient="p1"), bundle_free := patient(), fhirServer=ehr.base))

    assert bundle_free["birthDate"] not in caplog.text
    assert "patient=p1" not in caplog.text


DOCTOR = {
    "resourceType": "Practitioner",
    "id": "d1",
    "identifier": [{"system": "http://hl7.org/fhir/sid/us-npi", "value": "1234567893"}],
    "name": [{"given": ["Rowan"], "family": "Halewick"}],
}


def test_who_orders_is_read_and_stands_in_the_form_where_the_order_names_nobody():
    given = call(order(), prefetch=prefetch())
    given["context"] |= {"userId": "Practitioner/d1"}
    with serving() as ehr:
        ehr.says("Practitioner/d1", Reply(body=DOCTOR))
        app = create_app(Config(), store=Store("sqlite://"), clock=lambda: NOW)
        answer = app.test_client().post(SIGN, json=given | {"fhirServer": ehr.base})

    text = json.dumps(answer.json["cards"])
    assert answer.status_code == 200
    assert "Rowan Halewick" in text
    assert "1234567893" in text


@pytest.mark.parametrize(
    ("named", "asked"),
    [({"requester": {"display": "Dr. Elsewhere"}}, False), ({}, True)],
    ids=["the order names someone", "it names nobody"],
)
def test_who_orders_is_asked_for_only_where_the_order_names_nobody_and_need_not_be_had(named, asked):
    judge = FakeJudge()
    given = call(order(**named), prefetch=prefetch())
    with serving() as ehr:
        answer = _client(judge).post(SIGN, json=given | {"fhirServer": ehr.base})

    assert answer.status_code == 200
    assert ("Practitioner/dr1" in ehr.asked) is asked
    assert all(unread.type != "Practitioner" for unread in judge.seen[0].unread)
