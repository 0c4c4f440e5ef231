"""The audit trail grows and never changes: the database itself refuses."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from smartapp.store.audit import Audit
from smartapp.store.database import Database
from smartapp.store.sealing import Seal, fresh_key

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize("statement", ["UPDATE audit SET what = 'x'", "DELETE FROM audit"])
def test_lines_can_be_added_and_neither_changed_nor_removed(database_url, statement):
    database = Database(database_url)
    audit = Audit(lambda: database, Seal((fresh_key(),)))
    audit.note("append-only", "saved", who=None, at=NOW)

    with pytest.raises(SQLAlchemyError), database.begin() as connection:
        connection.execute(text(statement))

    assert {line.what for line in audit.of("append-only")} == {"saved"}
    database.engine.dispose()
