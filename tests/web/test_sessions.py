"""The cookie of a session: what somebody planted or saw before the launch leads nowhere after it."""

import pytest
from fakes_launch import FakeClock
from flask import Flask

from smartapp.store import Store
from smartapp.web.sessions import COOKIE, Sessions


@pytest.fixture
def clock():
    return FakeClock()


@pytest.fixture
def app(clock):
    """A service where a session can be begun, renewed as by a launch, and asked for."""
    store = Store("sqlite://", clock=clock)
    sessions = Sessions(store.vault, seconds=28_800)
    app = Flask("test", static_folder=None)
    sessions.register(app)
    app.add_url_rule("/begin", "begin", sessions.begin)
    app.add_url_rule("/launch", "launch", lambda: (sessions.begin(), sessions.renew(), "")[-1])
    app.add_url_rule("/session", "session", lambda: sessions.current() or "none")
    yield app
    store.close()


def asked(app, path, cookie=None):
    """The text of the answer, and the cookie that it sets or the one that stays."""
    headers = {"Cookie": f"{COOKIE}={cookie}"} if cookie else {}
    answer = app.test_client(use_cookies=False).get(path, headers=headers)
    given = answer.headers.get("Set-Cookie", "").partition(";")[0].partition("=")[2]
    return answer.text, given or cookie


def test_a_cookie_from_before_the_launch_is_worth_nothing_after_it(app):
    _, planted = asked(app, "/begin")

    _, launched = asked(app, "/launch", planted)

    assert launched != planted
    assert asked(app, "/session", planted)[0] == "none"
    assert asked(app, "/session", launched)[0] != "none"


def test_the_cookie_of_the_launch_before_is_taken_from_other_tabs_for_some_seconds(app, clock):
    _, first = asked(app, "/launch")
    _, second = asked(app, "/launch", first)

    at_once = asked(app, "/session", first)[0]
    clock.ahead = 11

    assert at_once == asked(app, "/session", second)[0] != "none"
    assert asked(app, "/session", first)[0] == "none"


def test_a_session_without_a_launch_lives_half_an_hour_and_one_with_a_launch_for_the_set_time(app, clock):
    _, begun = asked(app, "/begin")
    _, launched = asked(app, "/launch")

    clock.ahead = 1_799
    before = asked(app, "/session", begun)[0]
    clock.ahead = 1_801

    assert before != "none"
    assert asked(app, "/session", begun)[0] == "none"
    assert asked(app, "/session", launched)[0] != "none"
    clock.ahead = 28_801
    assert asked(app, "/session", launched)[0] == "none"
