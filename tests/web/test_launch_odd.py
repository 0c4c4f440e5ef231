"""Whatever an EHR or a browser sends, a launch ends in the review or in a page that says why not."""

import json

import pytest
from fakes_launch import URL, Browser, service
from fakes_smart import KEY, signed, smart_ehr
from flask import Response
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from smartapp.ehrs import Ehr

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text(max_size=8)
    | st.sampled_from(
        ["https://[", "//x", "\x00", "http://127.0.0.1:99999/", "é", "%zz", "../..", "a b&c=d"]
    ),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=4), inner, max_size=2),
    max_leaves=4,
)
ODDLY = settings(
    max_examples=40,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


@pytest.fixture(scope="module")
def fake():
    with smart_ehr() as fake:
        yield fake


@pytest.fixture(autouse=True)
def reset(fake):
    yield
    clear(fake)


def clear(fake):
    fake.metadata, fake.claims, fake.token, fake.callback, fake.answers = {}, {}, {}, {}, {}
    fake.sign = None


def ehr(fake):
    return Ehr(name="General Hospital", iss=fake.iss, client_id="app")


@pytest.fixture(scope="module")
def known(fake):
    """A service that knows the EHR already: its configuration and keys are remembered."""
    made = service(ehr(fake), seconds=3, most=100_000)
    assert Browser(made).launch(fake.iss).status == 200
    yield made
    made.store.close()


def ends_well(fake, known=None):
    made = known or service(ehr(fake), seconds=3)
    page = Browser(made).launch(fake.iss)
    if known is None:
        made.store.close()
    if page.url.startswith(URL):  # else an odd address led the browser to another page of the EHR
        assert page.status in {200, 400, 403, 502}
        assert page.status == 200 or "<h1" in page.text
    clear(fake)


CONFIGURATION = [
    "issuer",
    "jwks_uri",
    "authorization_endpoint",
    "token_endpoint",
    "capabilities",
    "scopes_supported",
]
TOKEN = [
    "access_token",
    "token_type",
    "expires_in",
    "scope",
    "patient",
    "encounter",
    "fhirContext",
    "id_token",
    "refresh_token",
    "need_patient_banner",
    "error",
    "expires_at",
]
CLAIMS = ["iss", "sub", "aud", "iat", "exp", "nbf", "nonce", "azp", "at_hash", "fhirUser", "profile", "name"]


@ODDLY
@given(st.sampled_from(CONFIGURATION), JSON)
def test_odd_configurations(fake, name, value):
    fake.metadata = {name: value}

    ends_well(fake)


@ODDLY
@given(st.sampled_from(TOKEN), JSON)
def test_odd_token_responses(fake, known, name, value):
    fake.token = {name: value}

    ends_well(fake, known)


@ODDLY
@given(st.sampled_from(CLAIMS), JSON)
def test_odd_claims(fake, known, name, value):
    fake.claims = {name: value}

    ends_well(fake, known)


@ODDLY
@given(JSON | st.builds(lambda keys: {"keys": keys}, st.lists(JSON, max_size=2)))
def test_odd_keys(fake, given_keys):
    fake.answers["/auth/jwks"] = lambda: Response(json.dumps(given_keys), mimetype="application/json")

    ends_well(fake)


@ODDLY
@given(st.sampled_from(["kty", "kid", "n", "e", "use", "alg", "key_ops"]), JSON)
def test_keys_with_one_odd_member(fake, name, value):
    key = {**KEY.as_dict(private=False), name: value}
    fake.answers["/auth/jwks"] = lambda: Response(json.dumps({"keys": [key]}), mimetype="application/json")

    ends_well(fake)


@ODDLY
@given(st.binary(max_size=40) | st.text(max_size=40).map(str.encode))
def test_odd_bytes_as_id_token(fake, known, content):
    fake.sign = lambda claims: f"{signed(claims).rsplit('.', 1)[0]}.{content.decode('latin-1')}"

    ends_well(fake, known)


@ODDLY
@given(st.sampled_from(["code", "state", "iss", "error"]), st.text(max_size=20))
def test_odd_callbacks(fake, known, name, value):
    fake.callback = {name: value}

    ends_well(fake, known)


@ODDLY
@given(st.text(max_size=20), st.text(max_size=20))
def test_odd_launches(fake, known, iss, launch):
    pages = [Browser(known).launch(iss or "x", launch), Browser(known).launch(fake.iss, launch)]

    assert (pages[0].status, pages[1].status) == (403, 200)
