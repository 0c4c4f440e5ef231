"""Who may see what in the practice EHR."""

import pytest
from sandbox.app import App, Fhir

BASIC = "launch openid fhirUser"
_TASK = {
    "resourceType": "Task",
    "status": "requested",
    "intent": "order",
    "for": {"reference": "Patient/quillmere"},
}


def test_without_a_good_token_there_is_only_the_description(app: App):
    nobody, somebody = Fhir(base=app.ehr.iss), Fhir(base=app.ehr.iss, token="guessed")

    assert nobody.get("metadata").status_code == 200
    assert nobody.get(".well-known/smart-configuration").status_code == 200
    for fhir in (nobody, somebody):
        answer = fhir.get("Patient/quillmere")
        assert (answer.status_code, answer.json()["issue"][0]["code"]) == (401, "login")
        assert answer.headers["WWW-Authenticate"].startswith("Bearer")


@pytest.mark.parametrize(
    ("scope", "read", "search", "create"),
    [
        ("patient/Condition.rs", 200, 200, 403),
        ("patient/Condition.r", 200, 403, 403),
        ("patient/Condition.s", 403, 200, 403),
        ("patient/Condition.read", 200, 200, 403),
        ("patient/*.read", 200, 200, 403),
        ("patient/*.cruds", 200, 200, 201),
        ("patient/*.*", 200, 200, 201),
        ("patient/Task.write", 403, 403, 201),
        ("patient/Task.c", 403, 403, 201),
        ("user/*.rs", 200, 200, 403),
        ("patient/Observation.rs", 403, 403, 403),
        ("", 403, 403, 403),
    ],
)
@pytest.mark.requirement("SMART App Launch 2.2 scopes-and-launch-context")
def test_scopes_of_both_versions_open_what_they_name(app: App, scope, read, search, create):
    fhir = app.fhir(scope=f"{BASIC} {scope}")

    answers = (
        fhir.get("Condition/quillmere-melanoma").status_code,
        fhir.get("Condition?patient=quillmere").status_code,
        fhir.post(_TASK).status_code,
    )

    assert answers == (read, search, create)


def test_patient_scopes_end_at_the_patient_of_the_launch(app: App):
    fhir = app.fhir()

    assert fhir.get("Patient/marrowby").status_code == 403
    assert fhir.get("Condition/marrowby-melanoma").status_code == 403
    assert fhir.get("Condition?patient=marrowby").status_code == 403
    assert fhir.ids("Condition") == ["quillmere-melanoma", "quillmere-lung-metastasis"]
    assert fhir.ids("Patient") == ["quillmere"]


def test_user_scopes_open_the_practice(app: App):
    fhir = app.fhir(scope=f"{BASIC} user/*.rs")

    assert fhir.get("Patient/marrowby").status_code == 200
    assert len(fhir.ids("Patient?_count=100")) == 17


def test_what_is_nobodys_everybody_may_read(app: App):
    fhir = app.fhir()

    assert fhir.get("Medication/bramblewick-encorafenib-product").status_code == 200
    assert fhir.get("Practitioner/hale").status_code == 200


def test_who_is_signed_in_may_read_who_they_are(app: App):
    fhir = app.fhir(scope="launch openid fhirUser")

    assert fhir.get("Practitioner/hale").json()["name"][0]["family"] == "Halewick"
    assert fhir.get("Practitioner/brook").status_code == 403


def test_an_expired_token_is_told_from_a_missing_scope(app: App):
    fhir = app.fhir()
    app.ehr.practice.memory.expire_all()

    assert fhir.get("Patient/quillmere").status_code == 401
