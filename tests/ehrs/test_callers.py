"""The callers and the payers in the file of EHRs: what is wrong is named before the service starts."""

import json

import pytest
from joserfc.jwk import ECKey, KeySet

from smartapp.ehrs import callers, file, payers
from smartapp.errors import BadInput

KEY = ECKey.generate_key("P-384", {"kid": "one"})
CLIENT = {"name": "General", "iss": "https://ehr.example", "jku": "https://ehr.example/jwks.json"}
PAYER = {"name": "Plan", "base": "https://payer.example/fhir/", "client_id": "c"}


def _written(folder, table, *entries, head=""):
    def line(name, value):
        return f"{name} = {json.dumps(value)}"

    blocks = [f"[[{table}]]\n" + "\n".join(line(*item) for item in entry.items()) for entry in entries]
    path = folder / "ehrs.toml"
    path.write_text("\n".join((head, *blocks)), encoding="utf-8")
    return path


@pytest.fixture
def folder(tmp_path):
    held = KeySet([KEY])
    (tmp_path / "public.json").write_text(json.dumps(held.as_dict(private=False)), encoding="utf-8")
    (tmp_path / "private.json").write_text(json.dumps(held.as_dict(private=True)), encoding="utf-8")
    (tmp_path / "private.json").chmod(0o600)
    (tmp_path / "empty.json").write_text("{}", encoding="utf-8")
    return tmp_path


def test_a_client_is_read_with_what_it_does_not_say_by_default(folder):
    (client,) = callers.load(_written(folder, "client", CLIENT))

    assert (client.name, client.jku, client.seconds, client.tenants, client.id) == (
        "General",
        CLIENT["jku"],
        300,
        (),
        CLIENT["iss"],
    )
    assert client.keys is None


def test_a_client_may_hand_over_its_keys(folder):
    entry = {"name": "General", "iss": "i", "key_file": "public.json", "seconds": 900, "tenants": ["a"]}

    (client,) = callers.load(_written(folder, "client", entry))

    assert [key.kid for key in client.keys.keys] == ["one"]
    assert (client.seconds, client.tenants) == (900, ("a",))


def test_of_a_private_key_that_was_handed_over_only_the_public_part_is_taken(folder):
    (client,) = callers.load(
        _written(folder, "client", {"name": "n", "iss": "i", "key_file": "private.json"})
    )

    assert not client.keys.keys[0].is_private


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"name": ""}, "name"),
        ({"iss": ""}, "iss"),
        ({"jku": ""}, "jku"),
        ({"jku": "http://ehr.example/jwks"}, "jku"),
        ({"jku": "https://user@ehr.example/jwks"}, "jku"),
        ({"jku": "https://ehr.example:x/"}, "jku"),
        ({"seconds": 0}, "seconds"),
        ({"seconds": True}, "seconds"),
        ({"seconds": "long"}, "seconds"),
        ({"tenants": "a"}, "tenants"),
        ({"fhir_servers": [1]}, "fhir_servers"),
        ({"colour": "red"}, "colour"),
        ({"key_file": "missing.json"}, "missing.json"),
        ({"key_file": "empty.json"}, "empty.json"),
    ],
    ids=str,
)
def test_a_wrong_client_is_named_with_what_is_wrong(folder, change, word):
    with pytest.raises(BadInput, match=word):
        callers.load(_written(folder, "client", {**CLIENT, **change}))


def test_two_clients_with_one_issuer_are_refused(folder):
    with pytest.raises(BadInput, match="iss"):
        callers.load(_written(folder, "client", CLIENT, CLIENT))


def test_a_payer_is_read_with_the_keys_of_the_file(folder):
    path = _written(
        folder, "payer", {**PAYER, "covers": ["Example PLAN"]}, head='key_files = ["private.json"]'
    )

    (payer,) = payers.load(path)

    assert (payer.base, payer.covers, payer.alg) == ("https://payer.example/fhir", ("example plan",), "ES384")
    assert payer.keys.keys[0].is_private


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"base": ""}, "base"),
        ({"base": "http://payer.example"}, "base"),
        ({"client_id": ""}, "client_id"),
        ({"token_endpoint": "ftp://x"}, "token_endpoint"),
        ({"version": "3"}, "version"),
        ({"covers": "x"}, "covers"),
        ({"colour": "red"}, "colour"),
        ({"key_files": ["public.json"]}, "public.json"),
    ],
    ids=str,
)
def test_a_wrong_payer_is_named_with_what_is_wrong(folder, change, word):
    path = _written(folder, "payer", {**PAYER, **change}, head='key_files = ["private.json"]')

    with pytest.raises(BadInput, match=word):
        payers.load(path)


def test_a_payer_without_keys_is_refused(folder):
    with pytest.raises(BadInput, match="key_files"):
        payers.load(_written(folder, "payer", PAYER))


def test_the_other_tables_disturb_nobody(folder):
    path = _written(folder, "client", CLIENT, head='key_files = ["private.json"]')

    assert len(file.load(path, secrets={})) == 0
    assert len(payers.load(path)) == 0
