"""Which signed tokens are believed: davinci.md 1.7, CDS Hooks 2.0.1 "Trusting CDS Clients"."""

import base64
import itertools
import json
import time

import pytest
from fakes_callers import EC, ISS, RSA, SERVER, SIGN, STRANGER, URL, application, bearer, now, token
from fakes_ehr import Reply, serving
from joserfc import jwt
from joserfc.jwk import KeySet, OctKey
from web.callers.test_trail import CALL

HOOK = "/cds-services/til-order-sign"


@pytest.fixture
def client(tmp_path):
    return application(tmp_path).test_client()


def _called(client, text, path=HOOK):
    return client.post(path, json={}, headers=bearer(text) if text else {})


@pytest.mark.requirement("cds-hooks-2.0.1#trusting-cds-clients")
@pytest.mark.parametrize(
    ("key", "head"), [(EC, {}), (RSA, {"alg": "RS384", "kid": "rsa-1"})], ids=["ES384", "RS384"]
)
def test_a_good_token_lets_a_call_in(client, key, head):
    answer = _called(client, token(key, head=head))

    assert answer.status_code == 400  # let in, and then found to be no hook


def test_aud_may_be_one_of_several(client):
    assert _called(client, token(aud=["https://other.example", SIGN])).status_code == 400


def test_discovery_needs_a_token_for_its_own_address(client):
    own = client.get("/cds-services", headers=bearer(token(aud=f"{URL}/cds-services")))
    other = client.get("/cds-services", headers=bearer(token()))

    assert (own.status_code, other.status_code) == (200, 401)


def _unsigned(alg, **changed):
    parts = [{"alg": alg, "typ": "JWT", "kid": "ec-1"}, json.loads(_payload(token(**changed)))]
    text = [base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode() for part in parts]
    return ".".join((*text, ""))


def _payload(text):
    part = text.split(".")[1]
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


def _symmetric():
    secret = OctKey.import_key(json.dumps(EC.as_dict(private=False)))
    claims = json.loads(_payload(token()))
    return jwt.encode({"alg": "HS384", "typ": "JWT", "kid": "ec-1"}, claims, secret, algorithms=["HS384"])


def _raw(*parts):
    text = [base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode() for part in parts]
    return ".".join((*text, "AAAA"))


WRONG = {
    "no signature": lambda: _unsigned("none"),
    "no signature, in other letters": lambda: _unsigned("nOnE"),
    "a public key as the secret of an HMAC": _symmetric,
    "an unknown issuer": lambda: token(iss="https://evil.example"),
    "the issuer with a slash more": lambda: token(iss=f"{ISS}/"),
    "another's key under a known name": lambda: token(STRANGER),
    "an unknown key": lambda: token(head={"kid": "ec-2"}),
    "a name that is a path": lambda: token(head={"kid": "../../dev/null"}),
    "no name of a key": lambda: token(head={"kid": None}),
    "no type": lambda: token(head={"typ": ""}),
    "another type": lambda: token(head={"typ": "at+jwt"}),
    "a jku that is not registered": lambda: token(head={"jku": "https://evil.example/jwks.json"}),
    "a weaker algorithm of the family": lambda: token(RSA, head={"alg": "RS256", "kid": "rsa-1"}),
    "the address of another service": lambda: token(aud=f"{URL}/cds-services/til-order-select"),
    "only the base address": lambda: token(aud=URL),
    "no audience": lambda: token(aud=None),
    "expired": lambda: token(iat=now() - 300, exp=now() - 60),
    "from the future": lambda: token(iat=now() + 120, exp=now() + 240),
    "not yet valid": lambda: token(nbf=now() + 120),
    "too long a life": lambda: token(exp=now() + 900),
    "too long a life, said to be short": lambda: token(iat=now() + 20, exp=now() + 340),
    "no end": lambda: token(exp=None),
    "no beginning": lambda: token(iat=None),
    "no jti": lambda: token(jti=None),
    "an empty jti": lambda: token(jti=""),
    "a jti that is no text": lambda: token(jti=5),
    "an end that is text": lambda: _raw(
        {"alg": "ES384", "typ": "JWT", "kid": "ec-1"}, {"iss": ISS, "exp": "x"}
    ),
    "a header that is a list": lambda: _raw([], {"iss": ISS}),
    "claims that are a list": lambda: _raw({"alg": "ES384", "typ": "JWT", "kid": "ec-1"}, []),
    "an issuer that is a list": lambda: _raw({"alg": "ES384", "typ": "JWT", "kid": "ec-1"}, {"iss": [ISS]}),
    "an algorithm that is a list": lambda: _raw(
        {"alg": ["ES384"], "typ": "JWT", "kid": "ec-1"}, {"iss": ISS}
    ),
    "two parts": lambda: "a.b",
    "not Base64": lambda: "%.%.%",
    "very long": lambda: "a" * 50_000,
    "not even ASCII": lambda: "tökén",
    "nothing": lambda: "",
}


@pytest.mark.requirement("cds-hooks-2.0.1#trusting-cds-clients")
@pytest.mark.parametrize("make", WRONG.values(), ids=WRONG)
def test_a_wrong_token_is_refused_with_a_challenge_and_a_reason(client, make):
    answer = _called(client, make())

    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")
    assert answer.json["resourceType"] == "OperationOutcome"
    assert answer.json["issue"][0]["code"] == "login"


def test_a_token_is_good_once(client):
    text = token()

    statuses = [_called(client, text).status_code for _ in range(3)]

    assert statuses == [400, 401, 401]


def test_a_token_that_was_refused_is_not_used_up(client):
    text = token(aud=f"{URL}/cds-services/til-order-select")

    statuses = [
        _called(client, text).status_code,
        _called(client, text, "/cds-services/til-order-select").status_code,
    ]

    assert statuses == [401, 400]


def test_a_longer_life_and_another_audience_are_taken_where_they_are_registered(tmp_path):
    client = application(tmp_path, seconds=900, audience="prior-auth").test_client()

    answer = _called(client, token(aud="prior-auth", nbf=now() - 300, exp=now() + 900, sub="epic"))

    assert answer.status_code == 400


@pytest.mark.parametrize(("tenant", "status"), [("north", 400), ("south", 403), (None, 403)])
def test_a_caller_calls_only_for_its_tenants(tmp_path, tenant, status):
    client = application(tmp_path, tenants=["north"]).test_client()

    answer = _called(client, token(tenant=tenant))

    assert answer.status_code == status
    assert ("WWW-Authenticate" in answer.headers) == (status == 403)


def test_a_call_may_only_have_a_server_of_its_client_read(client):
    statuses = []
    for server in (SERVER, f"{SERVER}/", "https://other.example/fhir", "http://169.254.169.254/"):
        call = {
            "hook": "order-sign",
            "hookInstance": "5b0a4c3e-7d0f-4a52-9a35-0d3b6d1c7f10",
            "fhirServer": server,
            "context": {
                "userId": "Practitioner/a",
                "patientId": "p1",
                "draftOrders": {
                    "resourceType": "Bundle",
                    "entry": [
                        {"resource": {"resourceType": "MedicationRequest", "id": "o", "status": "active"}}
                    ],
                },
            },
            "prefetch": {"patient": {"resourceType": "Patient", "id": "p1"}},
        }
        statuses.append(client.post(HOOK, json=call, headers=bearer(token())).status_code)

    assert statuses == [200, 200, 403, 403]


def test_who_calls_too_often_has_to_wait(tmp_path):
    client = application(tmp_path, calls_a_minute=3).test_client()

    answers = [_called(client, token()) for _ in range(8)]

    refused = [answer for answer in answers if answer.status_code == 429]
    # two minutes may have been touched
    assert len(answers) - len(refused) in range(3, 7)
    assert [answer.status_code for answer in answers[:3]] == [400, 400, 400]
    assert all(int(answer.headers["Retry-After"]) > 0 for answer in refused)


def test_refusals_can_be_read_by_the_pages_of_allowed_origins(tmp_path):
    client = application(tmp_path, settings={"cors_origins": ("https://ehr.example",)}).test_client()

    told = {
        (method, origin): client.open(HOOK, method=method, headers={"Origin": origin}).headers.get(
            "Access-Control-Allow-Origin"
        )
        for method, origin in itertools.product(
            ("POST", "OPTIONS"), ("https://ehr.example", "https://evil.example")
        )
    }

    assert told == {
        ("POST", "https://ehr.example"): "https://ehr.example",
        ("POST", "https://evil.example"): None,
        ("OPTIONS", "https://ehr.example"): "https://ehr.example",
        ("OPTIONS", "https://evil.example"): None,
    }


@pytest.mark.parametrize(
    "path",
    [
        "/cds-services/other",
        "/cds-services/other%0A",
        "/cds-services%0A",
        "/fhir/ValueSet/a%0Ab",
        "/fhir/x/y",
    ],
)
def test_an_unknown_address_is_not_told_to_strangers(client, path):
    assert client.post(path, json={}).status_code == 401


def test_a_stranger_learns_nothing_of_what_went_wrong_inside(tmp_path):
    client = application(tmp_path).test_client()

    answer = client.post(
        HOOK, data=b"{" * 100, headers={**bearer(token()), "Content-Type": "application/json"}
    )

    assert answer.status_code == 400
    assert "Traceback" not in answer.text


def test_while_the_keys_of_a_caller_cannot_be_read_it_is_said(tmp_path):
    client = application(tmp_path, key_file=None, jku="http://127.0.0.1:1/jwks.json").test_client()

    answer = _called(client, token())

    assert answer.status_code == 401
    assert "keys cannot be read" in answer.json["issue"][0]["diagnostics"]


@pytest.mark.requirement("crd-2.2.1#found-2")
def test_slow_keys_and_a_slow_record_together_take_no_longer_than_a_hook_may(tmp_path):
    with serving() as ehr:
        ehr.default = Reply(body={}, after=6)
        ehr.says("jwks", Reply(body=KeySet([EC]).as_dict(private=False), after=2))
        client = application(
            tmp_path, key_file=None, jku=f"{ehr.base}/jwks", fhir_servers=[ehr.base]
        ).test_client()
        began = time.monotonic()

        answer = client.post(HOOK, json=CALL | {"fhirServer": ehr.base}, headers=bearer(token()))

        spent = time.monotonic() - began
    assert (answer.status_code, spent < 5) == (200, True)
    assert "did not answer in time" in answer.text


def test_keys_handed_over_are_taken_for_tokens_that_say_where_else_they_are(tmp_path):
    elsewhere = "http://127.0.0.1:1/jwks.json"  # where nobody answers
    client = application(tmp_path, jku=elsewhere).test_client()
    unnamed = application(tmp_path).test_client()

    answers = [_called(called, token(head={"jku": elsewhere})) for called in (client, unnamed)]

    assert [answer.status_code for answer in answers] == [400, 401]  # the body is empty
    assert "jku is not the one" in answers[1].json["issue"][0]["diagnostics"]


def test_what_is_too_large_is_refused_after_the_caller_was_known(tmp_path):
    client = application(tmp_path, settings={"max_hook_bytes": 1000}).test_client()
    body = b'{"x": "' + b"y" * 2000 + b'"}'

    strange = client.post(HOOK, data=body, content_type="application/json")
    known = client.post(HOOK, data=body, content_type="application/json", headers=bearer(token()))

    assert (strange.status_code, known.status_code) == (401, 413)
