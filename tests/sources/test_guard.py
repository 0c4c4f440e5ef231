"""fhirclient, held to one FHIR base: whichever of its ways is taken, nothing goes elsewhere."""

import time
from contextlib import contextmanager

import pytest
from fakes_ehr import Reply, serving
from fakes_hooks import searchset

from smartapp.sources import http
from smartapp.sources.access import Fixed
from smartapp.sources.addresses import OutsideError, within
from smartapp.sources.guard import GuardedFHIRServer, Line, OutOfTimeError, RefusedError

BASE = "https://ehr.example/fhir/r4"


@contextmanager
def _guarded(*, seconds=3.0, token="secret"):
    with serving() as ehr, http.session() as session:
        line = Line(http=session, deadline=time.monotonic() + seconds)
        yield ehr, GuardedFHIRServer(ehr.base, line=line, token=Fixed(token))


@pytest.mark.parametrize(
    ("url", "full"),
    [
        ("Condition?patient=p1", f"{BASE}/Condition?patient=p1"),
        (f"{BASE}?_getpages=7", f"{BASE}?_getpages=7"),
        (f"{BASE}/?_getpages=7", f"{BASE}/?_getpages=7"),
        ("/fhir/r4/Condition", f"{BASE}/Condition"),
        ("http://ehr.example/fhir/r4/Condition?page=2", f"{BASE}/Condition?page=2"),
        ("?page=2", f"{BASE}/?page=2"),
    ],
)
def test_an_address_below_the_base_is_asked(url, full):
    assert within(BASE, url) == full
    assert within(f"{BASE}/", url) == full


@pytest.mark.parametrize(
    "url",
    [
        "https://elsewhere.example/fhir/r4",
        "//elsewhere.example/fhir/r4",
        "https://ehr.example@elsewhere.example/fhir/r4",
        "https://user@ehr.example/fhir/r4",
        "https://ehr.example:444/fhir/r4",
        "https://ehr.example/fhir/r4evil/Condition",
        "https://ehr.example/admin",
        "../admin",
        "x/../../../admin",
        "%2e%2e/admin",
        "/fhir/r4/..%2f..%2fadmin",
        "http://ehr.example:8080/fhir/r4/Condition",
        "file:///etc/passwd",
        "https://[::1",
    ],
)
def test_any_other_address_is_not(url):
    with pytest.raises(OutsideError):
        within(BASE, url)


def test_no_way_through_fhirclient_leads_elsewhere():
    with serving() as elsewhere, _guarded() as (_, server):
        there = f"{elsewhere.base}/Condition"

        for way in (
            lambda: server.ask(there),
            lambda: server.request_json(there),
            lambda: server.request_data(there),
            lambda: server.post_json(there, {}),
            lambda: server.put_json(there, {}),
        ):
            with pytest.raises(OutsideError):
                way()
        for way in (lambda: server.delete_json(there), lambda: server.post_as_form(there, {})):
            with pytest.raises((AttributeError, TypeError)):  # the line has no such way at all
                way()

        assert (elsewhere.asked, elsewhere.sent) == ([], [])


def test_the_search_of_fhirclient_itself_does_not_follow_a_link_elsewhere():
    from fhirclient.models.condition import Condition  # noqa: PLC0415 - its models take long to load

    with serving() as elsewhere, _guarded() as (ehr, server):
        ehr.default = Reply(body=searchset(following=f"{elsewhere.base}/Condition?page=2"))

        with pytest.raises(OutsideError):
            list(Condition.where({"patient": "p1"}).perform_iter(server))

        assert (ehr.asked, elsewhere.asked) == (["Condition?patient=p1"], [])


def test_the_token_is_the_one_of_the_moment_and_an_open_server_gets_none():
    with _guarded(token="t1") as (ehr, server), _guarded(token=None) as (open_ehr, open_server):
        server.ask("Condition").close()
        open_server.ask("Condition").close()

        assert (ehr.tokens, open_ehr.tokens) == ({"Bearer t1"}, {None})


@pytest.mark.parametrize("status", [204, 301, 302, 307, 400, 401, 403, 404, 500])
def test_all_but_success_is_a_refusal(status):
    with _guarded() as (ehr, server):
        ehr.default = Reply(status=status, headers={"Location": "/r4/Other"})

        with pytest.raises(RefusedError) as caught:
            server.ask("Condition")

        assert (caught.value.response.status_code, ehr.asked) == (status, ["Condition"])
        caught.value.response.close()


def test_nothing_is_asked_when_the_time_is_up():
    with _guarded(seconds=0) as (ehr, server):
        with pytest.raises(OutOfTimeError):
            server.ask("Condition")

        assert ehr.asked == []


def test_an_address_that_is_too_short_for_fhirclient_fails_like_any_wrong_one():
    with http.session() as session:
        line = Line(http=session, deadline=time.monotonic() + 1)

        assert GuardedFHIRServer("http://x", line=line, token=Fixed()).base_uri == "http://x/"
