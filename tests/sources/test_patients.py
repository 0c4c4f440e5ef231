"""The picker of an open test server."""

from contextlib import contextmanager

import pytest
from fakes_ehr import Reply, serving
from fakes_hooks import patient, searchset

from smartapp.errors import Unreachable
from smartapp.sources import http
from smartapp.sources.access import Fixed
from smartapp.sources.chart import Servers
from smartapp.sources.patients import PatientLine, patients

NAMES = [
    {"use": "nickname", "text": "Q"},
    {"use": "usual", "text": "Ada Q."},
    {"use": "official", "given": ["Ada", "B."], "family": "Quill"},
]
NAMED = {**patient(gender="female"), "name": NAMES}
LINE = PatientLine(id="p1", name="Ada B. Quill", birth_date="1970-02-03", gender="female")


@contextmanager
def _open():
    with serving() as ehr, http.session() as session:
        yield ehr, Servers(http=session).open(ehr.base)


def test_without_a_text_the_first_patients_are_shown():
    with _open() as (ehr, server):
        ehr.says("Patient?_count=20", Reply(body=searchset(NAMED, patient("p2", birthDate=7))))

        found = patients(server)

    assert found == (LINE, PatientLine(id="p2", name="(no name)", birth_date=None, gender=None))


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("Quill", "Patient?name=Quill&_count=20"),
        (" O'Hara & Sons ", "Patient?name=O%27Hara%20%26%20Sons&_count=20"),
        ("1970-02-03", "Patient?birthdate=1970-02-03&_count=20"),
    ],
)
def test_a_text_is_looked_for_as_what_it_looks_like(text, query):
    with _open() as (ehr, server):
        ehr.says("Patient/1970-02-03", Reply(status=404))
        ehr.says(query, Reply(body=searchset(NAMED)))

        found = patients(server, text=text)

        assert ehr.asked[-1] == query
    assert found == (LINE,)


def test_an_id_finds_its_patient():
    with _open() as (ehr, server):
        ehr.says("Patient/p1", Reply(body=NAMED))
        ehr.says("Patient?name=p1&_count=20", Reply(body=searchset()))

        found = patients(server, text="p1")

    assert found == (LINE,)


def test_no_more_than_twenty_are_shown_and_no_further_page_is_asked_for():
    with _open() as (ehr, server):
        many = [patient(f"p{i}") for i in range(30)]
        ehr.says("Patient?_count=20", Reply(body=searchset(*many, following="Patient?page=2")))

        found = patients(server)

        assert (len(found), ehr.asked) == (20, ["Patient?_count=20"])


def test_a_server_that_gives_no_list_is_told_so():
    with _open() as (ehr, server):
        ehr.default = Reply(status=403)

        with pytest.raises(Unreachable, match="Access to Patient was refused"):
            patients(server)


@pytest.mark.parametrize(
    "given",
    [
        {"resourceType": "Parameters"},
        searchset(
            {"resourceType": "OperationOutcome", "issue": [{"severity": "error", "code": "exception"}]}
        ),
        searchset(total=3),
        searchset() | {"entry": [{"fullUrl": "https://ehr.example/r4/Patient/p1"}]},
    ],
)
def test_a_failure_is_not_taken_for_an_empty_list(given):
    with _open() as (ehr, server):
        ehr.says("Patient?_count=20", Reply(body=given))

        with pytest.raises(Unreachable, match="Patient could not be read"):
            patients(server)


@pytest.mark.parametrize("given", [searchset(), patient("p2"), {"resourceType": "Basic", "id": "p1"}])
def test_something_else_than_the_patient_is_not_listed(given):
    with _open() as (ehr, server):
        ehr.says("Patient/p1", Reply(body=given))

        assert patients(server, text="p1") == ()


def test_the_patients_of_a_launch_cannot_be_looked_through():
    with serving() as ehr, http.session() as session:
        server = Servers(http=session).of(ehr.base, access=Fixed("t"), scopes=["patient/*.rs"])

        with pytest.raises(Unreachable, match="open test server"):
            patients(server)

        assert ehr.asked == []
