"""A reader of a fake EHR, and the smallest things to read with it."""

import time
from contextlib import contextmanager

from fakes_ehr import serving

from smartapp.sources import http
from smartapp.sources.access import Fixed, Once
from smartapp.sources.asks import Ask
from smartapp.sources.ehr import Reader

CONDITIONS = Ask(type="Condition", query="Condition?patient=p1")
OBSERVATIONS = Ask(type="Observation", query="Observation?patient=p1")


def condition(name):
    return {"resourceType": "Condition", "id": name, "subject": {"reference": "Patient/p1"}}


@contextmanager
def reading(*, seconds=3.0, token=None):
    with serving() as ehr, http.session() as session:
        yield (
            ehr,
            Reader(
                http=session, base=ehr.base, access=Once(Fixed(token)), deadline=time.monotonic() + seconds
            ),
        )


def gaps(given):
    return [(unread.type, unread.gap) for unread in given.unread]
