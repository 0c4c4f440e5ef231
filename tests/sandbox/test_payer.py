"""The practice payer: what it refuses, and that what it says can be read."""

from datetime import UTC, datetime

import pytest
from claims import NOW, case
from davinci.packages import guide
from davinci.pas import BASE
from davinci.profiles import problems

from smartapp.outputs.claim import cancellation, inquiry, request
from smartapp.outputs.dialect import Dialect
from smartapp.sandbox.payer import PracticePayer
from smartapp.sources.payer.answer import Verdict, holds_nothing, outcome_texts, read


def _payer(action="A4", **more):
    clock = datetime(2026, 6, 1, tzinfo=UTC)
    return PracticePayer(clock=lambda: clock, decide=lambda _: action, **more)


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


@pytest.mark.parametrize("version", list(Dialect))
def test_an_inquiry_is_answered_as_its_edition_has_it_and_nothing_is_known_of_what_never_came(version):
    payer, given = _payer(version=str(version)), case(dialect=version)
    asked = inquiry(given, now=NOW)

    unknown, _ = payer.inquire(asked)
    payer.submit(request(given, now=NOW))
    known, _ = payer.inquire(asked)

    kinds = {"2.0": ["Bundle", "Bundle"], "2.2": ["Parameters", "Parameters"]}
    assert [unknown["resourceType"], known["resourceType"]] == kinds[version]
    assert (holds_nothing(unknown), holds_nothing(known)) == (True, False)
    assert _verdict(known, "work.1") is Verdict.PENDED
    profile, definitions = f"{BASE}profile-pas-inquiry-response-bundle", guide(f"pas-{version}")
    bundles = [*_bundles(unknown), *_bundles(known)]
    assert [problems(bundle, profile, definitions) for bundle in bundles] == [[]] * len(bundles)
    assert len(bundles) == {"2.0": 2, "2.2": 1}[version]


def _bundles(answer):
    return (
        [answer]
        if answer["resourceType"] == "Bundle"
        else [p["resource"] for p in answer.get("parameter", ())]
    )
