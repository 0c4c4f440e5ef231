"""The SMART configuration: read from the registered host only, checked, and remembered for a while."""

import time

import pytest
from fakes_smart import smart_ehr
from flask import Response, redirect

from smartapp.ehrs import Ehr
from smartapp.errors import EhrFault
from smartapp.sources.smart.discovery import Discovery
from smartapp.sources.smart.network import Network

PATH = "/fhir/.well-known/smart-configuration"
NETWORK = Network(seconds=2)


@pytest.fixture
def fake():
    with smart_ehr() as fake:
        yield fake


def read(fake, **flags):
    return Discovery(NETWORK).of(Ehr(name="Hospital", iss=fake.iss, client_id="app", **flags))


def test_relative_addresses_are_taken_from_the_fhir_base(fake):
    fake.metadata = {"authorization_endpoint": "../auth/authorize", "token_endpoint": "/auth/token"}

    metadata = read(fake)

    assert metadata.authorization_endpoint == f"{fake.url}/auth/authorize"
    assert metadata.token_endpoint == f"{fake.url}/auth/token"


def test_a_configuration_is_asked_again_after_ten_minutes_and_not_before(fake):
    now = [0.0]
    discovery = Discovery(NETWORK, clock=lambda: now[0])
    ehr = Ehr(name="Hospital", iss=fake.iss, client_id="app")

    for seconds in (0, 599, 601):
        now[0] = seconds
        discovery.of(ehr)

    assert fake.asked.count(PATH) == 2


def test_the_keys_are_found_in_the_openid_configuration_of_the_same_issuer(fake):
    fake.metadata = {"jwks_uri": None}

    assert read(fake).jwks_uri == f"{fake.issuer}/jwks"

    fake.answers["/auth/.well-known/openid-configuration"] = lambda: Response(
        '{"issuer": "https://other.example", "jwks_uri": "x"}', mimetype="application/json"
    )
    assert read(fake).jwks_uri is None


@pytest.mark.parametrize(
    "answer",
    [
        lambda: Response("<!doctype html><p>Maintenance", mimetype="text/html"),
        lambda: Response("[]", mimetype="application/json"),
        lambda: Response("{", mimetype="application/json"),
        lambda: Response(status=404),
        lambda: Response("{}", status=500),
        lambda: redirect("http://169.254.169.254/latest/meta-data"),
        lambda: Response(b"[" * (2 * 1024 * 1024), mimetype="application/json"),
        lambda: Response("{}", mimetype="application/json"),
    ],
    ids=["html", "list", "broken", "404", "500", "redirect", "huge", "empty"],
)
def test_what_is_no_configuration_is_a_fault_and_never_an_open_server(fake, answer):
    fake.answers[PATH] = answer

    with pytest.raises(EhrFault):
        read(fake)


@pytest.mark.parametrize("field", ["authorization_endpoint", "token_endpoint", "jwks_uri"])
@pytest.mark.parametrize(
    "url",
    [
        "http://169.254.169.254/latest",
        "https://evil.example/token",
        "http://127.0.0.1.evil.example/token",
        "http://user@{host}/token",
        "http://{host}@evil.example/token",
        "//evil.example/token",
        "file:///etc/passwd",
        "http://[::1/token",
    ],
)
def test_an_address_on_a_host_that_is_not_registered_is_never_used(fake, field, url):
    host = fake.url.removeprefix("http://")
    fake.metadata = {field: url.format(host=host)}

    with pytest.raises(EhrFault):
        read(fake)


def test_a_host_that_is_registered_beside_the_iss_is_used(fake):
    fake.metadata = {"token_endpoint": "https://login.hospital.example/token"}

    assert (
        read(fake, hosts=("login.hospital.example",)).token_endpoint == "https://login.hospital.example/token"
    )


def test_a_server_that_drips_is_given_up_in_time(fake):
    def drip():
        for _ in range(60):
            time.sleep(0.1)
            yield b" "

    fake.answers[PATH] = lambda: Response(drip(), mimetype="application/json")
    ehr = Ehr(name="Hospital", iss=fake.iss, client_id="app")

    with pytest.raises(EhrFault, match="in time"):
        Discovery(Network(seconds=0.5)).of(ehr)
