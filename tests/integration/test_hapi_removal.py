"""`smartapp seed --delete` on HAPI FHIR."""

import requests
from integration.practice import everything, get, names


def test_removing_takes_what_was_written_on_the_patients_and_nothing_else(hapi, patients, smartapp):
    other = requests.post(f"{hapi.base}/Patient", json={"resourceType": "Patient"}, timeout=30).json()
    subject = {"reference": f"Patient/{patients['quillmere']}"}
    form = {"resourceType": "QuestionnaireResponse", "status": "completed", "subject": subject}
    assert requests.post(f"{hapi.base}/QuestionnaireResponse", json=form, timeout=30).status_code == 201

    code = smartapp("seed", "--fhir", hapi.base, "--test-server", "--delete")

    left = names(hapi.base), list(everything(hapi.base, "QuestionnaireResponse"))
    assert (code, left) == (0, ({}, []))
    assert get(hapi.base, f"Patient/{other['id']}")["id"] == other["id"]
