"""The practice payer: what it refuses, and that what it says can be read."""

from datetime import UTC, datetime

import pytest
from claims import NOW, case

from smartapp.outputs.claim import cancellation, request
from smartapp.sandbox.payer import PracticePayer
from smartapp.sources.payer.answer import Verdict, outcome_texts, read


def _payer(action="A4"):
    return PracticePayer(clock=lambda: datetime(2026, 6, 1, tzinfo=UTC), decide=lambda _: action)


def _verdict(answer, id_):
    return read(answer, identifier={"value": id_}).verdict


@pytest.mark.requirement("pas-kit#P2")
@pytest.mark.parametrize("operation", ["submit", "inquire"])
@pytest.mark.parametrize(
    "body",
    [None, [], {}, {"resourceType": "Bundle", "entry": []}, {"resourceType": "Bundle", "entry": [{}]}],
)
def test_an_empty_bundle_is_refused_with_an_outcome(operation, body):
    answer, status = getattr(_payer(), operation)(body)

    assert (status, answer["resourceType"]) == (400, "OperationOutcome")
    assert outcome_texts(answer)


def test_a_cancellation_of_what_never_came_is_an_error_and_cancels_nothing():
    payer = _payer()
    sent = request(case(), now=NOW)

    answer, status = payer.submit(cancellation(sent, id_="work.1.cancel", now=NOW))

    assert (status, _verdict(answer, "work.1.cancel")) == (200, Verdict.ERROR)


def test_a_cancelled_request_can_be_neither_cancelled_again_nor_updated():
    payer = _payer()
    sent = request(case(), now=NOW)
    payer.submit(sent)
    first, _ = payer.submit(cancellation(sent, id_="c1", now=NOW))

    second, _ = payer.submit(cancellation(sent, id_="c2", now=NOW))
    update, _ = payer.submit(request(case(id="work.2", earlier=sent), now=NOW))

    assert [_verdict(a, n) for a, n in ((first, "c1"), (second, "c2"), (update, "work.2"))] == [
        Verdict.CANCELLED,
        Verdict.ERROR,
        Verdict.ERROR,
    ]
