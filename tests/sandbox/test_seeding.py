"""The practice patients as transactions: complete in themselves, known again, and only for test servers."""

import json
import re
from datetime import UTC, date, datetime

from smartapp.__main__ import Surroundings, main
from smartapp.sandbox import seeding, stories

TODAY = date(2026, 11, 24)


def test_each_patient_is_one_transaction_whose_references_all_lead_into_it():
    made = seeding.transactions(TODAY)

    loose = {
        reference
        for bundle in made.values()
        for reference in re.findall(r'"reference": "([^"#]+)"', json.dumps(bundle))
        if reference not in {entry["fullUrl"] for entry in bundle["entry"]}
    }
    assert list(made) == [story.id for story in stories.told()]
    assert loose == set()


def test_what_is_loaded_is_found_again_by_its_identifier_and_is_marked_as_test_data():
    entries = [entry for bundle in seeding.transactions(TODAY).values() for entry in bundle["entry"]]

    assert {entry["request"]["method"] for entry in entries} == {"PUT"}
    assert all("?identifier=" in entry["request"]["url"] for entry in entries)
    assert not [entry for entry in entries if "id" in entry["resource"]]
    assert {entry["resource"]["meta"]["tag"][-1]["code"] for entry in entries} == {"HTEST"}


def test_a_server_that_nobody_called_a_test_server_is_not_asked_for_anything(capsys):
    around = Surroundings(environ={}, now=lambda: datetime(2026, 11, 24, tzinfo=UTC))

    code = main(["seed", "--fhir", "http://127.0.0.1:9/fhir"], around=around)

    assert (code, "not known as a test server" in capsys.readouterr().err) == (2, True)
