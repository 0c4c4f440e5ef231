"""Whatever is put into a call of a CRD or DTR client, the answer is an answer or a refusal, never a fault."""

from davinci.asked import (
    ALL_ON,
    CONTEXT,
    COVERAGE,
    ORDER,
    PATIENT,
    SIGN,
    call,
    client,
    order_part,
    package_request,
    version_part,
    wanting,
)
from hypothesis import given, settings
from hypothesis import strategies as st
from odd import ODD, changed, places

_ORGANIZATION = {"resourceType": "Organization", "id": "org", "identifier": [{"system": "s", "value": "v"}]}
_OWNED = {
    **COVERAGE,
    "contained": [_ORGANIZATION],
    "payor": [{"reference": "#org"}],
    "period": {"end": "2027"},
    "order": 1,
}
_PACKAGE = package_request(
    order_part(),
    version_part("2.2"),
    {"name": "referenced", "resource": {**PATIENT, "name": [{"text": "Ann Example"}]}},
    {"name": "referenced", "resource": {"resourceType": "Medication", "id": "m", "code": {"text": "x"}}},
    {"name": "questionnaire", "valueCanonical": "https://smartapp.example/fhir/Questionnaire/TILMelanoma"},
    {"name": "context", "valueString": CONTEXT},
    {"name": "changedsince", "valueInstant": "2020-01-01T00:00:00Z"},
    coverage=_OWNED,
)
_SETTINGS = {"crd_payers": ("v",)}


def _annotated():
    first = client(**_SETTINGS).post(SIGN, json=call(ORDER, coverages=(_OWNED,), extension=wanting()))
    order = {**first.json["systemActions"][0]["resource"], "insurance": [{"reference": "Coverage/cov"}]}
    return call(order, coverages=(_OWNED, {**_OWNED, "id": "c2"}), extension=wanting("2.2", **ALL_ON))


_CALL = _annotated()
_TOLD = [
    place
    for place in places(_CALL)
    if place[0] == "extension" or place[:2] in {("context", "draftOrders"), ("prefetch", "coverage")}
]


@settings(max_examples=250, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(_TOLD), st.sampled_from(ODD)), min_size=1, max_size=3))
def test_a_crd_call_with_anything_in_it_is_answered_or_refused(changes):
    answer = client(**_SETTINGS).post(SIGN, json=changed(_CALL, changes))

    assert answer.status_code in {200, 400, 412, 422}
    assert ("cards" in answer.json) is (answer.status_code == 200)


@settings(max_examples=120, deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from(list(places(_PACKAGE))), st.sampled_from(ODD)), min_size=1, max_size=3)
)
def test_a_package_request_with_anything_in_it_is_answered_or_refused(changes):
    answer = client(**_SETTINGS).post("/fhir/$questionnaire-package", json=changed(_PACKAGE, changes))

    assert answer.status_code in {200, 400, 422}
    assert answer.json["resourceType"] in {"Parameters", "OperationOutcome"}
