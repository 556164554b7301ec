"""The first schema. On both databases the journal takes new entries only."""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa
from alembic import op

revision: Final = "0001"
down_revision: Final = None

NUMBER = sa.BigInteger().with_variant(sa.Integer, "sqlite")
OPEN: Final = sa.text("state <> 'normal'")
FALSE: Final = sa.text("disposed = 'false_alarm'")
LIVE: Final = sa.text("state = 'live'")

SQLITE: Final = (
    """CREATE TRIGGER journal_no_update BEFORE UPDATE ON journal
    BEGIN SELECT RAISE(ABORT, 'the journal takes new entries only'); END""",
    """CREATE TRIGGER journal_no_delete BEFORE DELETE ON journal
    BEGIN SELECT RAISE(ABORT, 'the journal takes new entries only'); END""",
    # INSERT OR REPLACE deletes without the trigger above
    """CREATE TRIGGER journal_no_replace BEFORE INSERT ON journal
    WHEN EXISTS (SELECT 1 FROM journal WHERE number = NEW.number)
    BEGIN SELECT RAISE(ABORT, 'the journal takes new entries only'); END""",
)
POSTGRESQL: Final = (
    """CREATE FUNCTION forewarn_journal_refuses() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      RAISE EXCEPTION 'the journal takes new entries only' USING ERRCODE = 'integrity_constraint_violation';
    END $$""",
    """CREATE TRIGGER journal_no_change BEFORE UPDATE OR DELETE ON journal
    FOR EACH ROW EXECUTE FUNCTION forewarn_journal_refuses()""",
    """CREATE TRIGGER journal_no_truncate BEFORE TRUNCATE ON journal
    FOR EACH STATEMENT EXECUTE FUNCTION forewarn_journal_refuses()""",
)


def upgrade() -> None:
    """Make all of it."""
    _alarms()
    _journal()
    _records()
    _positions()
    _people()
    op.create_table(
        "segment_files",
        sa.Column("number", NUMBER, sa.Identity(always=True), nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("hash", sa.Text, nullable=False),
        sa.Column("parent", NUMBER),
        sa.Column("who", sa.Text, nullable=False),
        sa.Column("why", sa.Text, nullable=False),
        sa.Column("made_ms", sa.BigInteger, nullable=False),
        sa.Column("live_ms", sa.BigInteger),
        sa.Column("content", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_segment_files"),
        sa.ForeignKeyConstraint(["parent"], ["segment_files.number"], name="fk_segment_files_parent"),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "segment_files_live", "segment_files", ["state"], unique=True, sqlite_where=LIVE, postgresql_where=LIVE
    )


def _alarms() -> None:
    op.create_table(
        "alarms",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("vehicle", sa.Text, nullable=False),
        sa.Column("carrier", sa.Text),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("segment_id", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("raised_ms", sa.BigInteger, nullable=False),
        sa.Column("shelved_until_ms", sa.BigInteger),
        sa.Column("disposed", sa.Text),
        sa.Column("false_because", sa.Text),
        sa.Column("content", sa.JSON, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_alarms"),
    )
    op.create_index(
        "alarms_open",
        "alarms",
        ["vehicle", "kind", "segment_id"],
        unique=True,
        sqlite_where=OPEN,
        postgresql_where=OPEN,
    )
    op.create_index("alarms_raised", "alarms", ["raised_ms", "id"])
    op.create_index("alarms_vehicle", "alarms", ["vehicle", "raised_ms"])
    op.create_index("alarms_segment", "alarms", ["segment_id", "raised_ms"])
    op.create_index("alarms_false", "alarms", ["raised_ms", "segment_id"], sqlite_where=FALSE, postgresql_where=FALSE)
    op.create_table(
        "occasions",
        sa.Column("alarm_id", sa.Text, nullable=False),
        sa.Column("occasion", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("alarm_id", "occasion", name="pk_occasions"),
        sa.ForeignKeyConstraint(["alarm_id"], ["alarms.id"], name="fk_occasions_alarm_id", ondelete="CASCADE"),
        sqlite_with_rowid=False,
    )
    op.create_index("occasions_occasion", "occasions", ["occasion"])


def _journal() -> None:
    op.create_table(
        "journal",
        sa.Column("number", NUMBER, sa.Identity(always=True), nullable=False),
        sa.Column("at_ms", sa.BigInteger, nullable=False),
        sa.Column("who", sa.Text, nullable=False),
        sa.Column("what", sa.Text, nullable=False),
        sa.Column("alarm_id", sa.Text),
        sa.Column("vehicle", sa.Text),
        sa.Column("carrier", sa.Text),
        sa.Column("facts", sa.JSON, nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_journal"),
        sqlite_autoincrement=True,
    )
    op.create_index("journal_at", "journal", ["at_ms", "number"])
    op.create_index("journal_alarm", "journal", ["alarm_id", "number"])
    for statement in SQLITE if op.get_bind().dialect.name == "sqlite" else POSTGRESQL:
        op.execute(statement)


def _records() -> None:
    op.create_table(
        "alerts",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("seq", sa.Integer, nullable=False),
        sa.Column("vehicle", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("segment_id", sa.Text),
        sa.Column("at_ms", sa.BigInteger, nullable=False),
        sa.Column("prompted", sa.Boolean, nullable=False),
        sa.Column("content", sa.JSON, nullable=False),
        sa.PrimaryKeyConstraint("id", "seq", name="pk_alerts"),
    )
    op.create_index("alerts_at", "alerts", ["at_ms", "prompted"])
    op.create_table(
        "passages",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("vehicle", sa.Text, nullable=False),
        sa.Column("segment_id", sa.Text, nullable=False),
        sa.Column("at_ms", sa.BigInteger, nullable=False),
        sa.Column("content", sa.JSON, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_passages"),
    )
    op.create_index("passages_at", "passages", ["at_ms"])
    for table in ("alerts", "passages"):
        op.create_index(f"{table}_vehicle", table, ["vehicle", "at_ms"])
        op.create_index(f"{table}_segment", table, ["segment_id", "at_ms"])
    op.create_table(
        "outcomes",
        sa.Column("alert_id", sa.Text, nullable=False),
        sa.Column("seq", sa.Integer, nullable=False),
        sa.Column("at_ms", sa.BigInteger, nullable=False),
        sa.Column("content", sa.JSON, nullable=False),
        sa.PrimaryKeyConstraint("alert_id", "seq", name="pk_outcomes"),
    )
    op.create_index("outcomes_at", "outcomes", ["at_ms"])
    op.create_table(
        "offsets",
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("topic", sa.Text, nullable=False),
        sa.Column("part", sa.Integer, nullable=False),
        sa.Column("next", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("source", "topic", "part", name="pk_offsets"),
    )


def _positions() -> None:
    for table, key in (("positions", ("vehicle", "time_ms")), ("latest", ("vehicle",))):
        op.create_table(
            table,
            sa.Column("vehicle", sa.Text, nullable=False),
            sa.Column("time_ms", sa.BigInteger, nullable=False),
            sa.Column("lon", sa.Double, nullable=False),
            sa.Column("lat", sa.Double, nullable=False),
            sa.Column("speed_kmh", sa.Double),
            sa.Column("heading_deg", sa.Double),
            sa.Column("driver", sa.Text),
            sa.PrimaryKeyConstraint(*key, name=f"pk_{table}"),
            sqlite_with_rowid=False,
        )
    op.create_index("positions_time", "positions", ["time_ms"])


def _people() -> None:
    op.create_table(
        "accounts",
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("role", sa.Text, nullable=False),
        sa.Column("carrier", sa.Text),
        sa.Column("language", sa.Text, nullable=False),
        sa.Column("disabled", sa.Boolean, nullable=False),
        sa.Column("password_hash", sa.Text),
        sa.Column("issuer", sa.Text),
        sa.Column("subject", sa.Text),
        sa.Column("made_ms", sa.BigInteger, nullable=False),
        sa.Column("changed_ms", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_accounts"),
        sa.UniqueConstraint("issuer", "subject", name="uq_accounts_issuer"),
    )
    op.create_table(
        "sessions",
        sa.Column("token_hash", sa.Text, nullable=False),
        sa.Column("account", sa.Text, nullable=False),
        sa.Column("began_ms", sa.BigInteger, nullable=False),
        sa.Column("seen_ms", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("token_hash", name="pk_sessions"),
        sa.ForeignKeyConstraint(["account"], ["accounts.name"], name="fk_sessions_account", ondelete="CASCADE"),
    )
    op.create_index("sessions_account", "sessions", ["account"])
