"""A refused token is renewed once, whoever needs it at the same time; what cannot be renewed is said to be over."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from fakes_launch import Browser, service
from fakes_smart import smart_ehr
from flask import Response

from smartapp.ehrs import Ehr
from smartapp.store import launches


@pytest.fixture
def fake():
    with smart_ehr() as fake:
        fake.token = {"refresh_token": "refresh-1"}
        yield fake


@pytest.fixture
def made(fake):
    made = service(Ehr(name="Hospital", iss=fake.iss, client_id="app"))
    assert Browser(made).launch(fake.iss).status == 200
    yield made
    made.store.close()


def test_a_renewed_token_is_kept_for_all_and_the_launch_stays_what_it_was(fake, made):
    before = made.opened[0]
    fake.token = {"refresh_token": "refresh-2", "patient": "another", "scope": "patient/Patient.r"}

    token = made.access(before).refresh()

    after = launches.load(made.store.vault, before.id)
    assert {token} == fake.good
    assert after == replace(
        before,
        access_token=token,
        refresh_token="refresh-2",
        scopes=frozenset({"patient/Patient.r"}),
        expires_at=after.expires_at,
    )
    assert made.access(before).token() == token


def test_a_refresh_token_that_is_not_replaced_is_kept(fake, made):
    fake.token = {"refresh_token": None}

    assert made.access(made.opened[0]).refresh()

    assert launches.load(made.store.vault, made.opened[0].id).refresh_token == "refresh-1"


def test_of_many_who_are_refused_at_once_one_refreshes_and_all_get_the_new_token(fake, made):
    accesses = [made.access(made.opened[0]) for _ in range(6)]

    with ThreadPoolExecutor(6) as pool:
        tokens = set(pool.map(lambda access: access.refresh(), accesses))

    assert tokens == fake.good
    assert [form["grant_type"] for form, _ in fake.tokens] == ["authorization_code", "refresh_token"]


@pytest.mark.parametrize(
    "answer",
    [
        lambda: Response('{"error": "invalid_grant"}', status=400, mimetype="application/json"),
        lambda: Response("<p>Down", status=503),
    ],
    ids=["refused", "down"],
)
def test_a_refresh_that_fails_gives_nothing_and_breaks_nothing(fake, made, answer):
    fake.answers["/auth/token"] = answer
    access = made.access(made.opened[0])

    assert access.refresh() is None
    assert access.token() == made.opened[0].access_token


def test_without_a_refresh_token_and_after_the_end_there_is_nothing_to_renew(fake, made):
    launch = made.opened[0]
    launches.change(made.store.vault, launch.id, lambda found: replace(found, refresh_token=None))

    assert made.access(launch).refresh() is None
    made.store.vault.delete(launches.KIND, launch.id)
    assert made.access(launch).refresh() is None
    assert made.access(launch).token() is None
    assert len(fake.tokens) == 1
