"""Whatever is put into a call, the answer is an answer or a refusal, never a fault."""

import copy
import json
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

import smartapp
from smartapp.app import create_app
from smartapp.config import Config
from smartapp.store import Store

CALL = json.loads((Path(smartapp.__file__).parent / "demo" / "1-met.json").read_text(encoding="utf-8"))[
    "request"
]
ODD = [
    None,
    "",
    "x",
    0,
    -1,
    1.5,
    True,
    [],
    {},
    [None],
    [[]],
    {"a": None},
    "2026-13-45",
    "Patient/other",
    "é" * 300,
]


@cache
def _client():
    app = create_app(Config(), store=Store("sqlite://"), clock=lambda: datetime(2026, 6, 1, tzinfo=UTC))
    return app.test_client()


def _places(value, path=()):
    """Every place in the call, as the keys that lead there."""
    members = (
        value.items() if isinstance(value, dict) else enumerate(value if isinstance(value, list) else ())
    )
    for key, item in members:
        yield (*path, key)
        yield from _places(item, (*path, key))


PLACES = list(_places(CALL))


def _changed(changes):
    call = copy.deepcopy(CALL)
    for place, value in changes:
        _put(call, place, value)
    return call


def _put(node, place, value):
    *above, last = place
    for key in above:
        if not isinstance(node, dict | list) or (isinstance(node, list) and not isinstance(key, int)):
            return
        try:
            node = node[key]
        except (KeyError, IndexError):
            return
    if isinstance(node, dict) or (isinstance(node, list) and isinstance(last, int) and last < len(node)):
        node[last] = copy.deepcopy(value)  # a later change may go into it


def test_each_member_of_the_order_may_be_anything():
    order = [place for place in PLACES if place[:2] == ("context", "draftOrders")]

    statuses = {
        _client().post("/cds-services/til-order-sign", json=_changed([(place, value)])).status_code
        for place in order
        for value in ODD
    }

    assert statuses <= {200, 400, 412}


@settings(max_examples=300, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(PLACES), st.sampled_from(ODD)), min_size=1, max_size=3))
def test_a_call_with_anything_in_it_is_answered_or_refused(changes):
    answer = _client().post("/cds-services/til-order-sign", json=_changed(changes))

    assert answer.status_code in {200, 400, 412}
    assert ("cards" in answer.json) is (answer.status_code == 200)
