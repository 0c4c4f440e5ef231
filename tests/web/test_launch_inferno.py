"""What Inferno's SMART client suite asserts, restated: public, symmetric and asymmetric clients.

Source of the assertions: smart_client_stu2_2 of inferno-framework/smart-app-launch-test-kit; its test ids are
the requirements below.
"""

from base64 import urlsafe_b64encode
from hashlib import sha256
from urllib.parse import urlsplit

import pytest
from fakes_launch import URL, Browser, service
from fakes_smart import APP_KEYS, basic
from joserfc import jws, jwt
from joserfc.jwk import KeySet, RSAKey

from smartapp.ehrs import Ehr
from smartapp.ehrs.keys import algorithm, published

RSA_KEYS = KeySet([RSAKey.generate_key(2048, {"kid": "app-2"})])
CLIENTS = {
    "alp": {"client_id": "app-public", "auth": "public"},
    "alcs": {"client_id": "app-symmetric", "auth": "symmetric", "secret": "s3cret/with:odd+letters"},
    "alca": {"client_id": "app-asymmetric", "auth": "asymmetric", "keys": APP_KEYS},
}
KINDS = pytest.mark.parametrize("kind", CLIENTS)


def launched(fake, kind, *, times=1, launch_id="launch-1", **more):
    """The service after launches that went through, with a token that was then refreshed."""
    fake.token = {"refresh_token": "refresh-1"}
    made = service(Ehr(name="Inferno", iss=fake.iss, **{**CLIENTS[kind], **more}))
    for _ in range(times):
        page = Browser(made).launch(fake.iss, launch_id)
        assert (page.status, page.text.split()[0]) == (200, "p1")
    return made


@KINDS
@pytest.mark.parametrize("launch_id", ["launch-1", None], ids=["ehr", "standalone"])
@pytest.mark.requirement("inferno#smart_client_authorization_request_verification")
def test_every_authorization_request_is_complete_and_exact(fake, kind, launch_id):
    launched(fake, kind, times=2, launch_id=launch_id)

    for asked in fake.authorizations:
        assert asked["response_type"] == "code"
        assert asked["client_id"] == CLIENTS[kind]["client_id"]
        assert asked["redirect_uri"] == f"{URL}/callback"
        assert asked.get("launch") == launch_id
        assert len(asked["state"]) >= 43
        assert asked["aud"] == fake.iss
        assert len(asked["code_challenge"]) == 43
        assert asked["code_challenge_method"] == "S256"
        assert asked["scope"].split()[0] == ("launch" if launch_id else "launch/patient")
    for once in ("state", "nonce", "code_challenge"):
        assert len({asked[once] for asked in fake.authorizations}) == 2


@KINDS
@pytest.mark.requirement("inferno#smart_client_token_request_verification")
def test_every_token_request_brings_the_code_its_redirect_uri_and_the_verifier_of_the_challenge(fake, kind):
    launched(fake, kind)

    (form, _), asked = fake.tokens[0], fake.authorizations[0]
    challenge = urlsafe_b64encode(sha256(form["code_verifier"].encode()).digest()).rstrip(b"=").decode()
    assert form["grant_type"] == "authorization_code"
    assert form["redirect_uri"] == asked["redirect_uri"]
    assert challenge == asked["code_challenge"]
    assert form.get("client_id") == (CLIENTS[kind]["client_id"] if kind == "alp" else None)


@KINDS
@pytest.mark.requirement("inferno#smart_client_token_request_verification")
def test_a_refresh_brings_the_refresh_token_that_was_issued_and_the_same_proof(fake, kind):
    made = launched(fake, kind)

    token = made.access(made.opened[0]).refresh()

    form, headers = fake.tokens[1]
    assert (form["grant_type"], form["refresh_token"]) == ("refresh_token", "refresh-1")
    assert {token} == fake.good
    assert ("client_assertion" in form, "Authorization" in headers, "client_id" in form) == (
        kind == "alca",
        kind == "alcs",
        kind == "alp",
    )


@pytest.mark.requirement("inferno#smart_client_token_request_alcs_verification")
def test_a_symmetric_client_sends_basic_of_its_id_and_secret_as_they_are(fake):
    launched(fake, "alcs")

    _, headers = fake.tokens[0]
    assert basic(headers["Authorization"]) == "app-symmetric:s3cret/with:odd+letters"


@pytest.mark.requirement("inferno#smart_client_token_request_alca_verification")
@pytest.mark.parametrize(("own", "alg"), [(APP_KEYS, "ES384"), (RSA_KEYS, "RS384")], ids=["EC", "RSA"])
def test_an_asymmetric_client_signs_an_assertion_that_names_its_key_and_is_used_once(fake, own, alg):
    made = launched(fake, "alca", keys=own, alg=algorithm(own))
    made.access(made.opened[0]).refresh()

    forms = [form for form, _ in fake.tokens]
    keys = KeySet.import_key_set(published([own]))
    tokens = [jwt.decode(form["client_assertion"], keys, algorithms=[alg]) for form in forms]
    headers = [jws.extract_compact(form["client_assertion"].encode()).headers() for form in forms]
    for form, token, header in zip(forms, tokens, headers, strict=True):
        assert form["client_assertion_type"] == "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
        assert header == {"alg": alg, "kid": own.keys[0].kid, "typ": "JWT"}
        assert token.claims["iss"] == token.claims["sub"] == "app-asymmetric"
        assert token.claims["aud"] == f"{fake.issuer}/token"
        assert 0 < token.claims["exp"] - token.claims["iat"] <= 300
    assert len({token.claims["jti"] for token in tokens}) == len(tokens)


@KINDS
@pytest.mark.requirement("inferno#smart_client_token_use_verification")
def test_the_token_that_was_issued_is_used_as_a_bearer(fake, kind):
    launched(fake, kind)

    used = {headers["Authorization"].removeprefix("Bearer ") for headers in fake.reads}
    assert used == fake.good


@KINDS
@pytest.mark.requirement(
    "inferno#smart_client_registration_alp_verification",
    "inferno#smart_client_registration_alcs_verification",
    "inferno#smart_client_registration_alca_verification",
)
def test_the_addresses_to_register_are_https_and_answer(fake, kind):
    made = launched(fake, kind)

    launch = Browser(made).open(f"{URL}/launch.html")

    assert made.desk.redirect_uri == f"{URL}/callback"
    assert [urlsplit(address).scheme for address in (URL, made.desk.redirect_uri)] == ["https", "https"]
    assert launch.status == 200


@pytest.mark.requirement("inferno#smart_client_registration_alca_verification")
def test_the_published_keys_are_usable_and_hold_nothing_private(fake):
    made = launched(fake, "alca")

    answer = made.app.test_client().get("/.well-known/jwks.json")

    assert answer.headers["Cache-Control"] == "public, max-age=3600"
    (key,) = answer.json["keys"]
    assert key.keys() == {"kty", "crv", "x", "y", "kid", "use", "alg", "key_ops"}
    assert (key["kid"], key["alg"], key["use"]) == ("app-1", "ES384", "sig")


@pytest.mark.requirement("inferno#mock_smart_server")
def test_a_server_without_jwks_uri_nonce_and_refresh_token_is_served_when_the_flag_says_so(fake):
    fake.metadata, fake.claims = {"jwks_uri": None}, {"nonce": None}
    made = service(Ehr(name="Inferno", iss=fake.iss, client_id="app", nonce_optional=True))

    page = Browser(made).launch(fake.iss)

    assert page.status == 200
    assert made.opened[0].user == "Practitioner/dr1"
