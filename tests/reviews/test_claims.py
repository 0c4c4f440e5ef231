"""The life of a request to a payer: made once, sent once, asked about, never lost and never doubled."""

import base64
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from fakes_reviews import (
    COMPLETE,
    ISS,
    MELANOMA,
    NIVOLUMAB,
    NOW,
    ORDER,
    PATIENT,
    PEMBROLIZUMAB,
    Service,
    facts,
)
from joserfc.jwk import ECKey, KeySet

from smartapp.ehrs.payers import Payer, Payers
from smartapp.errors import NotSendable, NotSignable, NotWritten, Obstacle
from smartapp.outputs.dialect import Dialect
from smartapp.reviews.claims import Requests
from smartapp.reviews.claims.prospects import Prospects
from smartapp.sandbox.payer import PracticePayer
from smartapp.sources.payer.answer import Verdict
from smartapp.store import Store

COVERAGE = {
    "resourceType": "Coverage",
    "id": "cov",
    "status": "active",
    "subscriberId": "M1",
    "beneficiary": {"reference": "Patient/p"},
    "payor": [{"display": "Example Health Plan"}],
}
SIGNED_ORDER = {**ORDER, "status": "active"}
CHART = (PATIENT, SIGNED_ORDER, MELANOMA, NIVOLUMAB, PEMBROLIZUMAB, COVERAGE)
PAYER = Payer(
    name="Plan",
    base="https://payer.example/fhir",
    client_id="c",
    keys=KeySet([ECKey.generate_key("P-384", {"kid": "k"})]),
    version="2.2",
)


@dataclass
class Line:
    """The way to a payer, which can be cut before and after it."""

    payer: PracticePayer
    before: list[NotWritten] = field(default_factory=list)
    """What happens instead of the next submissions: they do not arrive."""
    after: list[NotWritten] = field(default_factory=list)
    """What happens after they arrived: the answer is lost."""
    asking: list[NotWritten] = field(default_factory=list)
    sent: list[Any] = field(default_factory=list)
    asked: int = 0

    def submit(self, payer, bundle):
        assert payer.name == "Plan"
        if self.before:
            raise self.before.pop(0)
        self.sent.append(bundle)
        given, _ = self.payer.submit(bundle)
        if self.after:
            raise self.after.pop(0)
        return given

    def inquire(self, _payer, bundle):
        self.asked += 1
        if self.asking:
            raise self.asking.pop(0)
        return self.payer.inquire(bundle)[0]


UNCERTAIN = NotWritten("The answer did not arrive.", obstacle=Obstacle.UNCERTAIN)
FAILED = NotWritten("The payer cannot be reached.", obstacle=Obstacle.FAILED)
REFUSED = NotWritten("The payer refused.", obstacle=Obstacle.REFUSED)


class Desk:
    def __init__(self, *chart, action="A1", payers=(PAYER,), packet=None):
        self.service = Service(facts(*(chart or CHART)))
        self.line = Line(PracticePayer(clock=lambda: NOW, decide=lambda _: action))
        self.requests = Requests(
            self.service.reviews,
            self.service.store.vault,
            payers=Payers(payers),
            exchange=lambda: self.line,
            clock=lambda: NOW,
            dialect=Dialect.V2_0,
            packet=packet,
        )
        self.visit = self.service.open()

    def signed(self):
        form = self.service.form(self.visit, COMPLETE, token="t")
        work = self.service.reviews.sign(self.visit, form)
        assert work.signed is not None
        return self

    def send(self):
        return self.requests.send(self.visit)

    @property
    def trail(self):
        return [line.what for line in self.service.reviews.view(self.visit).audit]


@pytest.mark.parametrize(
    ("action", "verdict", "more"),
    [("A1", Verdict.APPROVED, "number"), ("A3", Verdict.DENIED, ""), ("A4", Verdict.PENDED, "reference")],
)
def test_what_the_payer_decides_is_kept_with_everything_it_sent(action, verdict, more):
    desk = Desk(action=action).signed()

    sent = desk.send()

    again = desk.requests.of(desk.visit)
    assert again == sent
    assert again.answer.verdict is verdict
    assert not more or getattr(again.answer, more)
    assert again.answers[0]["given"]["entry"][0]["resource"]["resourceType"] == "ClaimResponse"
    assert again.sent_at == again.answered_at == NOW
    assert desk.trail[-1] == "requested"


def test_what_is_decided_is_not_sent_again():
    desk = Desk().signed()

    results = [desk.send() for _ in range(3)]

    assert len(desk.line.sent) == 1
    assert results[0] == results[2]


def test_a_pended_request_is_asked_about_until_it_is_decided():
    desk = Desk(action="A4").signed()
    desk.send()

    verdicts = [desk.requests.ask(desk.visit).answer.verdict for _ in range(3)]

    assert verdicts == [Verdict.PENDED, Verdict.APPROVED, Verdict.APPROVED]
    assert desk.line.asked == 2


def test_a_request_that_did_not_arrive_is_sent_again_and_is_the_very_same():
    desk = Desk().signed()
    desk.line.before = [FAILED]

    first, second = desk.send(), desk.send()

    assert (first.why_not, first.answer, first.can_send) == (str(FAILED), None, True)
    assert second.answer.verdict is Verdict.APPROVED
    assert desk.line.asked == 0
    assert desk.line.sent == [first.bundle]
    assert desk.trail[-2:] == ["not-requested", "requested"]


def test_a_request_whose_answer_was_lost_is_asked_about_and_not_sent_twice():
    desk = Desk().signed()
    desk.line.after = [UNCERTAIN]

    first, second = desk.send(), desk.send()

    assert (first.is_uncertain, first.answer) == (True, None)
    assert second.answer.verdict is Verdict.APPROVED
    assert (desk.line.payer.received, desk.line.asked) == (1, 1)


def test_a_request_that_was_lost_on_its_way_is_asked_about_and_then_sent_again():
    desk = Desk().signed()
    desk.line.before = [UNCERTAIN]

    desk.send()
    second = desk.send()

    assert second.answer.verdict is Verdict.APPROVED
    assert (desk.line.payer.received, desk.line.asked) == (1, 1)


def test_while_the_payer_cannot_say_whether_it_has_it_nothing_is_sent():
    desk = Desk().signed()
    desk.line.after, desk.line.asking = [UNCERTAIN], [FAILED, UNCERTAIN]

    states = [desk.send().is_uncertain for _ in range(4)]

    assert states == [True, True, True, False]
    assert desk.line.payer.received == 1


def test_a_payer_that_cannot_look_it_up_gets_the_same_copy_and_knows_it():
    desk = Desk().signed()
    desk.line.after, desk.line.asking = [UNCERTAIN], [REFUSED]

    desk.send()
    second = desk.send()

    assert second.answer.verdict is Verdict.APPROVED
    assert (desk.line.payer.received, len(desk.line.payer.cases)) == (2, 1)
    assert desk.line.sent[0] == desk.line.sent[1]


def test_a_process_that_stops_while_it_sends_leaves_the_request_uncertain():
    desk = Desk().signed()

    class Stopped(BaseException):
        pass

    def stop(*_):
        raise Stopped

    desk.line.submit = stop
    with pytest.raises(Stopped):
        desk.send()

    assert desk.requests.of(desk.visit).is_uncertain


def test_of_two_at_once_one_sends():
    desk = Desk().signed()
    made = desk.requests.made(desk.visit)
    desk.service.store.vault.add("claiming", made.id, 1, seconds=60)

    other = desk.send()

    assert (other.answer, desk.line.sent) == (None, [])


def test_an_answer_that_says_nothing_does_not_hide_what_was_said_before():
    desk = Desk(action="A4").signed()
    desk.send()
    desk.line.inquire = lambda *_: {"resourceType": "Bundle"}

    asked = desk.requests.ask(desk.visit)

    assert asked.answer.verdict is Verdict.PENDED
    assert asked.why_not
    assert asked.can_ask


def test_without_a_payer_the_request_is_made_to_be_downloaded_and_goes_nowhere():
    desk = Desk(payers=()).signed()

    made, sent = desk.requests.made(desk.visit), desk.send()

    assert made == sent
    assert (made.payer, made.can_send, desk.line.sent) == ("", False, [])
    assert made.bundle["entry"][0]["resource"]["resourceType"] == "Claim"


@pytest.mark.parametrize(
    ("covers", "name"), [((), "Plan"), (("example health plan",), "Plan"), (("other",), "")]
)
def test_the_payer_is_the_one_of_the_coverage(covers, name):
    payer = Payer(name="Plan", base=PAYER.base, client_id="c", keys=PAYER.keys, covers=covers)

    desk = Desk(payers=(payer,)).signed()

    assert desk.requests.payer(desk.visit) == name


def test_a_review_that_is_not_signed_makes_no_request():
    with pytest.raises(NotSignable):
        Desk().send()


@pytest.mark.parametrize(
    ("chart", "word"),
    [
        ((PATIENT, SIGNED_ORDER, MELANOMA, NIVOLUMAB), "Coverage"),
        ((PATIENT, SIGNED_ORDER, MELANOMA, NIVOLUMAB, COVERAGE, {**COVERAGE, "id": "cov2"}), "Coverage"),
        ((PATIENT, MELANOMA, NIVOLUMAB, COVERAGE), "order"),
    ],
    ids=["no Coverage", "two Coverages", "no order"],
)
def test_a_record_that_makes_no_request_says_why(chart, word):
    desk = Desk(*chart)
    desk.service.chart = facts(*chart)
    form = desk.service.form(desk.visit, {**COMPLETE, "product": ("Lifileucel",)}, token="t")
    work = desk.service.reviews.sign(desk.visit, form)
    assert work.signed is not None, work.errors

    with pytest.raises(NotSendable, match=word):
        desk.send()


def _amended(desk, token):
    desk.service.reviews.amend(desk.visit)
    form = desk.service.form(desk.visit, COMPLETE, token=token)
    assert desk.service.reviews.sign(desk.visit, form).signed is not None


def _identifiers(bundle):
    claims = [e["resource"] for e in bundle["entry"] if e["resource"]["resourceType"] == "Claim"]
    return [claim["identifier"][0]["value"] for claim in claims]


def test_an_amendment_takes_the_place_of_the_request_that_the_payer_has():
    desk = Desk(action="A4").signed()
    first = desk.send()
    _amended(desk, "t2")
    assert desk.requests.before(desk.visit) == first

    second = desk.send()

    claim = second.bundle["entry"][0]["resource"]
    assert _identifiers(second.bundle) == [second.id, first.id]
    assert claim["meta"]["profile"][0].endswith("profile-claim-update")
    assert second.answer.verdict is Verdict.PENDED
    cases = desk.line.payer.cases
    assert (len(cases), cases[first.id].replaced_by) == (2, second.id)


@pytest.mark.requirement("pas-2.2.1#updating-authorization-requests")
def test_a_request_that_was_denied_is_not_updated_a_new_one_is_made():
    desk = Desk(action="A3").signed()
    desk.send()
    _amended(desk, "t2")

    second = desk.send()

    assert desk.requests.before(desk.visit) is None
    assert "related" not in second.bundle["entry"][0]["resource"]


def test_an_update_that_the_payer_could_not_process_changed_nothing():
    desk = Desk(action="A4").signed()
    first = desk.send()
    _amended(desk, "t2")
    submit = desk.line.submit
    desk.line.submit = lambda *given: _failing(submit(*given))
    second = desk.send()
    desk.line.submit = submit
    _amended(desk, "t3")

    third = desk.send()

    assert (second.answer.verdict, second.can_send) == (Verdict.ERROR, True)
    assert _identifiers(third.bundle) == [third.id, first.id]


def _failing(answer):
    response = answer["entry"][0]["resource"]
    failed = {k: v for k, v in response.items() if k != "item"} | {"outcome": "error"}
    failed["error"] = [{"code": {"text": "AAA 42"}}]
    return {**answer, "entry": [{**answer["entry"][0], "resource": failed}]}


@pytest.mark.parametrize("action", ["A1", "A4"])
def test_a_request_is_cancelled_once_and_that_is_kept(action):
    desk = Desk(action=action).signed()
    held = desk.send()

    asked = [desk.requests.cancel(desk.visit) for _ in range(3)]

    assert asked[0].is_cancelled
    assert asked[0] == asked[1] == asked[2] == desk.requests.cancellation(held)
    assert _identifiers(asked[0].bundle) == [f"{held.id}.cancel", held.id]
    assert desk.requests.of(desk.visit) == held
    assert desk.line.payer.received == 2
    assert desk.trail[-2:] == ["requested", "cancelled"]
    assert desk.requests.ask(desk.visit) == held
    assert desk.line.asked == 0


@pytest.mark.parametrize(
    ("before", "after", "received"),
    [([FAILED], [], 2), ([UNCERTAIN], [], 2), ([], [UNCERTAIN], 2)],
    ids=["not there", "lost on its way", "answer lost"],
)
def test_a_cancellation_that_fails_is_tried_again_and_comes_once(before, after, received):
    desk = Desk(action="A4").signed()
    desk.send()
    desk.line.before, desk.line.after = before, after

    first, second = (desk.requests.cancel(desk.visit) for _ in range(2))

    assert (first.answer, bool(first.why_not)) == (None, True)
    assert second.is_cancelled
    assert desk.line.payer.received == received
    assert desk.line.sent[-1] == first.bundle
    assert "not-cancelled" in desk.trail


@pytest.mark.parametrize("action", ["A3", None])
def test_where_the_payer_has_nothing_nothing_is_cancelled(action):
    desk = Desk(action=action or "A1").signed()
    if action:
        desk.send()

    assert desk.requests.cancel(desk.visit) is None
    assert len(desk.line.sent) == (1 if action else 0)


def test_a_payer_that_does_not_cancel_is_not_taken_to_have_done_so():
    desk = Desk(action="A1").signed()
    held = desk.send()
    desk.line.payer.cases[held.id].error = "elsewhere"

    asked = desk.requests.cancel(desk.visit)

    assert (asked.answer.verdict, asked.is_cancelled) == (Verdict.ERROR, False)
    assert desk.trail[-1] == "not-cancelled"


def test_after_a_cancellation_the_next_version_is_a_new_request():
    desk = Desk(action="A4").signed()
    desk.send()
    _amended(desk, "t2")
    update = desk.requests.made(desk.visit)
    assert update.is_update

    desk.requests.cancel(desk.visit)

    assert desk.requests.before(desk.visit) is None
    assert not desk.requests.made(desk.visit).is_update
    assert desk.send().answer.verdict is Verdict.PENDED


def test_who_asks_about_a_request_that_was_replaced_is_told_of_the_one_in_its_place():
    desk = Desk(action="A4").signed()
    first = desk.send()
    _amended(desk, "t2")
    second = desk.send()

    told = desk.line.inquire(None, first.inquiry)

    assert told["entry"][0]["resource"]["request"]["identifier"]["value"] == second.id


def test_the_packet_goes_with_the_request():
    desk = Desk(packet=lambda _: b"%PDF-1.7 packet").signed()

    sent = desk.send()

    document = next(
        e["resource"] for e in sent.bundle["entry"] if e["resource"]["resourceType"] == "DocumentReference"
    )
    assert base64.b64decode(document["content"][0]["attachment"]["data"]) == b"%PDF-1.7 packet"


def test_without_the_packet_nothing_goes_out_and_the_next_try_has_it():
    made = [RuntimeError("Ann Example"), b"%PDF"]

    def packet(_):
        given = made.pop(0)
        if isinstance(given, Exception):
            raise given
        return given

    desk = Desk(packet=packet).signed()

    with pytest.raises(NotSendable, match="could not be made") as failed:
        desk.send()
    sent = desk.send()

    assert "Ann" not in str(failed.value)
    assert len(desk.line.sent) == 1
    assert sent.answer.verdict is Verdict.APPROVED


@pytest.mark.parametrize("is_signed", [False, True])
def test_what_stands_in_the_way_is_known_before_anything_is_sent(is_signed):
    chart = (PATIENT, {**SIGNED_ORDER, "intent": "plan", "requester": None}, MELANOMA, NIVOLUMAB, COVERAGE)
    chart = tuple({k: v for k, v in r.items() if v is not None} for r in chart)
    desk = Desk(*chart)
    desk = desk.signed() if is_signed else desk

    told = desk.requests.troubles(desk.visit)

    assert [word in text for word, text in zip(("proposal or plan", "who ordered"), told, strict=True)] == [
        True,
        True,
    ]
    assert desk.line.sent == []
    assert desk.requests.of(desk.visit) is None


class Counting:
    """Reviews that count how often one was evaluated."""

    def __init__(self, reviews):
        self._reviews, self.evaluated = reviews, 0

    def __getattr__(self, name):
        return getattr(self._reviews, name)

    def dossier(self, visit, *, review=None):
        self.evaluated += review is None
        return self._reviews.dossier(visit, review=review)


def _counted(desk):
    counting = Counting(desk.service.reviews)
    prospects = Prospects(counting, payers=Payers([PAYER]), clock=lambda: NOW, dialect=Dialect.V2_0)
    return counting, prospects


def test_the_prospect_of_a_signed_review_is_made_once_and_anew_for_each_version():
    desk = Desk(PATIENT, ORDER, MELANOMA, NIVOLUMAB, PEMBROLIZUMAB, COVERAGE).signed()
    counting, prospects = _counted(desk)

    drafted = [prospects.of(desk.visit) for _ in range(3)]
    desk.service.reviews.amend(desk.visit)
    desk.service.reviews.arrived(desk.visit, facts(*CHART))
    desk.service.reviews.sign(desk.visit, desk.service.form(desk.visit, COMPLETE, token="t2"))
    mended = [prospects.of(desk.visit) for _ in range(3)]

    assert counting.evaluated == 2
    assert (len(drafted[0][1]), len(set(drafted)), set(mended)) == (1, 1, {("Plan", ())})


def test_before_it_is_signed_the_prospect_follows_the_evaluation_at_hand():
    desk = Desk(*CHART)
    counting, prospects = _counted(desk)

    told = prospects.of(desk.visit, review=desk.service.reviews.view(desk.visit).review)

    assert (told, counting.evaluated) == (("Plan", ()), 0)


@pytest.mark.parametrize("who", ["Patient/p", "RelatedPerson/r1", "Person/x1"])
def test_who_is_not_known_to_be_a_clinician_neither_sends_nor_cancels_a_request(who):
    desk = Desk().signed()
    desk.send()
    desk.visit = replace(desk.visit, user=who)

    for ask in (desk.requests.send, desk.requests.cancel):
        with pytest.raises(NotSendable, match="Only a clinician"):
            ask(desk.visit)

    assert len(desk.line.sent) == 1


def test_an_amendment_of_what_was_never_sent_is_a_first_request():
    desk = Desk().signed()
    desk.requests.made(desk.visit)
    desk.service.reviews.amend(desk.visit)
    desk.service.reviews.sign(desk.visit, desk.service.form(desk.visit, COMPLETE, token="t2"))

    assert "related" not in desk.send().bundle["entry"][0]["resource"]


def test_a_request_whose_payer_is_not_registered_any_more_can_still_be_downloaded():
    desk = Desk(action="A4").signed()
    desk.send()
    later = Desk(payers=())
    requests = Requests(
        desk.service.reviews,
        desk.service.store.vault,
        payers=Payers(),
        exchange=lambda: later.line,
        clock=lambda: NOW,
        dialect=Dialect.V2_0,
    )

    with pytest.raises(NotSendable, match="not registered"):
        requests.ask(desk.visit)

    assert requests.made(desk.visit).bundle == desk.line.sent[0]


def test_what_is_kept_can_be_read_by_nobody_who_reads_the_database(tmp_path):
    url = f"sqlite:///{tmp_path / 'claims.sqlite3'}"
    desk = Desk().signed()
    store = Store(url, clock=lambda: NOW)
    store.vault.put("claim", "x", desk.requests.made(desk.visit).bundle)
    store.close()

    held = (tmp_path / "claims.sqlite3").read_bytes()
    assert b"Claim" not in held
    assert ISS.encode() not in held
