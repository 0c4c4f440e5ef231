"""A token that ends while a chart is read: renewed once, for all threads."""

import time
from dataclasses import dataclass

from fakes_ehr import FakeEhr, Reply, serving
from fakes_hooks import searchset

from smartapp.facts import Gap
from smartapp.sources import http
from smartapp.sources.access import Once
from smartapp.sources.asks import Ask
from smartapp.sources.ehr import Reader


@dataclass
class Renewable:
    """An access whose token can be renewed so many times."""

    now: str = "old"
    renewals: int = 1
    asked: int = 0

    def token(self):
        return self.now

    def refresh(self):
        self.asked += 1
        if self.asked > self.renewals:
            return None
        self.now = f"new{self.asked}"
        return self.now


class Strict(FakeEhr):
    """Lets one token in."""

    def answer(self, query, token):
        resource = {"resourceType": query.partition("?")[0], "id": "1"}
        return Reply(body=searchset(resource)) if token == "Bearer new1" else Reply(status=401)


ASKS = [Ask(type=name, query=f"{name}?patient=p1") for name in ("Condition", "Observation", "Procedure")]


def test_a_token_that_has_ended_is_renewed_once_for_all_and_the_questions_repeated():
    access = Renewable()
    with serving(Strict()) as ehr, http.session() as session:
        reader = Reader(http=session, base=ehr.base, access=Once(access), deadline=time.monotonic() + 3)

        found = reader.read(ASKS)

    assert (len(found.resources), found.unread, access.asked) == (3, (), 1)


def test_without_a_new_token_it_is_said_that_the_access_has_ended():
    access = Renewable(renewals=0)
    with serving(Strict()) as ehr, http.session() as session:
        reader = Reader(http=session, base=ehr.base, access=Once(access), deadline=time.monotonic() + 3)

        found = reader.read(ASKS)

        assert len(ehr.asked) == 3
    assert access.asked == 1
    assert found.unread[0].text == (
        "Access to Condition was refused (401): the access has ended; launch again from the EHR."
    )


def test_a_new_token_that_is_refused_too_is_not_renewed_again():
    access = Renewable(now="older", renewals=5)
    with serving() as ehr, http.session() as session:
        ehr.default = Reply(status=401)
        reader = Reader(http=session, base=ehr.base, access=Once(access), deadline=time.monotonic() + 3)

        found = reader.read(ASKS)

        assert 4 <= len(ehr.asked) <= 6  # who asks late starts with the new token
    assert (access.asked, {unread.gap for unread in found.unread}) == (1, {Gap.NOT_GRANTED})
