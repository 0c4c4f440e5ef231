"""Whatever is put into a call, the answer is an answer or a refusal, never a fault."""

import json
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st
from odd import ODD, changed, places

import smartapp
from smartapp.app import create_app
from smartapp.config import Config
from smartapp.store import Store

CALL = json.loads((Path(smartapp.__file__).parent / "demo" / "1-met.json").read_text(encoding="utf-8"))[
    "request"
]
PLACES = list(places(CALL))


@cache
def _client():
    app = create_app(Config(), store=Store("sqlite://"), clock=lambda: datetime(2026, 6, 1, tzinfo=UTC))
    return app.test_client()


def test_each_member_of_the_order_may_be_anything():
    order = [place for place in PLACES if place[:2] == ("context", "draftOrders")]

    statuses = {
        _client().post("/cds-services/til-order-sign", json=changed(CALL, [(place, value)])).status_code
        for place in order
        for value in ODD
    }

    assert statuses <= {200, 400, 412}


@settings(max_examples=300, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(PLACES), st.sampled_from(ODD)), min_size=1, max_size=3))
def test_a_call_with_anything_in_it_is_answered_or_refused(changes):
    answer = _client().post("/cds-services/til-order-sign", json=changed(CALL, changes))

    assert answer.status_code in {200, 400, 412}
    assert ("cards" in answer.json) is (answer.status_code == 200)
