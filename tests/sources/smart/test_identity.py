"""The id_token: taken when everything about it is right, refused in words when one thing is not."""

import time
from base64 import urlsafe_b64encode
from hashlib import sha256

import pytest
from fakes_smart import KEY, signed, smart_ehr
from joserfc import jwt
from joserfc.jwk import ECKey, OctKey, RSAKey

from smartapp.ehrs import Ehr
from smartapp.errors import BadIdentity
from smartapp.sources.smart.discovery import Metadata
from smartapp.sources.smart.identity import Identity, Verifier
from smartapp.sources.smart.network import Network

NONCE, ACCESS = "nonce-1", "access-1"
AT_HASH = urlsafe_b64encode(sha256(ACCESS.encode()).digest()[:16]).rstrip(b"=").decode()
OTHER_KEY = RSAKey.generate_key(2048, {"kid": "ehr-1"})
PUBLIC_PEM = KEY.as_pem(private=False)


@pytest.fixture(scope="module")
def fake():
    with smart_ehr() as fake:
        yield fake


def claims(fake, **changed):
    now = int(time.time())
    given = {
        "iss": fake.issuer,
        "sub": "dr1",
        "aud": "app",
        "iat": now,
        "exp": now + 300,
        "nonce": NONCE,
        "fhirUser": "Practitioner/dr1",
    }
    return {name: value for name, value in {**given, **changed}.items() if value is not None}


def verified(fake, token, *, issuer="", jwks_uri="", **flags):
    metadata = Metadata(
        authorization_endpoint="",
        token_endpoint="",
        issuer=fake.issuer if issuer == "" else issuer,
        jwks_uri=f"{fake.issuer}/jwks" if jwks_uri == "" else jwks_uri,
    )
    ehr = Ehr(name="Hospital", iss=fake.iss, client_id="app", **flags)
    verifier = Verifier(Network(seconds=5), clock=time.time)
    return verifier.verified(token, ehr=ehr, metadata=metadata, nonce=NONCE, access_token=ACCESS)


@pytest.mark.parametrize(
    "changed",
    [
        {},
        {"aud": ["app"]},
        {"aud": ["app", "other"], "azp": "app"},
        {"azp": "app"},
        {"at_hash": AT_HASH},
        {"exp": time.time() + 3600 * 24 * 365},
    ],
    ids=["plain", "aud list", "two aud with azp", "azp", "at_hash", "a year"],
)
def test_a_right_id_token_names_the_user(fake, changed):
    assert verified(fake, signed(claims(fake, **changed))) == Identity(user="Practitioner/dr1")


AGO, AHEAD = 946_684_800, 4_102_444_800
"""The beginnings of 2000 and of 2100."""


@pytest.mark.parametrize(
    "changed",
    [
        {"iss": "https://elsewhere.example"},
        {"iss": None},
        {"aud": "other"},
        {"aud": "other", "azp": "app"},
        {"aud": None},
        {"aud": ["app", "other"]},
        {"azp": "other"},
        {"sub": None},
        {"exp": None},
        {"exp": AGO},
        {"exp": "soon"},
        {"iat": None},
        {"iat": AHEAD},
        {"nonce": None},
        {"nonce": "another"},
        {"nonce": [NONCE]},
        {"at_hash": "wrong"},
    ],
    ids=str,
)
def test_an_id_token_with_one_wrong_claim_is_refused(fake, changed):
    with pytest.raises(BadIdentity):
        verified(fake, signed(claims(fake, **changed)))


def unsigned(given):
    head, body, _ = signed(given).split(".")
    none = urlsafe_b64encode(b'{"alg":"none"}').rstrip(b"=").decode()
    assert head
    return f"{none}.{body}."


def tampered(given):
    head, _, signature = signed(given).split(".")
    body = signed({**given, "sub": "other"}).split(".")[1]
    return f"{head}.{body}.{signature}"


def by_public_key(given):
    """HS256 with the public RSA key as the secret: the confusion of algorithms."""
    key = OctKey.import_key(urlsafe_b64encode(PUBLIC_PEM).decode())
    return jwt.encode({"alg": "HS256", "kid": "ehr-1"}, given, key, algorithms=["HS256"])


@pytest.mark.parametrize(
    "forged",
    [
        unsigned,
        tampered,
        by_public_key,
        lambda given: signed(given, key=OTHER_KEY),
        lambda given: signed(given, key=OTHER_KEY, kid="unknown"),
        lambda given: signed(given, key=ECKey.generate_key("P-256"), alg="ES256"),
        lambda _: "not.a.token",
        lambda _: "nonsense",
        lambda _: "W10.W10.W10",
    ],
    ids=[
        "none",
        "tampered",
        "hs256",
        "other key, same kid",
        "unknown kid",
        "other kind",
        "dots",
        "text",
        "lists",
    ],
)
def test_a_forged_id_token_is_refused(fake, forged):
    with pytest.raises(BadIdentity):
        verified(fake, forged(claims(fake)))


def test_a_missing_nonce_is_taken_only_where_the_ehr_is_known_for_it_and_a_wrong_one_never(fake):
    missing, wrong = signed(claims(fake, nonce=None)), signed(claims(fake, nonce="another"))

    assert verified(fake, missing, nonce_optional=True).user == "Practitioner/dr1"
    with pytest.raises(BadIdentity):
        verified(fake, wrong, nonce_optional=True)


@pytest.mark.parametrize("lacking", [{"issuer": None}, {"jwks_uri": None}], ids=str)
def test_a_configuration_that_cannot_be_checked_against_makes_no_identity(fake, lacking):
    with pytest.raises(BadIdentity):
        verified(fake, signed(claims(fake)), **lacking)


@pytest.mark.parametrize("alg", ["RS384", "PS256"])
def test_other_good_algorithms_are_known_without_being_announced(fake, alg):
    assert verified(fake, signed(claims(fake), alg=alg)).user == "Practitioner/dr1"


@pytest.mark.parametrize(
    ("given", "user"),
    [
        ("{iss}/Practitioner/dr1", "Practitioner/dr1"),
        ("PractitionerRole/r-1", "PractitionerRole/r-1"),
        ("https://elsewhere.example/fhir/Practitioner/dr1", None),
        ("Device/d1", None),
        ("Practitioner/../Patient/1", None),
        (7, None),
    ],
)
def test_the_user_is_a_person_on_this_fhir_server_or_nobody(fake, given, user):
    value = given.format(iss=fake.iss) if isinstance(given, str) else given

    assert verified(fake, signed(claims(fake, fhirUser=value))).user == user


def test_an_error_tells_nothing_that_was_in_the_token(fake):
    token = signed(claims(fake, aud="other", name="Iris Quill"))

    with pytest.raises(BadIdentity) as caught:
        verified(fake, token)

    said = f"{caught.value} {caught.value.__cause__}"
    assert [secret for secret in ("Iris", token, NONCE, ACCESS) if secret in said] == []
