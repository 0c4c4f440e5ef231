"""The practice patients on HAPI FHIR: loaded once, read whole, answered for as from the file, removed again."""

import json

import pytest
import requests
from integration.practice import bundle, everything, get, names, records, renamed

from smartapp.sandbox import stories
from smartapp.sandbox.seeding import shared

STORIES = [story.id for story in stories.told()]


def test_every_resource_is_there_once_and_loading_again_changes_nothing(hapi, loaded, smartapp, now):
    before = versions(hapi, loaded)

    assert smartapp("seed", "--fhir", hapi.base, "--test-server") == 0

    about_patients = set(records(now.date())) - set(shared(now.date()))
    assert names(hapi.base) == loaded
    assert (versions(hapi, loaded), set(before.values())) == (before, {"1"})
    assert len(set(loaded.values())) == len(loaded)
    assert about_patients - set(loaded.values()) == set()


def versions(hapi, loaded):
    kinds = {name.partition("/")[0] for name in loaded}
    found = (item for kind in kinds for item in everything(hapi.base, f"{kind}?_count=200"))
    return {f"{item['resourceType']}/{item['id']}": item["meta"]["versionId"] for item in found}


@pytest.mark.parametrize("story", STORIES)
def test_the_record_on_the_server_is_answered_for_as_the_file_is(
    hapi, patients, loaded, answer, tmp_path, now, story
):
    path = tmp_path / "bundle.json"
    path.write_text(json.dumps(bundle(story, now.date())), encoding="utf-8")

    there = answer("--fhir", hapi.base, "--patient", patients[story])
    here = answer(path)

    assert ordered(renamed(there, loaded)) == ordered(here)


def ordered(told):
    """The answer with its evidence sorted: a server gives resources in its own order."""
    if isinstance(told, dict):
        return {key: ordered(value) for key, value in told.items()}
    if isinstance(told, list):
        return sorted(map(ordered, told), key=lambda item: json.dumps(item, sort_keys=True))
    return told


def test_a_patient_has_several_pages_behind_getpages_links(hapi, patients):
    first = get(hapi.base, f"MedicationAdministration?patient={patients['bramblewick']}&_count=5")
    following = next(link["url"] for link in first["link"] if link["relation"] == "next")

    found = list(
        everything(hapi.base, f"MedicationAdministration?patient={patients['bramblewick']}&_count=5")
    )

    assert following.startswith(f"{hapi.base}?_getpages=")
    assert len(found) > len(first["entry"]) == 5


def test_a_server_that_is_not_marked_as_a_test_server_is_left_alone(hapi, loaded, smartapp, capsys):
    code = smartapp("seed", "--fhir", hapi.base, "--delete")

    assert code == 2
    assert "not known as a test server" in capsys.readouterr().err
    assert names(hapi.base) == loaded


def test_a_server_that_is_registered_as_open_is_a_test_server(hapi, smartapp, tmp_path):
    ehrs = tmp_path / "ehrs.toml"
    ehrs.write_text(f'[[ehr]]\nname = "HAPI"\niss = "{hapi.base}"\nopen = true\n', encoding="utf-8")

    assert smartapp("seed", "--fhir", hapi.base, EHRS=str(ehrs)) == 0


def test_it_answers_pages_of_any_origin_and_a_query_as_clients_write_it(hapi):
    """As the public one does: browsers may call, and a bar in a query need not be encoded."""
    asked = {"Origin": "https://app.example", "Access-Control-Request-Method": "GET"}

    preflight = requests.options(f"{hapi.base}/Patient", headers=asked, timeout=30)
    session = requests.Session()
    request = session.prepare_request(requests.Request("GET", f"{hapi.base}/Observation"))
    request.url += "?code=http://loinc.org|89247-1&_summary=count"

    found = session.send(request, timeout=30)

    assert preflight.headers["Access-Control-Allow-Origin"] in ("*", "https://app.example")
    assert (found.status_code, "|" in found.request.url) == (200, True)
    assert hapi.base.startswith("http://127.0.0.1:")
    assert " s" in hapi.ready
