"""The token endpoint of the practice EHR: context, id_token, refresh, and every way to be refused."""

import re
from datetime import UTC, datetime, timedelta

import pytest
import requests
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet, RSAKey
from sandbox.app import CALLBACK, SCOPE, App, assertion, public

from smartapp.sandbox import Client, running
from smartapp.sandbox.auth.context import Context

TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
KEY = ECKey.generate_key("P-384", {"kid": "one"})
RSA = RSAKey.generate_key(2048, {"kid": "two"})
ANOTHER = ECKey.generate_key("P-384", {"kid": "one"})


def test_the_token_tells_what_the_launch_is_about(app: App):
    token = app.token("quillmere", order="MedicationRequest/an-order")

    assert {name: token[name] for name in token.keys() - {"access_token", "refresh_token", "id_token"}} == {
        "token_type": "Bearer",
        "expires_in": 3600,
        "scope": SCOPE,
        "patient": "quillmere",
        "encounter": "quillmere-visit",
        "fhirContext": [
            {"reference": "MedicationRequest/an-order"},
            {"reference": "Coverage/quillmere-coverage"},
        ],
        "need_patient_banner": True,
        "tenant": "practice",
    }


@pytest.mark.requirement("cds-hooks-2.0.1#link")
def test_what_the_link_of_a_card_carried_comes_with_the_token(app: App):
    context = Context(user="hale", patient="quillmere", app_context="opaque", framed=True, intent="review")
    answer = app.authorize(app.ehr.practice.memory.launch(context))

    token = app.exchange(re.search("code=([^&]+)", answer.headers["Location"])[1]).json()

    told = ("appContext", "intent", "need_patient_banner", "patient")
    assert [token[name] for name in told] == ["opaque", "review", False, "quillmere"]
    assert "encounter" not in token


@pytest.mark.requirement("SMART App Launch 2.2 scopes-and-launch-context#scopes-for-requesting-identity-data")
def test_the_id_token_says_who_it_is_and_is_signed_with_a_published_key(app: App):
    token = app.token(user="brook")
    configuration = requests.get(f"{app.ehr.iss}/.well-known/smart-configuration", timeout=10).json()
    keys = KeySet.import_key_set(requests.get(configuration["jwks_uri"], timeout=10).json())

    told = jwt.decode(token["id_token"], keys, algorithms=["RS256"])

    assert told.header["alg"] == "RS256"
    assert {name: told.claims[name] for name in ("iss", "aud", "sub", "nonce", "fhirUser")} == {
        "iss": configuration["issuer"],
        "aud": ["public"],
        "sub": "brook",
        "nonce": "a-nonce",
        "fhirUser": f"{app.ehr.iss}/Practitioner/brook",
    }


def test_without_openid_there_is_no_id_token_and_without_launch_no_patient(app: App):
    code = app.code(scope="patient/*.rs")

    token = app.exchange(code).json()

    assert token.keys() == {"access_token", "token_type", "expires_in", "scope"}


def test_only_online_or_offline_access_can_be_refreshed(app: App):
    assert "refresh_token" not in app.token(scope="launch patient/*.rs")
    assert "refresh_token" in app.token(scope="launch patient/*.rs offline_access")


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({"code_verifier": "w" * 43}, "invalid_grant"),
        ({"code_verifier": None}, "invalid_request"),
        ({"code": "guessed"}, "invalid_grant"),
        ({"code": None}, "invalid_request"),
        ({"redirect_uri": f"{CALLBACK}/"}, "invalid_grant"),
        ({"redirect_uri": None}, "invalid_grant"),
        ({"grant_type": "password"}, "unsupported_grant_type"),
        ({"client_id": "nobody"}, "invalid_client"),
        ({"client_id": None}, "invalid_client"),
    ],
)
def test_a_wrong_exchange_gives_no_token(app: App, changed, error):
    answer = app.exchange(**{"code": app.code(), **changed})

    assert answer.status_code in (400, 401)
    assert answer.json()["error"] == error
    assert "access_token" not in answer.json()


@pytest.mark.requirement("RFC 7009")
@pytest.mark.parametrize("kind", ["access_token", "refresh_token"])
def test_a_revoked_token_is_worth_nothing_any_more(app: App, kind):
    token = app.token()

    answer = requests.post(
        f"{app.ehr.url}/auth/revoke", {"client_id": "public", "token": token[kind]}, timeout=10
    )

    assert answer.status_code == 200
    assert app.ehr.practice.memory.token(token["access_token"]) is None
    assert app.refresh(token["refresh_token"]).json()["error"] == "invalid_grant"


def test_what_is_anothers_or_unknown_is_not_revoked(app: App):
    token = app.token()
    app.ehr.register(public("other"))

    anothers, unknown = (
        requests.post(f"{app.ehr.url}/auth/revoke", {"client_id": "other", "token": name}, timeout=10)
        for name in (token["access_token"], "guessed")
    )

    assert (anothers.json()["error"], unknown.status_code) == ("invalid_grant", 200)
    assert app.ehr.practice.memory.token(token["access_token"]) is not None


@pytest.mark.requirement("RFC 6749 section 4.1.2")
def test_a_code_is_good_once_and_using_it_again_takes_its_tokens_back(app: App):
    code = app.code()
    first = app.exchange(code).json()

    again = app.exchange(code)

    assert (again.status_code, again.json()["error"]) == (400, "invalid_grant")
    assert app.ehr.practice.memory.token(first["access_token"]) is None
    assert app.refresh(first["refresh_token"]).json()["error"] == "invalid_grant"


def test_a_code_of_one_app_is_worth_nothing_to_another(app: App):
    code = app.code()
    app.ehr.register(public("other"))

    assert app.exchange(code, client_id="other").json()["error"] == "invalid_grant"


def test_a_refresh_token_is_good_once_and_keeps_patient_and_scope(app: App):
    token = app.token()

    fresh = app.refresh(token["refresh_token"])
    late = app.refresh(token["refresh_token"])

    assert (fresh.json()["patient"], fresh.json()["scope"]) == ("quillmere", SCOPE)
    assert fresh.json()["refresh_token"] != token["refresh_token"]
    assert late.json()["error"] == "invalid_grant"
    assert app.ehr.practice.memory.token(token["access_token"]) is None


def test_a_refresh_may_ask_for_less_and_not_for_more(app: App):
    token = app.token()

    more = app.refresh(token["refresh_token"], scope=f"{SCOPE} user/*.cruds")
    less = app.refresh(token["refresh_token"], scope="launch patient/*.rs online_access")

    assert more.json()["error"] == "invalid_scope"
    assert less.json()["scope"] == "launch patient/*.rs online_access"


def test_a_symmetric_app_proves_itself_with_its_secret(ehr):
    client = Client(
        client_id="symmetric",
        name="S",
        redirect_uris=(CALLBACK,),
        auth="client_secret_basic",
        secret="a-secret",
    )
    app = App(ehr, client)

    answers = [
        app.exchange(app.code(), auth=auth, **changed)
        for auth, changed in (
            (("symmetric", "a-secret"), {}),
            (("symmetric", "wrong"), {}),
            (None, {"client_id": "symmetric"}),
            (None, {"client_id": "symmetric", "client_secret": "a-secret"}),
        )
    ]

    assert [answer.status_code for answer in answers] == [200, 401, 401, 401]


@pytest.fixture
def asymmetric(ehr) -> App:
    keys = KeySet([KEY, RSA]).as_dict(private=False)
    client = Client(
        client_id="asymmetric", name="A", redirect_uris=(CALLBACK,), auth="private_key_jwt", jwks=keys
    )
    return App(ehr, client)


def _exchanged(app: App, signed: str, **changed: str) -> requests.Response:
    return app.exchange(app.code(), client_assertion_type=TYPE, client_assertion=signed, **changed)


@pytest.mark.requirement("SMART App Launch 2.2 client-confidential-asymmetric")
@pytest.mark.parametrize(("key", "alg"), [(KEY, "ES384"), (RSA, "RS384")])
def test_an_asymmetric_app_proves_itself_with_either_algorithm(asymmetric: App, key, alg):
    signed = assertion("asymmetric", key, aud=f"{asymmetric.ehr.url}/auth/token", header={"alg": alg})

    answer = _exchanged(asymmetric, signed)

    assert answer.status_code == 200
    assert answer.json()["patient"] == "quillmere"


@pytest.mark.requirement("SMART App Launch 2.2 client-confidential-asymmetric")
@pytest.mark.parametrize(
    ("key", "changed"),
    [
        (ANOTHER, {}),
        (KEY, {"header": {"kid": None}}),
        (KEY, {"header": {"kid": "unknown"}}),
        (KEY, {"header": {"typ": "JOSE"}}),
        (KEY, {"aud": "https://another.example/token"}),
        (KEY, {"iss": "somebody-else"}),
        (KEY, {"sub": "somebody-else"}),
        (KEY, {"sub": ["asymmetric"]}),
        (KEY, {"jti": None}),
        (KEY, {"exp": 1}),
        (KEY, {"exp": 4102444800}),
        (KEY, {"exp": None}),
    ],
)
def test_an_assertion_that_is_not_good_is_refused(asymmetric: App, key, changed):
    given = {"aud": f"{asymmetric.ehr.url}/auth/token"} | changed

    answer = _exchanged(asymmetric, assertion("asymmetric", key, **given))

    assert answer.status_code in (400, 401)
    assert answer.json()["error"] == "invalid_client"


def test_an_assertion_is_good_once(asymmetric: App):
    signed = assertion("asymmetric", KEY, aud=f"{asymmetric.ehr.url}/auth/token")

    first, again = _exchanged(asymmetric, signed), _exchanged(asymmetric, signed)

    assert (first.status_code, again.json()["error"]) == (200, "invalid_client")


def test_nonsense_for_an_assertion_is_refused(asymmetric: App):
    for nonsense in ("", "a.b.c", "x"):
        assert _exchanged(asymmetric, nonsense).json()["error"] == "invalid_client"


def test_codes_and_launches_do_not_live_long():
    times = [datetime(2026, 11, 24, 12, tzinfo=UTC)]
    with running(clock=lambda: times[0]) as ehr:
        app = App(ehr, public())
        launch, code = app.launched(), app.code()

        times[0] += timedelta(minutes=2)
        exchanged = app.exchange(code)
        times[0] += timedelta(minutes=10)
        authorized = app.authorize(launch)

    assert exchanged.json()["error"] == "invalid_grant"
    assert "error=invalid_request" in authorized.headers["Location"]
