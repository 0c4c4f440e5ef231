"""The file of EHRs: read whole or refused with a word on what is wrong; secrets come from elsewhere."""

import json
import logging
from contextlib import nullcontext

import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from joserfc.jwk import ECKey, KeySet, RSAKey

from smartapp.app import create_app
from smartapp.config import Config
from smartapp.ehrs import SCOPES, Ehr, is_of
from smartapp.ehrs.file import load
from smartapp.ehrs.keys import published
from smartapp.errors import BadInput

EC = ECKey.generate_key("P-384")
RSA = RSAKey.generate_key(2048, {"kid": "older"})
SMALL = generate_private_key(65537, 1024).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
HEAD = '[[ehr]]\nname = "General Hospital"\niss = "https://ehr.example/fhir"\n'


@pytest.fixture
def write(tmp_path):
    def write(text, **files):
        for name, content in files.items():
            path = tmp_path / name
            path.touch(mode=0o600)
            path.write_bytes(content)
        path = tmp_path / "ehrs.toml"
        path.write_text(text, encoding="utf-8")
        return path

    return write


def test_a_public_client_needs_no_more_than_its_id(write):
    registry = load(write(f'{HEAD}client_id = "app"\n'), secrets={})

    assert list(registry) == [Ehr(name="General Hospital", iss="https://ehr.example/fhir", client_id="app")]
    assert next(iter(registry)).scopes == SCOPES


def test_every_setting_is_read(write):
    text = (
        f'{HEAD}client_id = "app"\nscopes = ["patient/*.rs"]\nmore_scopes = ["offline_access"]\n'
        'scope_version = "v1"\naud = "https://aud.example"\nframe_ancestors = ["https://ehr.example"]\n'
        'hosts = ["login.ehr.example"]\nnonce_optional = true\n'
        '[[ehr]]\nname = "Test"\niss = "http://127.0.0.1:8080/fhir/"\nopen = true\n'
    )

    first, second = load(write(text), secrets={})

    assert first == Ehr(
        name="General Hospital",
        iss="https://ehr.example/fhir",
        client_id="app",
        scopes=("patient/*.rs",),
        more_scopes=("offline_access",),
        scope_version="v1",
        aud="https://aud.example",
        frame_ancestors=("https://ehr.example",),
        hosts=("login.ehr.example",),
        nonce_optional=True,
    )
    assert (second.open, second.iss) == (True, "http://127.0.0.1:8080/fhir/")


def test_an_ehr_is_found_with_and_without_the_final_slash_and_by_nothing_less(write):
    registry = load(write(f'{HEAD}client_id = "app"\n'), secrets={})

    assert registry.find("https://ehr.example/fhir/") is registry.find("https://ehr.example/fhir")
    assert registry.find("https://ehr.example/fhi") is None
    assert registry.find("https://EHR.example/fhir") is None
    assert registry.find("") is None


def test_a_secret_comes_from_a_variable_or_a_file(write):
    text = f'{HEAD}client_id = "app"\nauth = "symmetric"\n'

    (by_name,) = load(write(f'{text}secret_env = "SMARTAPP_SECRET_A"\n'), secrets={"SMARTAPP_SECRET_A": "s1"})
    (by_file,) = load(write(f'{text}secret_file = "secret"\n', secret=b"s2\n"), secrets={})

    assert (by_name.secret, by_file.secret) == ("s1", "s2")
    assert "s1" not in repr(by_name)


@pytest.mark.parametrize(
    "content",
    [
        EC.as_pem(private=True),
        json.dumps(EC.as_dict(private=True)).encode(),
        json.dumps({"keys": [EC.as_dict(private=True)]}).encode(),
    ],
    ids=["PEM", "JWK", "JWK Set"],
)
def test_keys_are_read_in_every_usual_form_and_each_has_a_name(write, content):
    text = f'key_files = ["new", "old"]\n{HEAD}client_id = "app"\nauth = "asymmetric"\n'

    (ehr,) = load(write(text, new=content, old=RSA.as_pem(private=True)), secrets={})

    assert ehr.alg == "ES384"
    assert ehr.keys.keys[0].kid == EC.thumbprint()
    assert all(key.kid for key in ehr.keys.keys)
    assert "keys" not in repr(ehr)


def test_what_is_published_is_each_key_once_and_its_public_part_only():
    keys = KeySet([ECKey.import_key(EC.as_dict(private=True), {"kid": "new"}), RSA])

    given = published([keys, keys])["keys"]

    assert [(key["kid"], key["kty"], key["alg"]) for key in given] == [
        ("new", "EC", "ES384"),
        ("older", "RSA", "RS384"),
    ]
    private = {"d", "p", "q", "dp", "dq", "qi", "k"}
    assert all(private.isdisjoint(key) for key in given)


def test_a_secret_file_that_others_may_read_is_told_by_its_name(write, caplog, tmp_path):
    path = write(f'{HEAD}client_id = "app"\nauth = "symmetric"\nsecret_file = "secret"\n', secret=b"hush")
    (tmp_path / "secret").chmod(0o644)

    with caplog.at_level(logging.WARNING):
        load(path, secrets={})

    assert "secret file secret" in caplog.text
    assert "hush" not in caplog.text


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("nonsense", "cannot be read as TOML"),
        ("colour = 1", "no setting 'colour'"),
        ("[[ehr]]\nname = 'x'\n", "'iss' is missing"),
        (HEAD, "'client_id' is missing"),
        (f"{HEAD}client_id = 'a'\ncolour = 1", "no setting 'colour'"),
        (f"{HEAD}client_id = 'a'\nsecret = 'inline'", "no setting 'secret'"),
        (f"{HEAD}client_id = 'a'\nauth = 'magic'", "one of public, symmetric, asymmetric"),
        (f"{HEAD}client_id = 7", "'client_id' must be text"),
        (f"{HEAD}client_id = 'a'\nopen = 'yes'", "true or false"),
        (f"{HEAD}client_id = 'a'\nhosts = 'h'", "list of texts"),
        (f"{HEAD}client_id = 'a'\nauth = 'symmetric'", "needs 'secret_env' or"),
        (f"{HEAD}client_id = 'a'\nauth = 'symmetric'\nsecret_env = 'SMARTAPP_SECRET_B'", "is not set"),
        (f"{HEAD}client_id = 'a'\nauth = 'symmetric'\nsecret_file = 'nowhere'", "does not exist"),
        (f"{HEAD}client_id = 'a'\nauth = 'asymmetric'", "needs 'key_files'"),
        (f"{HEAD}client_id = 'a'\nauth = 'asymmetric'\nkey_files = ['public']", "must be private"),
        (
            f"{HEAD}client_id = 'a'\nauth = 'asymmetric'\nkey_files = ['small']",
            "must be private, and RSA of 2048",
        ),
        (f"{HEAD}client_id = 'a'\nauth = 'asymmetric'\nkey_files = ['curve']", "P-384"),
        (f"{HEAD}client_id = 'a'\nauth = 'asymmetric'\nkey_files = ['junk']", "no PEM, JWK"),
        (HEAD.replace("https", "http") + "client_id = 'a'", "must begin with https"),
        (HEAD.replace("/fhir", "/fhir?x=1") + "client_id = 'a'", "plain address"),
        (f"{HEAD}client_id = 'a'\n{HEAD}client_id = 'b'", "the same iss"),
    ],
)
@pytest.mark.filterwarnings("ignore:Key size should be")  # joserfc says it too
def test_what_cannot_be_used_is_said(write, text, says):
    path = write(
        text,
        public=EC.as_pem(private=False),
        small=SMALL,
        curve=ECKey.generate_key("P-256").as_pem(private=True),
        junk=b"junk",
    )

    with pytest.raises(BadInput, match=says):
        load(path, secrets={"SMARTAPP_SECRET_A": "x"})


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://ehr.example/auth", True),
        ("https://login.example/token", True),
        ("https://EHR.example/x", True),
        ("http://ehr.example/auth", False),
        ("https://ehr.example:8443/auth", False),
        ("https://ehr.example.evil.example/", False),
        ("https://user@ehr.example/", False),
        ("https://ehr.example\\@evil.example/", False),
        ("https://ehr.example/#x", False),
        ("https://evil.example/?ehr.example", False),
        ("https://ehr.example:x/", False),
        ("", False),
    ],
)
def test_only_the_registered_hosts_are_the_ehr(url, expected):
    ehr = Ehr(name="x", iss="https://ehr.example/fhir", hosts=("login.example",))

    assert is_of(ehr, url) is expected


@pytest.mark.parametrize(
    ("base_url", "open_servers", "is_refused"),
    [
        ("", "", False),
        ("https://app.example", "", True),
        ("https://app.example", "allowed", False),
        ("", "refused", True),
    ],
)
def test_an_open_server_stands_beside_a_service_for_others_only_where_that_is_set(
    tmp_path, base_url, open_servers, is_refused
):
    path = tmp_path / "ehrs.toml"
    path.write_text('[[ehr]]\nname = "Sandbox"\niss = "https://test.example/r4"\nopen = true\n')
    config = Config(
        base_url=base_url, open_servers=open_servers, ehrs=path, callers="anyone", database_url="sqlite://"
    )
    with pytest.raises(BadInput, match="open_servers") if is_refused else nullcontext():
        create_app(config)
