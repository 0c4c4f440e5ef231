"""The keys of callers: only from the address that is registered, remembered, and not asked for at will."""

import pytest
from fakes_ehr import Reply, serving
from joserfc.jwk import ECKey, KeySet

from smartapp.ehrs.clients import Client
from smartapp.errors import EhrFault
from smartapp.sources.callers import CallerKeys
from smartapp.sources.smart.network import Network

JKU = "https://ehr.example/jwks.json"
ONE = ECKey.generate_key("P-384", {"kid": "one"})
TWO = ECKey.generate_key("P-384", {"kid": "two"})
CLIENT = Client(name="General", iss="https://ehr.example", jku=JKU)


class Published:
    """What is at the address, and how often it was read."""

    def __init__(self, *keys):
        self.keys, self.asked, self.works = list(keys), [], True

    def read(self, url, *, what):
        self.asked.append(url)
        if not self.works:
            raise EhrFault(what)
        return {"keys": [key.as_dict(private=False) for key in self.keys]}


class Clock:
    def __init__(self):
        self.now = 1000.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


def _names(keys):
    return [key.kid for key in keys.keys]


def test_keys_are_read_once_and_remembered(clock):
    published = Published(ONE)
    keys = CallerKeys(published, clock=clock)

    found = [_names(keys.of(CLIENT, "one")) for _ in range(3)]

    assert (found, published.asked) == ([["one"]] * 3, [JKU])


def test_for_an_unknown_key_they_are_read_again_once_a_minute_at_most(clock):
    published = Published(ONE)
    keys = CallerKeys(published, clock=clock)
    keys.of(CLIENT, "one")

    counts = []
    for clock.now in (1010, 1061, 1062, 1100, 1122):
        keys.of(CLIENT, "made-up")
        counts.append(len(published.asked))

    assert counts == [1, 2, 2, 2, 3]


def test_a_new_key_is_found(clock):
    published = Published(ONE)
    keys = CallerKeys(published, clock=clock)
    keys.of(CLIENT, "one")

    published.keys, clock.now = [ONE, TWO], 1061

    assert _names(keys.of(CLIENT, "two")) == ["one", "two"]


def test_a_withdrawn_key_is_forgotten_after_ten_minutes(clock):
    published = Published(ONE)
    keys = CallerKeys(published, clock=clock)
    keys.of(CLIENT, "one")

    published.keys, clock.now = [TWO], 1601

    assert _names(keys.of(CLIENT, "one")) == ["two"]


def test_while_the_address_fails_the_known_keys_are_used(clock):
    published = Published(ONE)
    keys = CallerKeys(published, clock=clock)
    keys.of(CLIENT, "one")

    published.works, clock.now = False, 1700

    assert [_names(keys.of(CLIENT, "one")) for _ in range(2)] == [["one"]] * 2
    assert len(published.asked) == 2


def test_keys_that_were_handed_over_are_never_fetched(clock):
    published = Published(TWO)
    client = Client(name="General", iss="i", jku=JKU, keys=KeySet([ONE]))

    assert _names(CallerKeys(published, clock=clock).of(client, "two")) == ["one"]
    assert published.asked == []


def test_only_keys_for_the_two_algorithms_are_taken(clock):
    published = Published(ONE, ECKey.generate_key("P-256", {"kid": "p256"}), Secret())

    assert _names(CallerKeys(published, clock=clock).of(CLIENT, "one")) == ["one"]


class Secret:
    """A symmetric key that was published, which nobody should."""

    def as_dict(self, **_):
        return {"kty": "oct", "kid": "oct", "k": "c2VjcmV0"}


def test_a_redirect_is_not_followed():
    keys = {"keys": [ONE.as_dict(private=False)]}
    with serving() as other, serving() as here:
        other.says("jwks", Reply(body=keys))
        here.says("direct", Reply(body=keys))
        here.says("jwks", Reply(status=302, headers={"Location": f"{other.base}/jwks"}))
        found = [
            _names(
                CallerKeys(Network(seconds=2)).of(Client(name="n", iss="i", jku=f"{here.base}/{name}"), "one")
            )
            for name in ("direct", "jwks")
        ]

    assert found == [["one"], []]
    assert other.asked == []
