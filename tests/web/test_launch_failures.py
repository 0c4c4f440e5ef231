"""Each way in which a launch fails has a page that a clinician understands, with a way on."""

import pytest
from fakes_launch import Browser, service
from flask import Response, redirect

from smartapp.ehrs import Ehr

TOKEN, CONFIGURATION = "/auth/token", "/fhir/.well-known/smart-configuration"


@pytest.fixture
def made(fake):
    frames = ("https://hospital.example",)
    made = service(
        Ehr(name="General Hospital", iss=fake.iss, client_id="app", frame_ancestors=frames), seconds=2
    )
    yield made
    made.store.close()


def json(text, status=400):
    return lambda: Response(text, status=status, mimetype="application/json")


AGAIN, START = "/launch.html?iss=", 'href="/launch.html"'


def check(page, *, status, title, says, way=AGAIN):
    assert page.status == status
    assert page.headers["Content-Type"].startswith("text/html")
    assert f'<h1 id="h">{title}</h1>' in page.text
    assert says in page.text
    assert way in page.text
    assert "Traceback" not in page.text


@pytest.mark.parametrize(
    "iss",
    [
        "https://unknown.example/fhir",
        "http://169.254.169.254/latest/meta-data",
        "http://127.0.0.1:1/fhir",
        "file:///etc/passwd",
        "http://[::1",
        "javascript:alert(1)",
        "{iss}/../admin",
        "{iss}@evil.example",
        "{iss}?x=",
        "{iss}#",
        "//evil.example",
        "\x00",
        "x" * 2048,
    ],
)
def test_an_ehr_that_is_not_registered_is_refused_and_nothing_is_asked_of_it(fake, made, iss):
    page = Browser(made).launch(iss.format(iss=fake.iss))

    check(page, status=403, title="This EHR is not registered", says="register this EHR", way="/launch.html")
    assert fake.asked == []
    assert "alert(1)" not in page.text


def test_the_page_shows_the_address_to_register_as_text(made):
    page = Browser(made).launch("https://unknown.example/<b>fhir")

    assert "<code>https://unknown.example/&lt;b&gt;fhir</code>" in page.text


def test_a_browser_that_keeps_no_cookie_is_told_before_the_ehr_is_asked(fake, made):
    page = Browser(made, keeps_cookies=False).launch(fake.iss, **{"Sec-Fetch-Dest": "iframe"})

    check(
        page, status=400, title="The browser blocked a cookie", says="inside the EHR", way='target="_blank"'
    )
    assert "launch=launch-1" in page.text
    assert fake.asked == []


def test_a_service_without_https_says_what_its_people_have_to_mend(fake, made):
    """Story: the page told the clinician to allow cookies, which helps nobody there."""
    plain = service(*made.desk.registry, url="http://app.example")

    page = Browser(plain, keeps_cookies=False).launch(fake.iss)

    check(page, status=400, title="The browser blocked a cookie", says="without https", way="/launch.html")
    assert "SMARTAPP_BASE_URL" in page.text
    assert "tab of its own" not in page.text


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (lambda: Response("<p>Down", mimetype="text/html"), "did not answer in JSON"),
        (lambda: Response(status=404), "status 404"),
        (lambda: Response(status=503), "status 503"),
        (lambda: redirect("http://169.254.169.254/"), "sends elsewhere"),
        (json("{}", 200), "names no"),
    ],
    ids=["html", "404", "503", "redirect", "empty"],
)
def test_discovery_that_fails(fake, made, answer, says):
    fake.answers[CONFIGURATION] = answer

    page = Browser(made).launch(fake.iss)

    check(page, status=502, title="The EHR could not be reached or understood", says=says)


def test_an_ehr_that_does_not_answer():
    made = service(Ehr(name="General Hospital", iss="http://127.0.0.1:9/fhir", client_id="app"))

    page = Browser(made).launch("http://127.0.0.1:9/fhir")

    check(page, status=502, title="The EHR could not be reached or understood", says="cannot be reached")


@pytest.mark.parametrize(
    ("error", "status", "title", "says"),
    [
        ("access_denied", 403, "The EHR did not grant access", "declined"),
        ("invalid_scope", 403, "The EHR did not grant access", "invalid_scope"),
        ("login_required", 403, "The EHR did not grant access", "sign in"),
        ("invalid_request", 403, "The EHR did not grant access", "asks for (invalid_request)"),
        ("invalid_client", 403, "The EHR did not grant access", "is registered there (invalid_client)"),
        ("server_error", 502, "The EHR could not be reached or understood", "failed"),
        ("<script>odd", 403, "The EHR did not grant access", "not known here"),
    ],
)
def test_an_ehr_that_declines(fake, made, error, status, title, says):
    fake.callback = {"code": None, "error": error, "error_description": "Iris Quill <script>"}

    page = Browser(made).launch(fake.iss)

    check(page, status=status, title=title, says=says)
    assert "<script" not in page.text
    assert "Iris" not in page.text


def test_an_ehr_that_declines_without_saying_whom(made):
    page = Browser(made).open("/callback?error=invalid_request")

    check(page, status=403, title="The EHR did not grant access", says="(invalid_request)", way=START)


def test_a_callback_is_good_once(fake, made):
    browser = Browser(made)
    browser.launch(fake.iss)
    callback = next(url for url in browser.urls if "/callback" in url)

    page = browser.open(callback)

    check(page, status=400, title="This launch is over", says="finished already", way=START)
    assert len(fake.tokens) == len(made.opened) == 1


def test_a_callback_after_ten_minutes(fake, made):
    browser = Browser(made)
    callback = browser.launch(fake.iss, until="/callback").url
    made.clock.ahead = 601

    page = browser.open(callback)

    check(page, status=400, title="This launch is over", says="ten minutes", way=START)
    assert fake.tokens == []


def test_a_callback_with_another_state(fake, made):
    browser = Browser(made)
    callback = browser.launch(fake.iss, until="/callback").url

    page = browser.open(callback[:-2])

    check(page, status=400, title="This launch is over", says="finished already", way=START)
    assert fake.tokens == []


def test_a_callback_in_another_browser_is_refused_and_spends_the_launch(fake, made):
    callback = Browser(made).launch(fake.iss, until="/callback").url
    victim = Browser(made)
    victim.launch(fake.iss, until="/auth/authorize")

    pages = [victim.open(callback), victim.open(callback)]

    check(pages[0], status=400, title="The launch could not be completed", says="another browser")
    check(pages[1], status=400, title="This launch is over", says="finished already", way=START)
    assert fake.tokens == []


def test_a_callback_without_the_cookie_says_so(fake, made):
    callback = Browser(made).launch(fake.iss, until="/callback").url

    page = Browser(made).open(callback)

    check(page, status=400, title="The browser blocked a cookie", says="one cookie")


def test_a_callback_with_neither_code_nor_error(fake, made):
    fake.callback = {"code": None}

    page = Browser(made).launch(fake.iss)

    check(page, status=502, title="The EHR could not be reached or understood", says="neither")


def test_an_answer_of_another_authorization_server(fake, made):
    fake.callback = {"iss": "https://attacker.example"}

    page = Browser(made).launch(fake.iss)

    check(page, status=502, title="The EHR could not be reached or understood", says="another authorization")
    assert fake.tokens == []


@pytest.mark.parametrize(
    ("answer", "status", "title", "says"),
    [
        (json('{"error": "invalid_grant"}'), 400, "This launch is over", "used already"),
        (json('{"error": "invalid_client"}', 401), 502, "The EHR could not be", "invalid_client"),
        (json('{"error": "invalid_scope"}'), 403, "The EHR did not grant access", "invalid_scope"),
        (json('{"error": "Iris Quill"}'), 502, "The EHR could not be", "an unknown error"),
        (json('{"error": ["x"]}'), 502, "The EHR could not be", "an unknown error"),
        (json("{}", 200), 502, "The EHR could not be", "no bearer token"),
        (json('{"access_token": "a", "token_type": "mac"}', 200), 502, "The EHR could", "no bearer token"),
        (json("[]", 200), 502, "The EHR could not be", "is no token"),
        (lambda: Response("<p>Error", status=400), 502, "The EHR could not be", "status 400"),
        (lambda: Response(status=400), 502, "The EHR could not be", "status 400"),
        (lambda: Response("<p>Error"), 502, "The EHR could not be", "is no token"),
        (lambda: Response(status=503), 502, "The EHR could not be", "status 503"),
        (lambda: redirect("http://169.254.169.254/"), 502, "The EHR could not be", "sends elsewhere"),
    ],
)
def test_a_token_endpoint_that_gives_no_token(fake, made, answer, status, title, says):
    fake.answers[TOKEN] = answer

    page = Browser(made).launch(fake.iss)

    assert page.status == status
    assert title in page.text
    assert says in page.text
    assert AGAIN in page.text
    assert "Iris" not in page.text
    assert made.opened == []


def test_a_token_without_a_patient(fake, made):
    fake.token = {"patient": None}

    page = Browser(made).launch(fake.iss)

    check(page, status=400, title="No patient was chosen", says="Open a patient")


@pytest.mark.parametrize("patient", ["../x", "a b", "p?x=1", 7, {"id": "x"}, "", "x" * 200])
def test_a_patient_that_is_no_id_is_none(fake, made, patient):
    fake.token = {"patient": patient}

    assert Browser(made).launch(fake.iss).status == 400
    assert made.opened == []


def test_a_grant_of_nothing_that_can_be_read(fake, made):
    fake.token = {"scope": "launch openid fhirUser patient/Observation.c"}

    page = Browser(made).launch(fake.iss)

    check(page, status=403, title="The EHR did not grant access", says="nothing of what")


@pytest.mark.parametrize("scope", ["launch openid fhirUser", "launch patient/Condition.r", "patient/*.read"])
def test_a_narrower_grant_goes_on_and_the_review_says_what_is_lacking(fake, made, scope):
    fake.token = {"scope": scope, "id_token": None} if "openid" not in scope else {"scope": scope}

    assert Browser(made).launch(fake.iss).status == 200
    assert made.opened[0].scopes == frozenset(scope.split())


@pytest.mark.parametrize(
    ("claims", "says"),
    [
        ({"aud": "other"}, "for somebody else"),
        ({"iss": "https://other.example"}, "for somebody else"),
        ({"exp": 1}, "expired"),
        ({"nonce": "other"}, "does not belong to this launch"),
        ({"nonce": None}, "does not belong to this launch"),
    ],
    ids=str,
)
def test_an_id_token_that_cannot_be_trusted(fake, made, claims, says):
    fake.claims = claims

    page = Browser(made).launch(fake.iss)

    check(page, status=502, title="Your sign-in could not be verified", says=says)
    assert made.opened == []


def test_an_id_token_that_was_granted_and_not_sent(fake, made):
    fake.token = {"id_token": None}

    page = Browser(made).launch(fake.iss)

    check(page, status=502, title="Your sign-in could not be verified", says="did not")


def test_keys_that_cannot_be_had(fake, made):
    fake.answers["/auth/jwks"] = lambda: Response(status=500)

    page = Browser(made).launch(fake.iss)

    check(page, status=502, title="Your sign-in could not be verified", says="status 500")


def test_a_page_that_is_not_there_is_a_page_for_people_and_json_for_programs(made):
    person = Browser(made).open("/reviews/unknown/nothing")
    program = Browser(made).open("/cds-services/nothing")

    check(person, status=404, title="There is no such page", says="nothing at this address", way=START)
    assert program.status == 404
    assert '"OperationOutcome"' in program.text
