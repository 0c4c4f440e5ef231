"""Many windows at once, on a real database file: every answer arrives, every form counts once."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from fakes_reviews import DOCTOR, Service, answers_of, catalog

from smartapp.reviews.answering import Form
from smartapp.reviews.reviews import Reviews
from smartapp.store import Store

ANSWERS = {
    "ecog": "1",
    "brain": "none",
    "organ.pft": "normal",
    "organ.renal": "normal",
    "provider.npi": "1234567890",
    "provider.contact": "555-0100",
    "facility.name": "Example Centre",
    "facility.setting": "inpatient",
}


@pytest.fixture
def service(tmp_path):
    service = Service()
    service.store = Store(f"sqlite:///{tmp_path}/reviews.sqlite3", clock=service.clock)
    service.reviews = Reviews(catalog=catalog(), store=service.store, clock=service.clock)
    yield service
    service.store.close()


def test_windows_that_save_at_once_lose_no_answer(service):
    visit = service.open()
    shown = service.reviews.view(visit).version

    def save(name):
        form = Form(sent={name: (ANSWERS[name],)}, revision=shown, token=name, by=DOCTOR)
        return service.reviews.save(visit, form)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(save, [*ANSWERS, *ANSWERS]))

    view = service.reviews.view(visit)
    assert [name for name in ANSWERS if not answers_of(view.response, name)] == []
    assert view.errors == ()
    assert sum(line.what == "saved" for line in view.audit) == len(ANSWERS)


def test_launches_that_arrive_at_once_share_one_draft(service):
    with ThreadPoolExecutor(4) as pool:
        visits = list(pool.map(lambda number: service.open(session=f"s{number}"), range(6)))

    assert len({visit.work for visit in visits}) == 1
