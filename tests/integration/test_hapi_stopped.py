"""A HAPI FHIR that stops in the middle: of a check, of a chart, of writing, of the list of patients."""

from collections import Counter

import pytest
from fakes_practice import ID, UNORDERED, browsing, chosen, client, read, signed
from integration.practice import everything

from smartapp.ehrs import Ehr
from smartapp.errors import NotWritten, Obstacle, Unreachable
from smartapp.sandbox import running
from smartapp.sources import http, writing
from smartapp.sources.chart import Servers, read_chart

FORMS = "QuestionnaireResponse?_count=200"


@pytest.fixture
def browser(door):
    with browsing(Ehr(name="HAPI FHIR", iss=door.base, open=True), chart_seconds=5) as browser:
        yield browser


@pytest.fixture
def server(door):
    with http.session() as session:
        yield Servers(http=session).open(door.base)


def test_a_check_says_in_one_line_that_the_server_is_gone(door, patients, smartapp, capsys):
    door.shut()

    code = smartapp("check", "--fhir", door.base, "--patient", patients["quillmere"])

    told = capsys.readouterr()
    assert (code, told.out, told.err.count("\n")) == (2, "", 1)
    assert "the server could not be reached" in told.err


# compressed, the chart is some 9,000 bytes
@pytest.mark.parametrize("size", [1_500, 3_000, 4_500])
def test_a_chart_that_breaks_off_says_what_is_missing_or_that_there_is_none(door, patients, server, size):
    patient = patients["bramblewick"]
    whole = Counter(
        item["resourceType"] for item in read_chart(server, patient_id=patient, seconds=20).resources
    )
    door.left = size

    try:
        facts = read_chart(server, patient_id=patient, seconds=5)
    except Unreachable:
        return  # not even the patient came

    missing = whole - Counter(item["resourceType"] for item in facts.resources)
    known_by_others = {"Organization", "Medication"}
    assert set(missing) - known_by_others <= {unread.type for unread in facts.unread}
    assert facts.unread


def test_the_picker_of_a_server_that_is_gone_says_so(door, browser):
    door.shut()

    assert "could not be reached" in browser.launch(door.base, None).text


def test_a_review_of_a_server_that_is_gone_says_so_and_offers_to_read_again(door, browser, patients):
    csrf = browser.launch(door.base, None).text.partition('name="csrf" value="')[2].partition('"')[0]
    door.shut()
    page = browser.open(
        "/launch/open", data={"iss": door.base, "csrf": csrf, "patient": patients["quillmere"]}
    )
    assert "could not be reached" in read(browser, page).text


def test_what_is_signed_while_the_server_is_gone_is_kept_and_written_later(door, browser, patients, hapi):
    patient = patients["pellwick"]
    page = chosen(browser, door.base, patient)
    door.shut()
    failed = signed(browser, page, UNORDERED)

    door.open()
    csrf = failed.text.partition('/submission"')[2].partition('name="csrf" value="')[2].partition('"')[0]
    browser.open(f"{page.url}/submission", data={"csrf": csrf})

    forms = list(everything(hapi.base, f"QuestionnaireResponse?patient={patient}"))
    assert "Try again to write to the chart" in failed.text
    assert [form["status"] for form in forms] == ["completed"]
    assert len(list(everything(hapi.base, f"DocumentReference?patient={patient}"))) == 1


@pytest.fixture
def practice(door):
    """The practice's authorization, with HAPI behind it and the door between them."""
    with running(asks_consent=False, fhir=door.base) as practice:
        practice.register(client())
        yield practice
        door.open()
        practice.practice.reset("pellwick")


@pytest.fixture
def launching(practice):
    ehr = Ehr(name="Practice EHR", iss=practice.iss, client_id=ID)
    with browsing(ehr, chart_seconds=10) as browser:
        yield browser


@pytest.mark.parametrize("size", [0, 3_000])
def test_a_launch_whose_resource_server_stops_says_so_and_claims_nothing(door, practice, launching, size):
    link = practice.launch(ID, patient="bramblewick")
    door.left = size

    page = read(launching, launching.open(link))

    assert "could not be read (503): the server is busy." in page.text
    assert "Published criteria look met" not in page.text


def test_what_is_signed_in_a_launch_while_the_resource_server_is_gone_is_written_later(
    door, practice, launching, hapi
):
    before = written(hapi)
    page = read(launching, launching.open(practice.launch(ID, patient="pellwick")))
    door.shut()
    failed = signed(launching, page, UNORDERED)

    door.open()
    csrf = failed.text.partition('/submission"')[2].partition('name="csrf" value="')[2].partition('"')[0]
    for _ in range(3):  # a server that has just come back may be slow: whoever waits tries again
        again = launching.open(f"{page.url}/submission", data={"csrf": csrf})
        if "Try again to write to the chart" not in again.text:
            break

    new = {name: status for name, status in written(hapi).items() if name not in before}
    assert "Try again to write to the chart" in failed.text
    assert list(new.values()) == ["completed"]
    assert next(iter(new)) in again.text


def written(hapi):
    """The forms on the server, whosever they are: a patient who was reset may come back under another id."""
    return {f"QuestionnaireResponse/{one['id']}": one["status"] for one in everything(hapi.base, FORMS)}


def test_a_write_whose_answer_is_lost_is_made_once(door, server, patients, hapi):
    subject = {"reference": f"Patient/{patients['everthorne']}"}
    form = {"resourceType": "QuestionnaireResponse", "status": "completed", "subject": subject}
    server.offers(server.reader(5))
    door.cuts = b"POST "

    with pytest.raises(NotWritten) as lost:
        writing.create(server, form, key="hapi-lost", seconds=4)
    door.open()
    written = writing.create(server, form, key="hapi-lost")

    (held,) = everything(hapi.base, f"QuestionnaireResponse?patient={patients['everthorne']}")
    assert lost.value.obstacle is Obstacle.FAILED
    assert written.reference == f"QuestionnaireResponse/{held['id']}"


def test_a_hapi_that_hangs_is_given_up_in_time(hapi, patients, smartapp, capsys):
    with hapi.frozen():
        code = smartapp("check", "--fhir", hapi.base, "--patient", patients["quillmere"])

    assert (code, "did not answer in time" in capsys.readouterr().err) == (2, True)
