"""What a payer says, read from whatever it sends."""

import copy
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smartapp.sources.payer.answer import Verdict, holds_nothing, outcome_texts, read

OURS = {"system": "https://smartapp.example/fhir/sid/claim", "value": "work.1"}
PAS = "http://hl7.org/fhir/us/davinci-pas/StructureDefinition/extension-"
FOREIGN = Path(__file__).parents[2] / ".." / "shared" / "foreign" / "davinci"


def _item(*codes, **more):
    adjudications = []
    for code in codes:
        parts = [
            {"url": "number", "valueString": "AUTH1"},
            {
                "url": f"{PAS}reviewActionCode",
                "valueCodeableConcept": {
                    "coding": [{"system": "https://codesystem.x12.org/005010/306", "code": code}]
                },
            },
            {
                "url": "reasonCode",
                "valueCodeableConcept": {"coding": [{"code": "0V", "display": "Requires medical review"}]},
            },
        ]
        adjudications.append({"extension": [{"url": f"{PAS}reviewAction", "extension": parts}]})
    return {"itemSequence": 1, "adjudication": adjudications, **more}


def _response(*items, **more):
    return {"resourceType": "ClaimResponse", "outcome": "complete", "item": list(items), **more}


def _bundle(*resources):
    return {"resourceType": "Bundle", "entry": [{"resource": resource} for resource in resources]}


def _verdict(given):
    return read(given, identifier=OURS).verdict


@pytest.mark.parametrize(
    ("codes", "verdict"),
    [
        (["A1"], Verdict.APPROVED),
        (["A3"], Verdict.DENIED),
        (["A4"], Verdict.PENDED),
        (["A6"], Verdict.MODIFIED),
        (["A1", "A1"], Verdict.APPROVED),
        (["A1", "A3"], Verdict.MODIFIED),
        (["A1", "A4"], Verdict.PENDED),
        (["A3", "A3"], Verdict.DENIED),
        (["ZZ"], Verdict.UNUSABLE),
        (["A1", "ZZ"], Verdict.UNUSABLE),
    ],
    ids=str,
)
@pytest.mark.requirement("pas-2.2.1#review-action")
def test_the_review_action_decides_and_an_unknown_one_is_never_an_approval(codes, verdict):
    assert _verdict(_bundle(_response(*[_item(code) for code in codes]))) is verdict


@pytest.mark.parametrize(
    ("response", "verdict"),
    [
        (_response(outcome="error"), Verdict.ERROR),
        (_response(_item("A1"), error=[{"code": {"text": "Member not found"}}]), Verdict.ERROR),
        (_response(outcome="queued"), Verdict.PENDED),
        (_response(), Verdict.UNUSABLE),
        (_response(outcome="partial"), Verdict.UNUSABLE),
    ],
    ids=["error", "an error beside an approval", "queued", "complete without a decision", "partial"],
)
def test_without_a_review_action_the_outcome_speaks(response, verdict):
    assert _verdict(_bundle(response)) is verdict


def test_what_the_payer_adds_is_kept():
    period = {
        "url": f"{PAS}itemPreAuthPeriod",
        "valuePeriod": {"start": "2026-06-01", "end": "2026-12-01T00:00:00Z"},
    }
    item = _item("A1", extension=[period])
    response = _response(item, disposition="Approved as requested", processNote=[{"text": "Call us"}])

    answer = read(_bundle(response), identifier=OURS)

    assert (answer.number, answer.until) == ("AUTH1", "2026-12-01")
    assert answer.texts == ("Approved as requested", "Call us", "Requires medical review")


def test_an_inquiry_may_be_answered_with_parameters():
    parameters = {
        "resourceType": "Parameters",
        "parameter": [{"name": "return", "resource": _bundle(_response(_item("A3")))}],
    }

    assert _verdict(parameters) is Verdict.DENIED


def test_an_answer_about_another_claim_is_not_taken_for_ours():
    other = _response(_item("A1"), request={"identifier": {"system": OURS["system"], "value": "work.2"}})
    ours = _response(_item("A3"), request={"identifier": OURS})

    assert _verdict(_bundle(other)) is Verdict.UNUSABLE
    assert _verdict(_bundle(other, ours)) is Verdict.DENIED


@pytest.mark.parametrize(
    ("given", "nothing"),
    [
        (_bundle(), True),
        ({"resourceType": "Bundle"}, True),
        ({"resourceType": "Parameters"}, True),
        (_bundle(_response(_item("A4"))), False),
        (_bundle({"resourceType": "OperationOutcome"}), False),
        ({"resourceType": "OperationOutcome"}, False),
        ([], False),
        (None, False),
    ],
    ids=str,
)
def test_an_inquiry_that_finds_nothing_is_told_from_one_that_failed(given, nothing):
    assert holds_nothing(given) is nothing


@pytest.mark.parametrize(
    ("file", "verdict", "number", "reference"),
    [
        ("pas_ig_Bundle-ReferralAuthorizationResponseBundleExample.json", Verdict.APPROVED, "AUTH0001", ""),
        (
            "pas_ig_Bundle-ReferralPendingAuthorizationResponseBundleExample.json",
            Verdict.PENDED,
            "",
            "PEND0001",
        ),
    ],
)
def test_the_examples_of_the_guide_are_read(file, verdict, number, reference):
    if not FOREIGN.is_dir():
        pytest.skip("the examples of the guides are not here")

    answer = read(json.loads((FOREIGN / file).read_bytes()), identifier=OURS)

    assert (answer.verdict, answer.number, answer.reference) == (verdict, number, reference)


def test_an_operation_outcome_is_told():
    if not FOREIGN.is_dir():
        pytest.skip("the examples of the guides are not here")
    given = json.loads((FOREIGN / "pas_ig_OperationOutcome-InvalidRequestResponse.json").read_bytes())

    assert outcome_texts(given)


WHOLE = _bundle(
    _response(_item("A1", extension=[]), preAuthPeriod={"end": "2026-12-01"}, processNote=[{"text": "x"}])
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=3), inner, max_size=2),
    max_leaves=5,
)


def _places(value, path=()):
    yield path
    parts = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in parts:
        yield from _places(inner, (*path, key))


@given(place=st.sampled_from([path for path in _places(WHOLE) if path]), odd=JSON)
def test_an_odd_answer_is_read_or_said_to_be_unusable(place, odd):
    spoiled = copy.deepcopy(WHOLE)
    node = spoiled
    for key in place[:-1]:
        node = node[key]
    node[place[-1]] = odd

    assert _verdict(spoiled) in Verdict
