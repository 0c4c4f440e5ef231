"""A package as another DTR application uses it: its own CQL engine, the chart as the EHR has it, no parameters."""

import json
from base64 import b64decode
from pathlib import Path

import pytest
from davinci.asked import client, order_part, package_request
from differential.oracle import Oracle, missing

import smartapp

CALL = json.loads((Path(smartapp.__file__).parent / "demo" / "1-met.json").read_text(encoding="utf-8"))[
    "request"
]


def _sent(key):
    return [entry["resource"] for entry in (CALL["prefetch"][key] or {}).get("entry", ())]


def _unpacked(folder):
    order = CALL["context"]["draftOrders"]["entry"][0]["resource"]
    asked = package_request(order_part(order), coverage=_sent("coverage")[0])
    package = client().post("/fhir/$questionnaire-package", json=asked).json["parameter"][0]["resource"]
    for resource in (entry["resource"] for entry in package["entry"]):
        if resource["resourceType"] == "Library":
            elm = next(c["data"] for c in resource["content"] if c["contentType"] == "application/elm+json")
            (folder / "elm" / f"{resource['name']}.json").write_bytes(b64decode(elm))
        elif resource["resourceType"] == "ValueSet":
            (folder / "valuesets" / f"{resource['id']}.json").write_text(
                json.dumps(resource), encoding="utf-8"
            )
    return order


@pytest.mark.requirement("dtr-2.2.0#spec-54", "dtr-2.2.0#spec-59", "dtr-2.2.0#spec-87")
def test_another_engine_fills_the_form_from_the_package_alone(tmp_path):
    if reason := missing():
        pytest.skip(reason)
    for name in ("elm", "valuesets"):
        (tmp_path / name).mkdir()
    order = _unpacked(tmp_path)
    chart = [
        CALL["prefetch"]["patient"],
        order,
        *(r for key in CALL["prefetch"] if key != "patient" for r in _sent(key)),
    ]
    job = {
        "libraries": ["TILMelanomaForm"],
        "now": "2026-06-01T12:00:00.000+00:00",
        "resources": chart,
        "parameters": {},
    }

    with Oracle(elm=tmp_path / "elm", value_sets=tmp_path / "valuesets") as engine:
        form = engine.ask(job)["TILMelanomaForm"]

    assert form["errors"] == {}
    assert {
        name: form["values"][name]
        for name in ("Patient Name", "Birth Date", "Plan", "Anti-PD-1 Was Received")
    } == {
        "Patient Name": "Robin Example",
        "Birth Date": "1961-03-14",
        "Plan": "Example Health Plan",
        "Anti-PD-1 Was Received": True,
    }
    assert form["values"]["Diagnosis Code"].endswith("|C43.59")
