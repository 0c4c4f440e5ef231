"""How often one address may launch: whoever asks more often is told to wait, in words."""

import pytest
from fakes_launch import Browser, service

from smartapp.app import create_app
from smartapp.config import Config
from smartapp.ehrs import Ehr
from smartapp.store import Store

BASE = "https://app.example"


@pytest.fixture
def made(fake):
    ehr = Ehr(
        name="General Hospital", iss=fake.iss, client_id="app", frame_ancestors=("https://hospital.example",)
    )
    return service(ehr, most=3)


def asked(made, path, times=1, **environ):
    client = made.app.test_client()
    return [client.get(path, base_url=BASE, environ_overrides=environ) for _ in range(times)]


def test_whoever_launches_too_often_is_told_to_wait_a_minute(made, fake):
    *good, refused = asked(made, f"/launch.html?iss={fake.iss}&launch=l1", times=4, REMOTE_ADDR="203.0.113.7")

    assert {answer.status_code for answer in good} == {303}
    assert refused.status_code == 429
    assert 1 <= int(refused.headers["Retry-After"]) <= 60
    assert "Too many launches at once" in refused.text
    assert "Nothing is lost." in refused.text
    assert "/launch.html?iss=" in refused.text
    assert "frame-ancestors https://hospital.example" in refused.headers["Content-Security-Policy"]


def test_after_a_minute_the_same_launch_goes_on(made, fake):
    browser = Browser(made)
    asked(made, "/callback?state=s", times=4)

    refused = browser.open("/callback?state=s")
    made.clock.ahead = 61
    after = browser.launch(fake.iss, "launch-1", until="/callback")

    assert refused.status == 429
    assert browser.open(after.url).text.split()[0] == "p1"


@pytest.mark.parametrize("path", ["/launch/start?iss=x", "/callback?state=s", "/launch/patients?iss=x"])
def test_every_step_is_counted_by_itself(made, path):
    statuses = [answer.status_code for answer in asked(made, path, times=4)]

    assert [status == 429 for status in statuses] == [False, False, False, True]
    assert asked(made, "/launch.html")[0].status_code == 200


def test_the_keys_and_the_end_of_a_session_are_never_refused(made):
    for path in ("/.well-known/jwks.json", "/logout"):
        assert {answer.status_code for answer in asked(made, path, times=5)} == {200}


def test_other_addresses_are_not_held_up(made):
    asked(made, "/launch.html", times=4, REMOTE_ADDR="203.0.113.7")

    assert asked(made, "/launch.html", REMOTE_ADDR="203.0.113.8")[0].status_code == 200


def test_the_addresses_of_one_subscriber_count_together(made):
    for last in range(4):
        (answer,) = asked(made, "/launch.html", REMOTE_ADDR=f"2001:db8::{last}")

    assert answer.status_code == 429


@pytest.mark.parametrize(("proxies", "refused"), [(0, True), (1, False)])
def test_behind_a_proxy_the_address_that_it_names_is_counted_where_that_is_set(proxies, refused):
    config = Config(base_url=BASE, database_url="sqlite://", launches_a_minute=2, proxies=proxies)
    client = create_app(config, store=Store("sqlite://")).test_client()
    answers = [
        client.get("/launch.html", base_url=BASE, headers={"X-Forwarded-For": f"198.51.100.{last}"})
        for last in range(3)
    ]

    assert (answers[-1].status_code == 429) is refused
