"""A chart of hundreds of records: the page and the packet stay light, and say what they leave out."""

import io
import re
from datetime import date, timedelta

import pypdf
import pytest
from fakes_reviews import MELANOMA, NIVOLUMAB, ORDER, PATIENT, facts, site

BASE = "https://app.example"
MANY = 150
POSITIVE = "V600E detected"


def records(number):
    """Every day a diagnosis, a dose and a result; the first result is positive, and no other."""
    for place in range(number):
        day = (date(2020, 1, 1) + timedelta(days=place)).isoformat()
        yield {**MELANOMA, "id": f"c{place}", "recordedDate": day}
        yield {**NIVOLUMAB, "id": f"a{place}", "effectiveDateTime": day}
        yield {
            "resourceType": "Observation",
            "id": f"b{place}",
            "status": "final",
            "subject": {"reference": "Patient/p"},
            "effectiveDateTime": day,
            "code": {"coding": [{"system": "http://loinc.org", "code": "58483-9"}]},
            "valueCodeableConcept": {"text": f"No mutation detected, assay {place}" if place else POSITIVE},
        }


@pytest.fixture(scope="module")
def review():
    """A browser and the address of the review of such a chart."""
    chart = facts(PATIENT, ORDER, *records(MANY))
    client = site(lambda _: chart).app.test_client()
    return client, f"/reviews/{client.get('/begin/launch-1', base_url=BASE).text}"


def text(client, address):
    return client.get(address, base_url=BASE).text


def test_the_page_stays_light(review):
    page = text(*review)

    assert len(page.encode()) < 200_000
    assert page.count("<tr") < 250


def test_the_page_says_how_many_rows_are_left_out_and_where_they_are(review):
    client, address = review
    page = text(client, address)

    for criterion, found in (("melanoma", MANY), ("anti-pd1", MANY), ("braf", MANY)):
        assert f'<a href="{address}/evidence/{criterion}">See all {found:,}</a>' in page
        assert (
            text(client, f"{address}/evidence/{criterion}").count('<td role="cell" data-label="Source">')
            == found
        )


def test_the_one_result_that_says_otherwise_is_not_left_out(review):
    criterion = text(*review).partition('id="criterion-braf"')[2].partition("</details>")[0]

    assert POSITIVE in criterion
    assert "Observation/b0<" in criterion


def test_the_whole_history_is_a_page_of_its_own(review):
    client, address = review
    page, whole = text(client, address), text(client, f"{address}/treatments")

    assert f'<a href="{address}/treatments">See the whole therapy history with all its sources</a>' in page
    assert f"given, {MANY} doses on record" in page
    assert len(set(re.findall(r"MedicationAdministration/a\d+", whole))) == MANY
    assert len(set(re.findall(r"Observation/b\d+", whole))) == MANY


def test_the_packet_says_what_it_leaves_out_and_of_what(review):
    client, address = review

    made = client.get(f"{address}/packet.pdf", base_url=BASE).data
    told = " ".join(" ".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(made)).pages).split())

    assert len(made) < 500_000
    assert POSITIVE in told
    assert "more of the like were found and are left out." in told
    assert re.search(r"condition \[[-\d, ]+ and 138 more\]", told)
    left = told.partition("Left out:")[2]
    kinds = ("conditions", "administrations", "observations")
    numbers = [int(re.search(rf"(\d+) {kind}", left)[1]) for kind in kinds]
    assert numbers[:2] == [138, 138]
    assert numbers[2] > 60


def test_a_short_chart_has_nothing_left_out():
    client = site().app.test_client()
    address = f"/reviews/{client.get('/begin/launch-1', base_url=BASE).text}"
    page = text(client, address)

    assert "See all" not in page
    assert "See the whole therapy history" not in page


@pytest.mark.parametrize("path", ["evidence/braf", "treatments"])
def test_another_session_sees_none_of_it(path):
    where = site()
    address = f"/reviews/{where.app.test_client().get('/begin/launch-1', base_url=BASE).text}"

    other = where.app.test_client().get(f"{address}/{path}", base_url=BASE)

    assert other.status_code in (401, 403)
    assert "nivolumab" not in other.text


def test_there_is_no_evidence_for_a_criterion_that_is_none():
    client = site().app.test_client()
    address = f"/reviews/{client.get('/begin/launch-1', base_url=BASE).text}"

    assert client.get(f"{address}/evidence/age", base_url=BASE).status_code == 404
