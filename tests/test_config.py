"""Settings: read once, and a bad one says its name."""

import pytest

from smartapp import config
from smartapp.config import LOOPBACK, Config
from smartapp.errors import BadInput


def test_without_settings_the_service_is_this_machine_s_own():
    given = config.read({})

    assert given == Config()
    assert (given.host, given.url, given.readable_servers) == (
        "127.0.0.1",
        "http://127.0.0.1:8000",
        (LOOPBACK,),
    )


def test_the_environ_sets_every_kind_of_setting(tmp_path):
    given = config.read(
        {
            "SMARTAPP_PORT": "9000",
            "SMARTAPP_BASE_URL": "https://pa.example/app/",
            "SMARTAPP_FETCH_SECONDS": "1.5",
            "SMARTAPP_FHIR_SERVERS": "https://ehr.example/r4, loopback",
            "SMARTAPP_POLICY_DIR": str(tmp_path),
            "OTHER": "ignored",
        }
    )

    assert given == Config(
        port=9000,
        base_url="https://pa.example/app",
        fetch_seconds=1.5,
        fhir_servers=("https://ehr.example/r4", LOOPBACK),
        policy_dir=tmp_path,
    )


def test_a_service_for_others_reads_no_server_that_is_not_named():
    assert Config(base_url="https://pa.example").readable_servers == ()


def test_the_environ_comes_before_the_file(tmp_path):
    file = tmp_path / "smartapp.toml"
    file.write_text(
        'port = 9000\nhost = "0.0.0.0"\ncors_origins = ["https://ehr.example"]\n', encoding="utf-8"
    )

    given = config.read({"SMARTAPP_CONFIG": str(file), "SMARTAPP_PORT": "9001"})

    assert given == Config(port=9001, host="0.0.0.0", cors_origins=("https://ehr.example",))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("port", "eighty"),
        ("port", "70000"),
        ("base_url", "pa.example"),
        ("fetch_seconds", "0"),
        ("max_hook_bytes", "-1"),
        ("fhir_servers", "ehr"),
        ("policy_dir", "no/such/folder"),
        ("workers", "many"),
    ],
)
def test_a_bad_setting_says_its_name(name, value):
    with pytest.raises(BadInput, match=f"'{name}'"):
        config.read({f"SMARTAPP_{name.upper()}": value})


@pytest.mark.parametrize(
    ("text", "says"),
    [("prt = 1", "'prt'"), ("port = ", "SMARTAPP_CONFIG"), ("port = true", "'port'"), ("host = 1", "'host'")],
)
def test_a_bad_file_says_what_is_wrong(tmp_path, text, says):
    file = tmp_path / "smartapp.toml"
    file.write_text(text, encoding="utf-8")

    with pytest.raises(BadInput, match=says):
        config.read({"SMARTAPP_CONFIG": str(file)})


def test_a_file_that_is_not_there_says_so():
    with pytest.raises(BadInput, match="SMARTAPP_CONFIG"):
        config.read({"SMARTAPP_CONFIG": "no/such/file.toml"})


def test_session_keys_are_fernet_keys_and_without_one_every_start_makes_its_own():
    key = "a" * 43 + "="

    assert config.read({"SMARTAPP_SESSION_KEYS": f"{key}, {key}"}).session_keys == (key, key)
    made = [config.with_keys(Config()).session_keys for _ in range(2)]
    assert made[0] != made[1]
    assert config.with_keys(Config(session_keys=(key,))).session_keys == (key,)
    with pytest.raises(BadInput, match="session_keys"):
        config.read({"SMARTAPP_SESSION_KEYS": "short"})


def test_secrets_are_the_variables_that_say_so_and_show_in_no_text():
    given = config.read({"SMARTAPP_SECRET_GENERAL": "hush", "OTHER_SECRET": "no"})

    assert given.secrets == {"SMARTAPP_SECRET_GENERAL": "hush"}
    assert "hush" not in repr(given)


def test_secrets_cannot_be_written_into_the_file(tmp_path):
    file = tmp_path / "smartapp.toml"
    file.write_text('[secrets]\nA = "x"\n', encoding="utf-8")

    with pytest.raises(BadInput, match="secrets"):
        config.read({"SMARTAPP_CONFIG": str(file)})
