"""Who asks for an order is read with the chart, and what is behind a role; whom the record hides is not missed."""

from contextlib import contextmanager

import fakes_vendors
from fakes_ehr import Reply, serving
from fakes_hooks import order, patient

from smartapp.facts import reference_of
from smartapp.sources import http
from smartapp.sources.access import Fixed
from smartapp.sources.chart import Servers, read_chart

ROLE = {
    "resourceType": "PractitionerRole",
    "id": "r",
    "practitioner": {"reference": "Practitioner/d"},
    "organization": {"reference": "Organization/c"},
}
DOCTOR = {"resourceType": "Practitioner", "id": "d", "name": [{"family": "Halewick"}]}
CENTER = {"resourceType": "Organization", "id": "c", "name": "Example Cancer Center"}


@contextmanager
def _read(*resources, behind=(), **more):
    with serving(fakes_vendors.hapi(*resources, token="t")) as ehr, http.session() as session:
        for resource in behind:
            ehr.says(reference_of(resource), Reply(body=resource))
        server = Servers(http=session).of(ehr.base, access=Fixed("t"), scopes=[])
        facts = read_chart(server, patient_id="p1", seconds=5, **more)
        yield facts, [query for query in ehr.asked if query.startswith(("Practitioner", "Organization"))]


def _names(facts):
    return sorted(map(reference_of, facts.resources))


def test_the_role_that_requests_the_order_leads_to_its_person_and_its_organization():
    asked = order("o1", requester={"reference": "PractitionerRole/r"})

    with _read(patient(), asked, behind=(ROLE, DOCTOR, CENTER)) as (facts, _):
        names = _names(facts)

    assert names == [
        *("MedicationRequest/o1", "Organization/c", "Patient/p1"),
        *("Practitioner/d", "PractitionerRole/r"),
    ]


def test_who_ordered_what_is_over_is_not_asked_for():
    over = order("o1", status="completed", requester={"reference": "Practitioner/d"})

    with _read(patient(), over, behind=(DOCTOR,)) as (_, asked):
        assert asked == []


def test_the_clinician_who_launched_is_read_and_a_patient_who_launched_is_not():
    found = []
    for user in ("Practitioner/d", "Patient/p1"):
        with _read(patient(), behind=(DOCTOR,), user=user) as (facts, asked):
            found.append((_names(facts), asked))

    assert found == [(["Patient/p1", "Practitioner/d"], ["Practitioner/d"]), (["Patient/p1"], [])]


def test_a_requester_who_cannot_be_read_hides_nothing_that_the_criteria_ask_for():
    asked = order("o1", requester={"reference": "Practitioner/d"})

    with _read(patient(), asked, behind=()) as (facts, _):
        said = (_names(facts), facts.unread)

    assert said == (["MedicationRequest/o1", "Patient/p1"], ())
