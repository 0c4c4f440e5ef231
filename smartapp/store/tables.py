"""The tables. In clear are only random ids, keyed hashes, kinds, times and who did what; never patient data."""

from sqlalchemy import (
    DDL,
    JSON,
    Boolean,
    Column,
    DateTime,
    Float,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    event,
)

TABLES = MetaData()


def _texts(*names: str) -> list[Column[str]]:
    return [Column(name, String, index=name in {"uuid", "card"}) for name in names]


CARDS = Table(
    "cards", TABLES, *_texts("uuid", "service", "policy", "outcome"), Column("at", DateTime(timezone=True))
)
FEEDBACK = Table(
    "feedback",
    TABLES,
    *_texts("card", "service", "outcome", "reason_code", "reason_system", "timestamp"),
    Column("suggestions", JSON),
    Column("commented", Boolean),
    Column("known", Boolean),
    Column("at", DateTime(timezone=True)),
)
VAULT = Table(
    "vault",
    TABLES,
    Column("id", Integer, primary_key=True),
    Column("name", String(64), nullable=False, unique=True),
    Column("group", String(64), index=True),
    Column("version", Integer, nullable=False),
    Column("at", Float(53), nullable=False),
    Column("expires", Float(53), index=True),
    Column("sealed", LargeBinary, nullable=False),
)
AUDIT = Table(
    "audit",
    TABLES,
    Column("id", Integer, primary_key=True),
    Column("review", String, index=True, nullable=False),
    Column("what", String, nullable=False),
    Column("who", String),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("sealed", LargeBinary),
)
_APPEND_ONLY = {
    "sqlite": (
        "CREATE TRIGGER audit_update BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'append only'); END",
        "CREATE TRIGGER audit_delete BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, 'append only'); END",
    ),
    "postgresql": (
        (
            "CREATE OR REPLACE FUNCTION audit_append_only() RETURNS trigger AS $$ "
            "BEGIN RAISE EXCEPTION 'append only'; END $$ LANGUAGE plpgsql"
        ),
        (
            "CREATE TRIGGER audit_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit "
            "EXECUTE FUNCTION audit_append_only()"
        ),
    ),
}
"""The database itself refuses to change or remove a line, whoever asks."""
for _dialect, _statements in _APPEND_ONLY.items():
    for _statement in _statements:
        event.listen(AUDIT, "after_create", DDL(_statement).execute_if(dialect=_dialect))  # type: ignore[no-untyped-call]
GUARD = Table(
    "guard",
    TABLES,
    Column("name", String(64), primary_key=True),
    Column("count", Integer, nullable=False),
    Column("expires", Float(53), index=True, nullable=False),
)
