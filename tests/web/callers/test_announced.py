"""That anybody may call is possible only where it is set, or on one machine, and is said aloud."""

import logging

import pytest
from fakes_callers import URL, application, bearer, token

from smartapp.app import create_app
from smartapp.config import Config


def _said(client, **headers):
    services = client.get("/cds-services", **headers).json["services"]
    return {service["extension"]["example.smartapp.callers"] for service in services}


@pytest.mark.parametrize(
    ("settings", "known"),
    [
        ({}, False),
        ({"base_url": "http://localhost:9000"}, False),
        ({"base_url": "https://pa.example"}, True),
        ({"host": "0.0.0.0"}, True),
        ({"base_url": "https://pa.example", "callers": "anyone"}, False),
        ({"callers": "known"}, True),
    ],
    ids=str,
)
def test_callers_are_known_unless_it_is_set_otherwise_or_the_service_is_this_machines(settings, known):
    assert Config(**settings).callers_known is known


@pytest.mark.parametrize(
    ("settings", "level"),
    [({"base_url": URL, "callers": "anyone"}, logging.WARNING), ({}, logging.INFO)],
    ids=["set", "on this machine alone"],
)
def test_an_open_service_says_so_in_discovery_and_in_the_log(tmp_path, caplog, settings, level):
    url = f"sqlite:///{tmp_path / 'open.sqlite3'}"
    with caplog.at_level(level):
        client = create_app(Config(database_url=url, **settings)).test_client()

    assert _said(client) == {"anyone"}
    assert [line.levelno for line in caplog.records if "callers=anyone" in line.message] == [level]


def test_a_guarded_service_says_so_in_discovery(tmp_path):
    client = application(tmp_path).test_client()

    assert _said(client, headers=bearer(token(aud=f"{URL}/cds-services"))) == {"known"}


def test_a_guarded_service_without_clients_says_that_nobody_can_call(tmp_path, caplog):
    url = f"sqlite:///{tmp_path / 'nobody.sqlite3'}"
    with caplog.at_level(logging.WARNING):
        client = create_app(Config(base_url=URL, database_url=url)).test_client()

    assert client.get("/cds-services", headers=bearer(token())).status_code == 401
    assert "nobody can call" in caplog.text
