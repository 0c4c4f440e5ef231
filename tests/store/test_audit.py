"""The audit trail keeps its lines in order, sealed where they name somebody."""

from datetime import UTC, datetime, timedelta, timezone

from smartapp.store import AuditLine, Store

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)


def test_the_lines_of_a_review_come_in_the_order_they_were_added():
    store = Store("sqlite://")
    store.audit.note("r1", "opened", who="Practitioner/d", at=NOON)
    store.audit.note("r2", "opened", who=None, at=NOON)
    store.audit.note(
        "r1",
        "signed",
        who="Practitioner/d",
        at=NOON.astimezone(timezone(timedelta(hours=2))),
        detail={"name": "Dr. Hale"},
    )

    lines = store.audit.of("r1")

    assert lines == [
        AuditLine(what="opened", who="Practitioner/d", at=NOON, detail=None),
        AuditLine(what="signed", who="Practitioner/d", at=NOON, detail={"name": "Dr. Hale"}),
    ]
    store.close()


def test_a_line_whose_key_is_gone_is_kept_without_its_detail(tmp_path):
    url = f"sqlite:///{tmp_path}/s.sqlite3"
    before, after = Store(url), Store(url)
    before.audit.note("r1", "signed", who=None, at=NOON, detail={"name": "Dr. Hale"})

    lines = after.audit.of("r1")

    assert lines == [AuditLine(what="signed", who=None, at=NOON, detail=None)]
    before.close()
    after.close()
