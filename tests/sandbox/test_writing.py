"""Writing to the practice EHR: create once, update, and what it refuses."""

from concurrent.futures import ThreadPoolExecutor

import pytest
import requests
from sandbox.app import App, Fhir

_ID = {"system": "https://smartapp.example/submissions", "value": "one"}
_FORM = {
    "resourceType": "QuestionnaireResponse",
    "identifier": _ID,
    "status": "in-progress",
    "questionnaire": "https://smartapp.example/fhir/Questionnaire/TILMelanoma|1.0.0",
    "subject": {"reference": "Patient/quillmere"},
    "item": [{"linkId": "1", "answer": [{"valueBoolean": True}]}],
}


@pytest.fixture
def fhir(app: App) -> Fhir:
    return app.fhir()


def test_what_is_created_can_be_read_and_found(fhir: Fhir):
    answer = fhir.post(_FORM)

    kept = answer.json()
    assert answer.status_code == 201
    assert answer.headers["Location"] == f"{fhir.base}/QuestionnaireResponse/{kept['id']}/_history/1"
    assert answer.headers["ETag"] == 'W/"1"'
    assert fhir.get(f"QuestionnaireResponse/{kept['id']}").json() == kept
    assert fhir.get(answer.headers["Location"]).json() == kept
    assert kept["id"] in fhir.ids(
        f"QuestionnaireResponse?questionnaire={_FORM['questionnaire'].split('|')[0]}"
    )


@pytest.mark.requirement("FHIR R4 http.html#ccreate")
def test_if_none_exist_creates_once(fhir: Fhir):
    form = {**_FORM, "identifier": {**_ID, "value": "once"}}
    same = f"identifier={_ID['system']}|once"

    first, second = fhir.post(form, If_None_Exist=same), fhir.post(form, If_None_Exist=same)

    assert (first.status_code, second.status_code) == (201, 200)
    assert second.json() == first.json()


@pytest.mark.requirement("FHIR R4 http.html#ccreate")
def test_if_none_exist_that_finds_several_creates_nothing(fhir: Fhir):
    form = {**_FORM, "identifier": {**_ID, "value": "several"}}
    fhir.post(form)
    fhir.post(form)

    answer = fhir.post(form, If_None_Exist=f"identifier={_ID['system']}|several")

    assert (answer.status_code, answer.json()["issue"][0]["code"]) == (412, "multiple-matches")


@pytest.mark.requirement("FHIR R4 http.html#ccreate")
def test_many_at_once_create_one(fhir: Fhir):
    form = {**_FORM, "identifier": {**_ID, "value": "at-once"}}
    same = f"identifier={_ID['system']}|at-once"

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: fhir.post(form, If_None_Exist=same).status_code, range(8)))

    assert sorted(answers) == [200] * 7 + [201]


def test_if_none_exist_does_not_find_what_is_anothers(app: App, fhir: Fhir):
    theirs = {**_FORM, "identifier": {**_ID, "value": "shared"}, "subject": {"reference": "Patient/marrowby"}}
    app.fhir("marrowby").post(theirs)

    answer = fhir.post({**_FORM, "identifier": theirs["identifier"]}, If_None_Exist="identifier=shared")

    assert (answer.status_code, answer.json()["subject"]) == (201, {"reference": "Patient/quillmere"})


def test_if_none_exist_must_be_a_search(fhir: Fhir):
    assert fhir.post(_FORM, If_None_Exist="nothing").status_code == 400


def test_an_update_makes_the_next_version_and_an_old_one_conflicts(fhir: Fhir):
    kept = fhir.post(_FORM).json()

    good = fhir.put({**kept, "status": "completed"}, If_Match='W/"1"')
    late = fhir.put({**kept, "status": "stopped"}, If_Match='W/"1"')

    assert (good.status_code, good.json()["status"], good.json()["meta"]["versionId"]) == (
        200,
        "completed",
        "2",
    )
    assert (late.status_code, late.json()["issue"][0]["code"]) == (412, "conflict")


def test_an_update_is_of_ones_own_patient_and_its_own_id(app: App, fhir: Fhir):
    mine, theirs = fhir.post(_FORM).json(), app.fhir("marrowby").post(_of("marrowby")).json()
    full = app.fhir(scope="launch patient/*.cruds")

    answers = [
        full.put({**theirs, "subject": {"reference": "Patient/quillmere"}}).status_code,
        full.put({**mine, "subject": {"reference": "Patient/marrowby"}}).status_code,
        full.put({**mine, "id": "nothing"}).status_code,
        requests.put(
            f"{full.base}/QuestionnaireResponse/{mine['id']}",
            json={**mine, "id": "another"},
            headers={"Authorization": f"Bearer {full.token}"},
            timeout=10,
        ).status_code,
    ]

    assert answers == [403, 403, 404, 400]


def _of(patient: str):
    return {**_FORM, "subject": {"reference": f"Patient/{patient}"}}


@pytest.mark.parametrize(
    ("form", "status"),
    [
        ({**_FORM, "status": None}, 422),
        ({**_FORM, "favourite": "blue"}, 422),
        ({**_FORM, "subject": {"reference": "Patient/marrowby"}}, 403),
        ({"resourceType": "Observation", "status": "final", "code": {"text": "x"}}, 405),
        ({"resourceType": "DocumentReference", "status": "current", "content": [{"attachment": {}}]}, 403),
    ],
)
def test_what_is_invalid_or_not_the_patients_is_refused(fhir: Fhir, form, status):
    answer = fhir.post(form)

    assert answer.status_code == status


def test_a_refusal_does_not_repeat_what_was_sent(fhir: Fhir):
    answer = fhir.post({**_FORM, "authored": "a secret that is no date"})

    assert answer.status_code == 422
    assert "secret" not in answer.text


def test_a_body_that_is_not_json_is_refused(fhir: Fhir):
    answer = requests.post(
        f"{fhir.base}/Task", b"{", headers={"Authorization": f"Bearer {fhir.token}"}, timeout=10
    )

    assert (answer.status_code, answer.json()["issue"][0]["diagnostics"]) == (400, "The body is not JSON.")
