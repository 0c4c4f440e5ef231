"""The command line: one record in, one determination out; unusable input is one line and exit code 2."""

import json
import socket
import subprocess
import sys
from datetime import UTC, datetime

import pytest
from fakes_ehr import Reply, serving
from fakes_hooks import bundle, order, patient, searchset

from smartapp.__main__ import Surroundings, main

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
MELANOMA = {
    "resourceType": "Condition",
    "id": "c1",
    "subject": {"reference": "Patient/p1"},
    "clinicalStatus": {"coding": [{"code": "active"}]},
    "code": {"coding": [{"system": "http://hl7.org/fhir/sid/icd-10-cm", "code": "C43.59"}]},
}


@pytest.fixture
def smartapp(capsys):
    def run(*arguments, **environ):
        around = Surroundings(
            environ={f"SMARTAPP_{key}": value for key, value in environ.items()}, now=lambda: NOW
        )
        code = main([str(argument) for argument in arguments], around=around)
        told = capsys.readouterr()
        return code, told.out, told.err

    return run


@pytest.fixture
def file(tmp_path):
    def write(content):
        path = tmp_path / "bundle.json"
        path.write_bytes(content if isinstance(content, bytes) else json.dumps(content).encode())
        return path

    return write


def test_check_answers_in_json_as_the_contract_says(smartapp, file):
    code, out, err = smartapp("check", file(bundle(patient(), order(), MELANOMA)), "--format", "json")

    told = json.loads(out)
    assert (code, err) == (0, "")
    assert told["policy"] | {"version": ""} == {
        "id": "05.01.051-001",
        "name": "TILMelanoma",
        "version": "",
        "effective": "2026-02-23",
    }
    assert (told["patient"], told["order"], told["asOf"]) == (
        "Patient/p1",
        "MedicationRequest/o1",
        "2026-06-01",
    )
    assert told["outcome"] == "needs-information"
    assert [criterion["id"] for criterion in told["criteria"]] == [
        "adult",
        "melanoma",
        "advanced",
        "anti-pd1",
        "braf",
    ]
    assert [criterion["answer"] for criterion in told["criteria"]][:2] == ["met", "met"]
    assert told["questions"]


def test_check_answers_in_words(smartapp, file):
    code, out, err = smartapp("check", file(bundle(patient(), order(), MELANOMA)))

    assert (code, err) == (0, "")
    assert "05.01.051-001" in out
    assert "melanoma" in out.lower()


def test_as_of_moves_the_question(smartapp, file):
    given = file(bundle(patient(), order(), MELANOMA))

    _, out, _ = smartapp("check", given, "--as-of", "2026-03-01", "--format", "json")

    assert json.loads(out)["asOf"] == "2026-03-01"


def test_an_order_that_no_policy_covers_has_no_outcome(smartapp, file):
    given = file(bundle(patient(), order(text="aldesleukin"), MELANOMA))

    code, out, _ = smartapp("check", given, "--format", "json")

    told = json.loads(out)
    assert (code, told["outcome"], told["criteria"], told["order"]) == (0, None, [], "MedicationRequest/o1")


def test_without_an_order_the_question_is_asked_as_if_there_were_one(smartapp, file):
    code, out, _ = smartapp("check", file(bundle(patient(), MELANOMA)), "--format", "json")

    told = json.loads(out)
    assert (code, told["outcome"], told["order"]) == (0, "needs-information", None)


def test_one_of_two_orders_is_chosen(smartapp, file):
    given = file(bundle(patient(), order("o1"), order("o2")))

    unchosen = smartapp("check", given)
    code, out, _ = smartapp("check", given, "--order", "MedicationRequest/o2", "--format", "json")

    assert (unchosen[0], unchosen[1]) == (2, "")
    assert "MedicationRequest/o1, MedicationRequest/o2" in unchosen[2]
    assert (code, json.loads(out)["order"]) == (0, "MedicationRequest/o2")


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"not json",
        b'{"resourceType": "Bundle", "total": NaN}',
        b"[]",
        json.dumps(patient()).encode(),
        json.dumps(bundle()).encode(),
        json.dumps(bundle(order())).encode(),
        json.dumps(bundle(patient("p1"), patient("p2"))).encode(),
    ],
)
def test_unusable_input_is_one_line_and_exit_code_2(smartapp, file, content):
    code, out, err = smartapp("check", file(content))

    assert (code, out) == (2, "")
    assert (err.startswith("smartapp: "), err.count("\n")) == (True, 1)


@pytest.mark.parametrize(
    "arguments",
    [
        ("check",),
        ("check", "no/such/file.json"),
        ("check", "."),
        ("check", "x.json", "--fhir", "http://127.0.0.1:9/r4"),
        ("check", "--fhir", "http://127.0.0.1:9/r4"),
        ("check", "--fhir", "http://127.0.0.1:9/r4", "--patient", "p1"),
        ("check", "--fhir", "http://127.0.0.1:9/r4", "--patient", "../metadata"),
        ("check", "--fhir", "http://[::1", "--patient", "p1"),
        ("check", "--fhir", "http://127.0.0.1:99999/r4", "--patient", "p1"),
        ("check", "--fhir", f"http://{'a' * 70}.example/r4", "--patient", "p1"),
        ("check", "--fhir", "http://127.0.0.1:9/r4?_format=json", "--patient", "p1"),
        ("check", "--fhir", "file:///r4", "--patient", "p1"),
        ("check", "x.json", "--format", "xml"),
        ("check", "x.json", "--as-of", "yesterday"),
        ("nonsense",),
    ],
)
def test_an_unusable_command_is_one_line_and_exit_code_2(smartapp, arguments):
    code, out, err = smartapp(*arguments)

    assert (code, out) == (2, "")
    assert (err.startswith("smartapp: "), err.count("\n")) == (True, 1)


def test_a_file_larger_than_the_limit_is_refused(smartapp, file):
    code, _, err = smartapp("check", file(bundle(patient(), order())), MAX_FILE_BYTES="100")

    assert (code, err) == (2, "smartapp: More than the limit of 100 bytes was given.\n")


def test_an_unknown_policy_is_refused(smartapp, file):
    code, _, err = smartapp("check", file(bundle(patient(), order())), "--policy", "Other")

    assert (code, "'Other'" in err) == (2, True)


def test_a_bad_setting_is_refused_by_name(smartapp):
    code, _, err = smartapp("policies", PORT="x")

    assert (code, "'port'" in err) == (2, True)


def test_a_record_is_read_from_an_open_server(smartapp):
    with serving() as ehr:
        ehr.says("Patient/p1", Reply(body=patient()))
        ehr.says("Condition?patient=p1", Reply(body=searchset(MELANOMA)))
        ehr.says("MedicationRequest?patient=p1", Reply(body=searchset(order())))
        ehr.says("Observation?patient=p1", Reply(status=403))

        code, out, _ = smartapp("check", "--fhir", ehr.base, "--patient", "p1", "--format", "json")

        assert ehr.tokens == {None}
    told = json.loads(out)
    answers = {criterion["id"]: criterion for criterion in told["criteria"]}
    assert (code, told["order"], answers["melanoma"]["answer"]) == (0, "MedicationRequest/o1", "met")
    assert "403" in answers["braf"]["reason"]


def test_a_patient_who_is_not_on_the_server_is_said_in_one_line(smartapp):
    with serving() as ehr:
        ehr.says("Patient/p2", Reply(status=404))

        told = smartapp("check", "--fhir", ehr.base, "--patient", "p2")

    assert told == (2, "", "smartapp: There is no such Patient on the server (404).\n")


def test_policies_are_listed(smartapp):
    code, out, _ = smartapp("policies")

    assert code == 0
    assert "TILMelanoma  05.01.051-001" in out


def test_without_a_command_the_commands_are_listed(smartapp):
    code, out, err = smartapp()

    assert (code, out) == (2, "")
    assert {"audit", "check", "demo", "policies", "seed", "serve"} <= {
        line.split()[0] for line in err.splitlines() if line
    }


def test_the_demo_shows_a_card_a_form_and_silence_beside_another_demo(smartapp):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        code, out, _ = smartapp("demo", "--once", "--port", taken.getsockname()[1])

    assert code == 0
    assert out.count("-> 200 in") == 3
    assert out.count("CARD [") == 2
    assert "Pre-filled form https://smartapp.example/fhir/Questionnaire/" in out
    assert "No card" in out


def test_the_module_runs_and_reads_standard_input():
    command = [sys.executable, "-m", "smartapp", "check", "-", "--as-of", "2026-06-01", "--format", "json"]

    ran = subprocess.run(
        command, input=json.dumps(bundle(patient(), order())), capture_output=True, text=True, check=False
    )

    assert (ran.returncode, ran.stderr) == (0, "")
    assert json.loads(ran.stdout)["order"] == "MedicationRequest/o1"
