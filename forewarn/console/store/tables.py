"""The tables as they are now. The migrations make them; a test holds one against the other.

Times are UTC epoch milliseconds (``_ms``). What is asked for stands in columns, the whole record beside it as JSON.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Double,
    ForeignKey,
    Identity,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    UniqueConstraint,
    text,
)

from alerts.record import Alert, Passage
from forewarn.console.alarms.alarm import Alarm
from forewarn.console.store.columns import NUMBER, Kept, Words
from forewarn.records import Outcome

METADATA: Final = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
    }
)
_STILL_OPEN: Final = text("state <> 'normal'")
_FALSE: Final = text("disposed = 'false_alarm'")
_LIVE: Final = text("state = 'live'")

ALARMS: Final = Table(
    "alarms",
    METADATA,
    Column("id", Words, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("vehicle", Words, nullable=False),
    Column("carrier", Words),
    Column("kind", Words, nullable=False),
    Column("segment_id", Words, nullable=False),  # empty where it is about none: null would be unique beside null
    Column("state", Words, nullable=False),
    Column("raised_ms", BigInteger, nullable=False),
    Column("shelved_until_ms", BigInteger),
    Column("disposed", Words),
    Column("false_because", Words),
    Column("content", Kept(Alarm), nullable=False),
    Index(
        "alarms_open",
        "vehicle",
        "kind",
        "segment_id",
        unique=True,
        sqlite_where=_STILL_OPEN,
        postgresql_where=_STILL_OPEN,
    ),
    Index("alarms_raised", "raised_ms", "id"),
    Index("alarms_vehicle", "vehicle", "raised_ms"),
    Index("alarms_segment", "segment_id", "raised_ms"),
    Index("alarms_false", "raised_ms", "segment_id", sqlite_where=_FALSE, postgresql_where=_FALSE),
)

OCCASIONS: Final = Table(
    "occasions",
    METADATA,
    Column("alarm_id", Words, ForeignKey("alarms.id", ondelete="CASCADE"), primary_key=True),
    Column("occasion", Words, primary_key=True),
    Index("occasions_occasion", "occasion"),
    sqlite_with_rowid=False,
)

JOURNAL: Final = Table(
    "journal",
    METADATA,
    Column("number", NUMBER, Identity(always=True), primary_key=True),
    Column("at_ms", BigInteger, nullable=False),
    Column("who", Words, nullable=False),
    Column("what", Words, nullable=False),
    Column("alarm_id", Words),
    Column("vehicle", Words),
    Column("carrier", Words),
    Column("facts", JSON, nullable=False),
    Index("journal_at", "at_ms", "number"),
    Index("journal_alarm", "alarm_id", "number"),
    sqlite_autoincrement=True,
)

ALERTS: Final = Table(
    "alerts",
    METADATA,
    Column("id", Words, primary_key=True),
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("vehicle", Words, nullable=False),
    Column("kind", Words, nullable=False),
    Column("state", Words, nullable=False),
    Column("segment_id", Words),
    Column("at_ms", BigInteger, nullable=False),
    Column("prompted", Boolean, nullable=False),
    Column("content", Kept(Alert), nullable=False),
    Index("alerts_at", "at_ms", "prompted"),
    Index("alerts_vehicle", "vehicle", "at_ms"),
    Index("alerts_segment", "segment_id", "at_ms"),
)

PASSAGES: Final = Table(
    "passages",
    METADATA,
    Column("id", Words, primary_key=True),
    Column("vehicle", Words, nullable=False),
    Column("segment_id", Words, nullable=False),
    Column("at_ms", BigInteger, nullable=False),
    Column("content", Kept(Passage), nullable=False),
    Index("passages_at", "at_ms"),
    Index("passages_vehicle", "vehicle", "at_ms"),
    Index("passages_segment", "segment_id", "at_ms"),
)

OUTCOMES: Final = Table(
    "outcomes",
    METADATA,
    Column("alert_id", Words, primary_key=True),
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("at_ms", BigInteger, nullable=False),
    Column("content", Kept(Outcome), nullable=False),
    Index("outcomes_at", "at_ms"),
)

POSITIONS: Final = Table(
    "positions",
    METADATA,
    Column("vehicle", Words, primary_key=True),
    Column("time_ms", BigInteger, primary_key=True, autoincrement=False),
    Column("lon", Double, nullable=False),
    Column("lat", Double, nullable=False),
    Column("speed_kmh", Double),
    Column("heading_deg", Double),
    Column("driver", Words),
    Index("positions_time", "time_ms"),
    sqlite_with_rowid=False,
)

LATEST: Final = Table(
    "latest",
    METADATA,
    Column("vehicle", Words, primary_key=True),
    Column("time_ms", BigInteger, nullable=False),
    Column("lon", Double, nullable=False),
    Column("lat", Double, nullable=False),
    Column("speed_kmh", Double),
    Column("heading_deg", Double),
    Column("driver", Words),
    sqlite_with_rowid=False,
)

OFFSETS: Final = Table(
    "offsets",
    METADATA,
    Column("source", Words, primary_key=True),
    Column("topic", Words, primary_key=True),
    Column("part", Integer, primary_key=True, autoincrement=False),
    Column("next", BigInteger, nullable=False),
)

ACCOUNTS: Final = Table(
    "accounts",
    METADATA,
    Column("name", Words, primary_key=True),
    Column("role", Words, nullable=False),
    Column("carrier", Words),
    Column("language", Words, nullable=False),
    Column("disabled", Boolean, nullable=False),
    Column("password_hash", Words),
    Column("issuer", Words),
    Column("subject", Words),
    Column("made_ms", BigInteger, nullable=False),
    Column("changed_ms", BigInteger, nullable=False),
    UniqueConstraint("issuer", "subject"),
)

SESSIONS: Final = Table(
    "sessions",
    METADATA,
    Column("token_hash", Words, primary_key=True),
    Column("account", Words, ForeignKey("accounts.name", ondelete="CASCADE"), nullable=False),
    Column("began_ms", BigInteger, nullable=False),
    Column("seen_ms", BigInteger, nullable=False),
    Index("sessions_account", "account"),
)

SEGMENT_FILES: Final = Table(
    "segment_files",
    METADATA,
    Column("number", NUMBER, Identity(always=True), primary_key=True),
    Column("state", Words, nullable=False),
    Column("hash", Words, nullable=False),
    Column("parent", NUMBER, ForeignKey("segment_files.number")),
    Column("who", Words, nullable=False),
    Column("why", Words, nullable=False),
    Column("made_ms", BigInteger, nullable=False),
    Column("live_ms", BigInteger),
    Column("content", LargeBinary, nullable=False),
    Index("segment_files_live", "state", unique=True, sqlite_where=_LIVE, postgresql_where=_LIVE),
    sqlite_autoincrement=True,
)
