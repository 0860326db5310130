"""The SQL tables after the newest migration."""

from enum import StrEnum

from sqlalchemy import JSON, Column, Enum, Float, ForeignKey, Index, Integer, MetaData, String, Table, Text

from app.state.domain import FeedbackKind, Role, RunStatus

METADATA = MetaData()


def _one_of(kind: type[StrEnum]) -> Enum:
    """Text that is read as a member of an enumeration."""
    return Enum(kind, native_enum=False, length=16, values_callable=list)


RUNS = Table(
    "runs",
    METADATA,
    Column("id", String(40), primary_key=True),
    Column("question", Text, nullable=False),
    Column("status", _one_of(RunStatus), nullable=False),
    Column("created_at", String(32), nullable=False),
    Column("finished_at", String(32)),
    Column("owner", String(64)),
    Column("worker", String(120), nullable=False),
    Column("lease_until", Float, nullable=False),
    Column("sufficiency", String(16)),
    Column("answer", JSON),
    Column("manifest", JSON),
    Index("runs_by_time", "created_at"),
    Index("runs_by_status", "status"),
)

RUN_EVENTS = Table(
    "run_events",
    METADATA,
    Column("run", String(40), ForeignKey("runs.id", ondelete="CASCADE"), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("name", String(16), nullable=False),
    Column("data", JSON, nullable=False),
)

FEEDBACK = Table(
    "feedback",
    METADATA,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("run", String(40), ForeignKey("runs.id", ondelete="CASCADE"), nullable=False),
    Column("sentence", Integer),
    Column("kind", _one_of(FeedbackKind), nullable=False),
    Column("comment", Text, nullable=False),
    Column("owner", String(64)),
    Column("created_at", String(32), nullable=False),
    Index("feedback_by_run", "run"),
)

API_KEYS = Table(
    "api_keys",
    METADATA,
    Column("id", String(16), primary_key=True),
    Column("name", String(120), nullable=False),
    Column("role", _one_of(Role), nullable=False),
    Column("salt", String(64), nullable=False),
    Column("hash", String(64), nullable=False),
    Column("created_at", String(32), nullable=False),
    Column("revoked_at", String(32)),
    Column("expires_at", String(32)),
)
