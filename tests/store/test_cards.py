"""What is remembered, and that a database that fails stops nobody but says so."""

import logging
from datetime import UTC, datetime

from smartapp.store import Card, Feedback, Store

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
CARD = Card(uuid="c1", service="til-order-sign", policy="TILMelanoma", outcome="met", at=NOW)
FEEDBACK = Feedback(
    card="c1",
    service="til-order-sign",
    outcome="accepted",
    suggestions=("s1",),
    reason_code=None,
    reason_system=None,
    commented=False,
    timestamp="2026-06-01T12:00:00Z",
    at=NOW,
)


def test_cards_and_feedback_survive_the_service(tmp_path):
    url = f"sqlite:///{tmp_path}/store.sqlite3"
    before = Store(url)
    before.issued(CARD)
    before.close()
    after = Store(url)

    known = after.told(FEEDBACK)

    assert known
    assert [row["uuid"] for row in after.rows("cards")] == ["c1"]
    assert [(row["card"], row["suggestions"], row["known"]) for row in after.rows("feedback")] == [
        ("c1", ["s1"], True)
    ]
    after.close()


def test_feedback_about_a_card_that_nobody_gave_is_kept_as_such():
    store = Store("sqlite://")

    assert store.told(FEEDBACK) is False
    assert [row["known"] for row in store.rows("feedback")] == [False]
    store.close()


def test_many_cards_are_all_written():
    store = Store("sqlite://")

    for _ in range(100):
        store.issued(CARD)

    assert len(store.rows("cards")) == 100
    store.close()


def test_a_database_that_fails_makes_the_store_unready_and_its_texts_stay_out_of_the_log(caplog, tmp_path):
    store = Store(f"sqlite:///{tmp_path}/no/such/folder/secret.sqlite3")
    with caplog.at_level(logging.DEBUG, logger="smartapp"):
        store.issued(CARD)
        store.settle()

    assert not store.is_ready()
    assert "database failed kind=OperationalError" in caplog.text
    assert "secret" not in caplog.text
