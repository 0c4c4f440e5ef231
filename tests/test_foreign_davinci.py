"""Requests that others wrote get the answer that their README expects."""

import json
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import pytest

from smartapp.app import create_app
from smartapp.config import Config
from smartapp.errors import BadInput
from smartapp.sources.bundle import case_of, read
from smartapp.store import Store

FOLDER = Path(__file__).parents[1] / ".." / "shared" / "foreign" / "davinci"
SIGN, SELECT, DISPATCH = "til-order-sign", "til-order-select", "til-order-dispatch"


@pytest.fixture(autouse=True)
def _is_there():
    if not FOLDER.is_dir():
        pytest.skip("the requests of others are not here")


@cache
def _client():
    app = create_app(Config(), store=Store("sqlite://"), clock=lambda: datetime(2026, 6, 1, tzinfo=UTC))
    return app.test_client()


def _file(name):
    return json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))


def _post(service, request):
    return _client().post(f"/cds-services/{service}", json=request)


def _with_data(request):
    patient = request["context"]["patientId"]
    sent = {
        "patient": {"resourceType": "Patient", "id": patient},
        "coverage": {"resourceType": "Bundle", "type": "searchset"},
    }
    return request | {"prefetch": sent}


@pytest.mark.parametrize(
    ("name", "service"),
    [
        ("crd221_request_1", SIGN),
        ("crdkit220_order-sign-request_complete-prefetch", SIGN),
        ("crdkit220_order-select-request_complete-prefetch", SELECT),
        ("rems_ExampleHook", SIGN),
    ],
)
def test_orders_that_no_policy_covers_get_an_empty_answer(name, service):
    answer = _post(service, _file(name))

    assert (answer.status_code, answer.json) == (200, {"cards": []})


@pytest.mark.parametrize(
    ("name", "service"),
    [
        ("crd221_request_3", SIGN),
        ("crdkit_order_sign_hook_request", SIGN),
        ("crdkit_order_select_hook_request", SELECT),
    ],
)
def test_without_prefetch_and_a_readable_server_it_is_412_and_with_data_there_is_no_card(name, service):
    unobtainable = _post(service, _file(name))
    given = _post(service, _with_data(_file(name)))

    assert (unobtainable.status_code, unobtainable.json["resourceType"]) == (412, "OperationOutcome")
    assert (given.status_code, given.json) == (200, {"cards": []})


@pytest.mark.parametrize("service", [SIGN, SELECT])
@pytest.mark.parametrize(
    "name",
    [
        "crd221_request_2",
        "crd221_request_4",
        "crdri_medicationRequestPrefetch",
        "crdri_medicationRequestNoPrefetch",
        "pasri_cds-hook-order-review",
    ],
)
def test_other_hooks_are_refused(name, service):
    answer = _post(service, _file(name))

    assert (answer.status_code, answer.json["resourceType"]) == (400, "OperationOutcome")


def test_a_service_that_we_do_not_have_is_not_found():
    assert _post(DISPATCH, _file("crd221_request_2")).status_code == 404


def test_selections_that_are_no_draft_orders_are_refused():
    request = _file("crdkit_order_select_hook_request")
    request["context"]["selections"] = ["MedicationRequest/other"]

    assert _post(SELECT, request).status_code == 400


@pytest.mark.parametrize(
    "name", ["crd201_MedicationRequest-annotated-example", "remsehr_rems_smith_medicationrequest_TIRF"]
)
def test_orders_for_other_drugs_get_an_empty_answer(name):
    order = _file(name)
    context = {
        "userId": "Practitioner/example",
        "patientId": "example",
        "draftOrders": {"resourceType": "Bundle", "entry": [{"resource": order}]},
    }
    request = {
        "hook": "order-sign",
        "hookInstance": "d1577c69-dfbe-44ad-ba6d-3e05e953b2ea",
        "context": context,
    }

    answer = _post(SIGN, _with_data(request))

    assert (answer.status_code, answer.json) == (200, {"cards": []})


@pytest.mark.parametrize("name", ["crd221_discovery_CRDServices", "crdkit_cds-services"])
def test_our_discovery_has_every_member_that_theirs_needs(name):
    theirs = _file(name)["services"][0]

    ours = _client().get("/cds-services").json["services"]

    needed = {"hook", "id", "title", "description", "prefetch"} & set(theirs)
    assert all(needed <= set(service) for service in ours)


@pytest.mark.parametrize(
    ("name", "patient", "resources"),
    [
        ("dtrkit_pat015_bundle", "pat015", 21),
        ("pas_ig_Bundle-ReferralAuthorizationBundleExample", "SubscriberExample", 10),
        ("pas_ig_Bundle-ReferralAuthorizationResponseBundleExample", "SubscriberExample", 5),
        ("pas_ig_Bundle-ReferralPendingAuthorizationResponseBundleExample", "SubscriberExample", 5),
    ],
)
def test_bundles_of_others_are_read_as_a_case(name, patient, resources):
    case = case_of(read(_file(name)), match=lambda _: None, order=None, origin="file")

    assert (case.facts.patient_id, len(case.facts.resources)) == (patient, resources)
    assert (case.facts.unread, case.facts.remarks) == ((), ())


@pytest.mark.parametrize(
    "name",
    [
        "pasri_bundle-minimal",
        "dtrkit_questionnaire_package_input_params_non_conformant",
        "crdkit_crd_transaction_bundle",
        "remsehr_rems_smith_coverage",
    ],
)
def test_what_holds_no_one_patient_is_refused(name):
    with pytest.raises(BadInput):
        case_of(read(_file(name)), match=lambda _: None, order=None, origin="file")
