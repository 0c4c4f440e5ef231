"""The practice EHR read as a launch reads it: each of its faults, and what is then said of the chart."""

import pytest

from smartapp.facts import Gap
from smartapp.sandbox import Fault, running
from smartapp.sources import http
from smartapp.sources.chart import Servers, read_chart

PATIENT = "bramblewick"
TYPES = ("Condition", "Observation", "Procedure", "MedicationAdministration")


@pytest.fixture(scope="module")
def practice():
    with running(open_server=True) as ehr:
        yield ehr


def _read(practice, *faults, seconds=3.0):
    for fault in faults:
        practice.practice.faults.add(fault)
    try:
        with http.session() as session:
            return read_chart(Servers(http=session).open(practice.iss), patient_id=PATIENT, seconds=seconds)
    finally:
        practice.practice.faults.clear()


def _said(facts):
    return {(unread.type, unread.gap, unread.text) for unread in facts.unread}


def test_a_chart_without_faults_is_read_whole(practice):
    facts = _read(practice)

    assert (facts.unread, facts.remarks) == ((), ())
    assert all(any(facts.of_type(name)) for name in TYPES)


@pytest.mark.parametrize(
    ("kind", "gap", "said"),
    [
        ("slow", Gap.FAILED, "Condition could not be read: the server did not answer in time."),
        ("forbidden", Gap.NOT_GRANTED, "Access to Condition was refused (403)."),
        ("busy", Gap.FAILED, "Condition could not be read (429): the server is busy."),
        ("failing", Gap.FAILED, "Condition could not be read (500)."),
        ("broken", Gap.FAILED, "Condition could not be read: the answer was not FHIR."),
        ("html", Gap.FAILED, "Condition could not be read: the answer was not FHIR."),
        (
            "unauthorized",
            Gap.NOT_GRANTED,
            "Access to Condition was refused (401): the access has ended; launch again from the EHR.",
        ),
    ],
)
def test_a_fault_of_one_type_is_said_of_that_type_alone(practice, kind, gap, said):
    facts = _read(practice, Fault(kind=kind, path="/fhir/Condition"))

    assert _said(facts) == {("Condition", gap, said)}
    assert all(any(facts.of_type(name)) for name in TYPES if name != "Condition")


def test_a_page_that_is_missing_leaves_the_ones_before_it(practice):
    facts = _read(practice, Fault(kind="missing-page", path="/fhir/Observation"))

    assert _said(facts) == {
        (
            "Observation",
            Gap.INCOMPLETE,
            "Observation could not be read to the end (404).",
        )
    }
    assert any(facts.of_type("Observation"))


@pytest.mark.parametrize("kind", ["busy", "failing"])
def test_a_fault_that_passes_is_not_noticed(practice, kind):
    facts = _read(practice, Fault(kind=kind, path="/fhir/Condition", times=1, seconds=0.1))

    assert facts.unread == ()
