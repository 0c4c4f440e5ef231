"""SMART Backend Services before the DTR endpoints (SMART App Launch 2.2; davinci.md 3.1)."""

import pytest
from fakes_callers import EC, ISS, TOKEN, URL, application, bearer, now, token

ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


@pytest.fixture
def client(tmp_path):
    return application(tmp_path).test_client()


def _asked(client, assertion=None, **changed):
    form = {
        "grant_type": "client_credentials",
        "scope": "system/Questionnaire.rs",
        "client_assertion_type": ASSERTION,
        "client_assertion": assertion or token(aud=TOKEN, sub=ISS),
        **changed,
    }
    return client.post("/auth/token", data=form)


def test_the_configuration_and_the_capabilities_are_open_and_name_the_token_endpoint(client):
    for prefix in ("/fhir", "/fhir/2.0", "/fhir/2.2"):
        found = client.get(f"{prefix}/.well-known/smart-configuration")
        said = client.get(f"{prefix}/metadata")

        assert found.json["token_endpoint"] == TOKEN
        assert found.json["grant_types_supported"] == ["client_credentials"]
        assert "client-confidential-asymmetric" in found.json["capabilities"]
        assert said.json["rest"][0]["security"]["service"][0]["coding"][0]["code"] == "SMART-on-FHIR"


@pytest.mark.requirement("smart-app-launch-2.2#backend-services")
@pytest.mark.parametrize(
    ("scope", "granted"),
    [
        ("system/Questionnaire.rs", "system/Questionnaire.rs"),
        ("system/questionnaire.rs system/library.r", "system/Questionnaire.rs system/Library.r"),
        ("system/Questionnaire.read system/Patient.read", "system/Questionnaire.rs"),
        ("system/*.cruds", "system/Questionnaire.rs system/ValueSet.rs system/Library.rs"),
    ],
)
def test_of_what_is_asked_for_the_allowed_part_is_granted(client, scope, granted):
    answer = _asked(client, scope=scope)

    assert answer.status_code == 200
    assert answer.json["scope"] == granted
    assert answer.json["token_type"] == "bearer"
    assert answer.json["expires_in"] == 300
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    ("changed", "status", "error"),
    [
        ({"grant_type": "password"}, 400, "unsupported_grant_type"),
        ({"client_assertion_type": "x"}, 401, "invalid_client"),
        ({"client_assertion": "x"}, 401, "invalid_client"),
        ({"scope": ""}, 400, "invalid_scope"),
        ({"scope": "patient/Questionnaire.rs"}, 400, "invalid_scope"),
        ({"scope": "system/Questionnaire.cud"}, 400, "invalid_scope"),
    ],
)
def test_a_wrong_request_is_refused_in_the_words_of_oauth(client, changed, status, error):
    answer = _asked(client, **changed)

    assert (answer.status_code, answer.json["error"]) == (status, error)


@pytest.mark.parametrize(
    "changed",
    [
        lambda: {"sub": None},
        lambda: {"sub": "https://other.example"},
        lambda: {"aud": URL},
        lambda: {"aud": f"{URL}/fhir"},
        lambda: {"exp": now() + 400},
        lambda: {"jti": None},
    ],
    ids=["no sub", "another sub", "the app", "the FHIR endpoint", "too long a life", "no jti"],
)
def test_an_assertion_is_about_its_issuer_for_this_endpoint_and_short(tmp_path, changed):
    client = application(tmp_path, seconds=900, audience="prior-auth").test_client()

    answer = _asked(client, token(EC, **{"aud": TOKEN, "sub": ISS, **changed()}))

    assert (answer.status_code, answer.json["error"]) == (401, "invalid_client")


def test_an_assertion_is_good_once(client):
    text = token(aud=TOKEN, sub=ISS)

    assert [_asked(client, text).status_code for _ in range(2)] == [200, 401]


def test_forms_are_given_to_those_with_a_token_for_them(client):
    access = _asked(client, scope="system/Questionnaire.rs").json["access_token"]

    statuses = {
        (method, path): client.open(path, method=method, headers=bearer(access), json={}).status_code
        for method, path in (
            ("GET", "/fhir/Questionnaire"),
            ("GET", "/fhir/2.2/Questionnaire"),
            ("POST", "/fhir/Questionnaire/$questionnaire-package"),
            ("POST", "/fhir/$questionnaire-package"),
            ("GET", "/fhir/Library"),
            ("GET", "/fhir/ValueSet/$expand"),
        )
    }

    assert statuses == {
        ("GET", "/fhir/Questionnaire"): 200,
        ("GET", "/fhir/2.2/Questionnaire"): 200,
        ("POST", "/fhir/Questionnaire/$questionnaire-package"): 400,  # let in; there are no Parameters
        ("POST", "/fhir/$questionnaire-package"): 400,
        ("GET", "/fhir/Library"): 403,
        ("GET", "/fhir/ValueSet/$expand"): 403,
    }


@pytest.mark.parametrize(("letter", "statuses"), [("r", [200, 403, 400]), ("s", [403, 200, 400])])
def test_a_token_to_read_is_none_to_search_and_either_is_one_for_an_operation(client, letter, statuses):
    access = _asked(client, scope=f"system/ValueSet.{letter}").json["access_token"]

    answers = [
        client.get(f"/fhir/ValueSet{rest}", headers=bearer(access)) for rest in ("/ecog", "", "/$expand")
    ]

    assert [answer.status_code for answer in answers] == statuses


@pytest.mark.requirement("dtr-2.2.0#spec-120")
def test_nothing_else_opens_the_fhir_endpoints(client):
    for headers in (
        {},
        bearer("x"),
        bearer(token(aud=f"{URL}/fhir/Questionnaire")),
        {"Authorization": "Basic eDp5"},
    ):
        answer = client.get("/fhir/Questionnaire", headers=headers)

        assert answer.status_code == 401
        assert answer.headers["WWW-Authenticate"].startswith("Bearer")
        assert answer.json["resourceType"] == "OperationOutcome"


def test_who_fetches_forms_too_often_has_to_wait(tmp_path):
    client = application(tmp_path, calls_a_minute=3).test_client()
    access = _asked(client).json["access_token"]

    answers = [client.get("/fhir/Questionnaire", headers=bearer(access)) for _ in range(8)]

    # even if two minutes are touched not all are let in
    told = {answer.status_code: answer for answer in answers}
    assert (set(told), answers[0].status_code) == ({200, 429}, 200)
    assert int(told[429].headers["Retry-After"]) > 0
    assert told[429].json["resourceType"] == "OperationOutcome"


def test_an_access_token_does_not_open_the_hooks(client):
    access = _asked(client).json["access_token"]

    assert client.get("/cds-services", headers=bearer(access)).status_code == 401
