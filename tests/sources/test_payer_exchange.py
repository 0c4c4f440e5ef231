"""A request on its way to a payer: whether it surely did not arrive, or perhaps did, is told apart."""

import time
from datetime import UTC, datetime, timedelta

import pytest
from fakes_ehr import Reply, serving
from joserfc.jwk import ECKey, KeySet

from smartapp.ehrs.payers import Payer
from smartapp.errors import NotWritten, Obstacle
from smartapp.sandbox import Client, running
from smartapp.sources.payer.access import PayerAccess
from smartapp.sources.payer.exchange import PayerExchange
from smartapp.sources.smart.network import Network

KEYS = KeySet([ECKey.generate_key("P-384", {"kid": "app-1"})])
BUNDLE = {"resourceType": "Bundle"}
OUTCOME = {
    "resourceType": "OperationOutcome",
    "issue": [{"severity": "error", "code": "invalid", "details": {"text": "The member is not known."}}],
}


class Access:
    def __init__(self, *tokens):
        self.tokens, self.refused = list(tokens) or ["one"], []

    def token(self, _payer, *, refused=None):
        if refused:
            self.refused.append(refused)
            self.tokens.pop(0)
        return self.tokens[0]


def _payer(base, **more):
    return Payer(**{"name": "Plan", "base": base, "client_id": "c", "keys": KEYS, **more})


def _exchange(*tokens, seconds=2):
    return PayerExchange(access=Access(*tokens), network=Network(seconds=seconds))


def _refused(payer_says, **options):
    with serving() as payer:
        payer.says("POST Claim/$submit", *payer_says)
        with pytest.raises(NotWritten) as caught:
            _exchange("one", "two", **options).submit(_payer(payer.base), BUNDLE)
        return caught.value.obstacle, str(caught.value), len(payer.sent)


def test_an_answer_is_given_as_it_came():
    with serving() as payer:
        payer.says("POST Claim/$submit", Reply(body={"resourceType": "Bundle", "id": "x"}))

        given = _exchange().submit(_payer(payer.base), BUNDLE)

        ((verb, path, headers, body),) = payer.sent
    assert given == {"resourceType": "Bundle", "id": "x"}
    assert (verb, path, body) == ("POST", "Claim/$submit", BUNDLE)
    assert headers["Authorization"] == "Bearer one"
    assert headers["Content-Type"] == "application/fhir+json"


@pytest.mark.parametrize(
    ("reply", "obstacle", "said"),
    [
        (Reply(status=400, body=OUTCOME), Obstacle.REFUSED, "The member is not known."),
        (Reply(status=422, body=b"<html>"), Obstacle.REFUSED, "status 422"),
        (Reply(status=403, body=OUTCOME), Obstacle.NOT_GRANTED, "does not let"),
        (Reply(status=429), Obstacle.FAILED, "tried again"),
        (Reply(status=503), Obstacle.FAILED, "tried again"),
        (Reply(status=500), Obstacle.UNCERTAIN, "may have"),
        (Reply(status=502, body=b"<html>"), Obstacle.UNCERTAIN, "may have"),
        (Reply(body=b"<html>"), Obstacle.UNCERTAIN, "may have"),
        (Reply(body=[1]), Obstacle.UNCERTAIN, "may have"),
        (Reply(body={"x": "y" * 50}, cut=20), Obstacle.UNCERTAIN, "may have"),
        (Reply(status=307, headers={"Location": "http://127.0.0.1:1/"}), Obstacle.FAILED, "elsewhere"),
    ],
    ids=str,
)
def test_each_failure_says_whether_the_request_may_have_arrived(reply, obstacle, said):
    found, text, _ = _refused([reply])

    assert (found, said in text) == (obstacle, True)


def test_a_payer_that_is_silent_may_have_got_it():
    began = time.monotonic()

    obstacle, _, _ = _refused([Reply(after=30)], seconds=0.3)

    assert obstacle is Obstacle.UNCERTAIN
    assert time.monotonic() - began < 10


def test_a_payer_that_is_not_there_did_not_get_it():
    with serving() as payer:
        base = payer.base
    with pytest.raises(NotWritten) as caught:
        _exchange().submit(_payer(base), BUNDLE)

    assert caught.value.obstacle is Obstacle.FAILED


def test_a_token_that_is_refused_is_renewed_once_and_not_again():
    with serving() as payer:
        payer.says("POST Claim/$submit", Reply(status=401), Reply(body=BUNDLE))
        given = _exchange("one", "two").submit(_payer(payer.base), BUNDLE)
        tokens = [headers["Authorization"] for _, _, headers, _ in payer.sent]
    obstacle, _, tries = _refused([Reply(status=401)])

    assert (given, tokens) == (BUNDLE, ["Bearer one", "Bearer two"])
    assert (obstacle, tries) == (Obstacle.NOT_GRANTED, 2)


@pytest.fixture(scope="module")
def ahead():
    """How many seconds the clocks of both sides are ahead."""
    return [0.0]


@pytest.fixture(scope="module")
def practice(ahead):
    with running(clock=lambda: datetime.now(UTC) + timedelta(seconds=ahead[0])) as practice:
        client = Client(
            client_id="c",
            name="App",
            redirect_uris=("https://app.example/cb",),
            jwks=KEYS.as_dict(private=False),
        )
        practice.register(client)
        yield practice


def _access(**clock):
    return PayerAccess(Network(seconds=5), clock=clock.get("clock", time.time))


def test_a_token_is_asked_for_with_a_signed_assertion_and_kept_while_it_is_good(practice, ahead):
    access, payer = _access(clock=lambda: time.time() + ahead[0]), _payer(f"{practice.url}/payer/fhir")

    first, second = access.token(payer), access.token(payer)
    third = access.token(payer, refused=second)
    fourth = access.token(payer, refused="an older one")
    ahead[0] = 290
    fifth = access.token(payer)
    ahead[0] = 0

    assert first == second
    assert len({first, third, fifth}) == 3
    assert fourth == third


@pytest.mark.parametrize(
    ("change", "obstacle"),
    [
        ({"client_id": "stranger"}, Obstacle.NOT_GRANTED),
        ({"keys": KeySet([ECKey.generate_key("P-384", {"kid": "app-1"})])}, Obstacle.NOT_GRANTED),
        ({"token_endpoint": "https://elsewhere.example/token"}, Obstacle.FAILED),
        ({"base": "http://127.0.0.1:1/fhir"}, Obstacle.FAILED),
    ],
    ids=["a stranger", "another key", "a token endpoint of somebody else", "nobody there"],
)
def test_without_a_token_nothing_is_sent_and_it_is_said_why(practice, change, obstacle):
    payer = _payer(**{"base": f"{practice.url}/payer/fhir", **change})

    with pytest.raises(NotWritten) as caught:
        _access().token(payer)

    assert caught.value.obstacle is obstacle
