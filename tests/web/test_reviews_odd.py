"""Whatever a browser, or someone else, sends as a form: it is taken in or refused, and the page stands."""

import pytest
from fakes_reviews import COMPLETE, fields, site
from hypothesis import given, settings
from hypothesis import strategies as st

BASE = "https://app.example"


@pytest.fixture(scope="module")
def opened():
    where = site()
    client = where.app.test_client()
    return client, f"/reviews/{client.get('/begin/launch-1', base_url=BASE).text}"


NAMES = sorted(
    {*COMPLETE, "patient.birthDate", "pd1.lines[row-1].pd1.drug", "pd1.lines[new].pd1.drug"}
    | {"pd1.lines[row-1].remove", "pd1.lines[row-99].pd1.drug", "pd1.lines", "administrative", "revision"}
)
TEXTS = st.text(max_size=30) | st.sampled_from(
    ["true", "2026-13-45", "v600-positive", "\x00", "\ud7ff", "9" * 400]
)
FORMS = st.dictionaries(st.sampled_from(NAMES) | st.text(max_size=8), st.lists(TEXTS, max_size=3), max_size=8)


@given(sent=FORMS, do=st.sampled_from(["save", "amend", "", "drop"]))
@settings(max_examples=15, deadline=None)
def test_no_form_breaks_the_review(opened, sent, do):
    client, address = opened
    kept = {
        name: fields(client.get(address, base_url=BASE).text)[name] for name in ("csrf", "revision", "token")
    }

    answer = client.post(f"{address}/form", data={**kept, **sent, "do": do}, base_url=BASE)

    page = client.get(address, base_url=BASE)
    assert answer.status_code in {303, 400, 403}
    assert (page.status_code, "Save draft" in page.text) == (200, True)
