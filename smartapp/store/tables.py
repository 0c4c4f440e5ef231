"""The tables. In clear are only random ids, keyed hashes, kinds, times and who did what; never patient data."""

from sqlalchemy import (
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
APPEND_ONLY = {
    "sqlite": tuple(
        f"CREATE TRIGGER IF NOT EXISTS audit_{event.lower()} BEFORE {event} ON audit "
        "BEGIN SELECT RAISE(ABORT, 'append only'); END"
        for event in ("UPDATE", "DELETE")
    ),
    # Of many workers that start at once one makes them: CREATE OR REPLACE fails when two do it together.
    "postgresql": (
        """DO $do$ BEGIN
        PERFORM pg_advisory_xact_lock(hashtext('audit_append_only'));
        IF NOT EXISTS (SELECT FROM pg_trigger
            WHERE tgrelid = 'audit'::regclass AND tgname = 'audit_append_only' AND tgenabled <> 'D') THEN
            CREATE OR REPLACE FUNCTION audit_append_only() RETURNS trigger AS $body$
                BEGIN RAISE EXCEPTION 'append only'; END $body$ LANGUAGE plpgsql;
            DROP TRIGGER IF EXISTS audit_append_only ON audit;
            CREATE TRIGGER audit_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit
                EXECUTE FUNCTION audit_append_only();
        END IF; END $do$""",
    ),
}
"""What makes the database itself refuse to change or remove a line, whoever asks; done again it changes nothing."""
GUARD = Table(
    "guard",
    TABLES,
    Column("name", String(64), primary_key=True),
    Column("count", Integer, nullable=False),
    Column("expires", Float(53), index=True, nullable=False),
)
