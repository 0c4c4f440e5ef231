"""The authorization endpoint of the practice EHR: what it grants, and every way to be refused."""

from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from sandbox.app import CALLBACK, SCOPE, App, public

from smartapp.sandbox import running


def _query(answer: requests.Response) -> dict[str, str]:
    assert answer.headers["Location"].startswith(f"{CALLBACK}?")
    return {name: values[0] for name, values in parse_qs(urlsplit(answer.headers["Location"]).query).items()}


def test_a_good_request_comes_back_with_a_code_and_its_state(app: App):
    answer = app.authorize(app.launched())

    assert answer.status_code == 302
    assert _query(answer).keys() == {"code", "state"}
    assert _query(answer)["state"] == "a-state"


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"aud": None}, "invalid_request"),
        ({"aud": "https://another.example/fhir"}, "invalid_request"),
        ({"state": None}, "invalid_request"),
        ({"launch": None}, "invalid_request"),
        ({"launch": "guessed"}, "invalid_request"),
        ({"code_challenge": None}, "invalid_request"),
        ({"code_challenge_method": None}, "invalid_request"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"code_challenge": "short"}, "invalid_request"),
    ],
)
@pytest.mark.requirement("SMART App Launch 2.2 app-launch#obtain-authorization-code")
def test_a_wrong_request_comes_back_with_an_error_and_no_code(app: App, changed, error):
    answer = app.authorize(**{"launch": app.launched(), **changed})

    assert answer.status_code == 302
    assert _query(answer)["error"] == error
    assert "code" not in _query(answer)


def test_a_trailing_slash_makes_another_aud(app: App):
    answer = app.authorize(app.launched(), aud=f"{app.ehr.iss}/")

    assert _query(answer)["error"] == "invalid_request"


@pytest.mark.parametrize(
    "changed",
    [
        {"client_id": "nobody"},
        {"client_id": None},
        {"redirect_uri": "https://evil.example/callback"},
        {"redirect_uri": f"{CALLBACK}/more"},
        {"redirect_uri": None},
    ],
)
@pytest.mark.requirement("RFC 6749 section 4.1.2.1")
def test_who_cannot_be_trusted_with_a_redirect_gets_a_page(app: App, changed):
    answer = app.authorize(app.launched(), **changed)

    assert answer.status_code == 400
    assert "Location" not in answer.headers
    assert "refuses the request" in answer.text


def test_consent_is_asked_for_and_can_be_denied():
    with running(asks_consent=True) as ehr:
        app = App(ehr, public())

        page = app.authorize(app.launched())
        allowed = requests.post(page.url, {"decision": "allow"}, allow_redirects=False, timeout=10)
        denied = requests.post(page.url, {"decision": "deny"}, allow_redirects=False, timeout=10)

    assert page.status_code == 200
    assert "Ines Quillmere" in page.text
    assert "code" in _query(allowed)
    assert _query(denied)["error"] == "access_denied"


def test_a_browser_may_follow_the_consent_to_the_app_and_nowhere_else(ehr):
    app = App(ehr, public())

    page = app.authorize(None, scope="launch/patient patient/*.rs")

    assert "form-action 'self' http://127.0.0.1:9;" in page.headers["Content-Security-Policy"]


def test_a_standalone_launch_picks_user_and_patient(app: App):
    page = app.authorize(None, scope="launch/patient openid fhirUser patient/*.rs")
    choice = {"decision": "allow", "user": "brook", "patient": "marrowby"}
    answer = requests.post(page.url, choice, allow_redirects=False, timeout=10)
    token = app.exchange(_query(answer)["code"]).json()

    assert (page.status_code, "Tobias Marrowby" in page.text) == (200, True)
    assert (token["patient"], "encounter" in token) == ("marrowby", False)


@pytest.mark.parametrize("choice", [{"patient": "nobody"}, {"patient": "marrowby", "user": "nobody"}])
def test_a_standalone_launch_of_nobody_is_no_launch(app: App, choice):
    page = app.authorize(None, scope="launch/patient patient/*.rs")
    answer = requests.post(page.url, {"decision": "allow", **choice}, allow_redirects=False, timeout=10)

    assert _query(answer)["error"] == "access_denied"


def test_only_what_is_understood_and_not_withheld_is_granted(ehr):
    withheld = public("withheld", withheld=frozenset({"patient/Observation.rs"}))
    app = App(ehr, withheld)
    scope = (
        "launch openid patient/Observation.rs patient/Condition.rs system/*.rs patient/Condition.rs?category=x "
        "patient/Condition.sr nonsense"
    )

    assert app.token(scope=scope)["scope"] == "launch openid patient/Condition.rs"


def test_scopes_come_back_in_the_token_as_granted(app: App):
    assert app.token()["scope"] == SCOPE
