"""The tables. Whoever changes one writes a migration; a test compares the two."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, DateTime, ForeignKey, Index, MetaData, String, Text, func, text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}
HASH = String(64)
NOW = func.current_timestamp()


class Base(DeclarativeBase):
    """Root of the tables."""

    metadata = MetaData(naming_convention=NAMES)
    type_annotation_map = {datetime: DateTime(timezone=True), dict[str, Any]: JSON}  # noqa: RUF012  # SQLAlchemy's way


class CallRow(Base):
    """A call as the judge was shown it: masked unless the batch said otherwise. `id` is a digest of its content."""

    __tablename__ = "calls"
    id: Mapped[str] = mapped_column(HASH, primary_key=True)
    call_id: Mapped[str] = mapped_column(Text, index=True)
    transcript: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(server_default=NOW)


class ReviewRow(Base):
    """A review with its provenance; never changed once written, which triggers see to. `key` says what made it."""

    __tablename__ = "reviews"
    key: Mapped[str] = mapped_column(HASH, primary_key=True)
    call: Mapped[str] = mapped_column(HASH, ForeignKey("calls.id"), index=True)
    company: Mapped[str] = mapped_column(Text)
    model: Mapped[str] = mapped_column(Text, index=True)
    score: Mapped[float | None]
    tokens_in: Mapped[int] = mapped_column(BigInteger)
    tokens_out: Mapped[int] = mapped_column(BigInteger)
    cost_usd: Mapped[float | None]
    latency_ms: Mapped[int] = mapped_column(BigInteger)
    review: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(server_default=NOW)


class MomentRow(Base):
    """One moment of a review, for questions over many calls; the review itself holds all of it."""

    __tablename__ = "moments"
    review: Mapped[str] = mapped_column(HASH, ForeignKey("reviews.key", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    first_turn: Mapped[int]
    last_turn: Mapped[int]
    verdict: Mapped[str | None] = mapped_column(String(20))
    attribution: Mapped[str] = mapped_column(String(20))
    confidence: Mapped[float]
    principles: Mapped[str] = mapped_column(Text)


class BatchRow(Base):
    """A batch; the counters move in the same transaction as the items that they count."""

    __tablename__ = "batches"
    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    recipe: Mapped[dict[str, Any]]
    state: Mapped[str] = mapped_column(String(20), index=True)
    stopped_because: Mapped[str] = mapped_column(Text, default="")
    round: Mapped[int] = mapped_column(default=0)
    read: Mapped[int] = mapped_column(default=0)
    read_all: Mapped[bool] = mapped_column(default=False)
    done: Mapped[int] = mapped_column(default=0)
    failed: Mapped[int] = mapped_column(default=0)
    reused: Mapped[int] = mapped_column(default=0)
    tokens_in: Mapped[int] = mapped_column(BigInteger, default=0)
    tokens_out: Mapped[int] = mapped_column(BigInteger, default=0)
    cost_usd: Mapped[float] = mapped_column(default=0.0)
    max_cost: Mapped[float | None]
    created_at: Mapped[datetime] = mapped_column(server_default=NOW)
    updated_at: Mapped[datetime] = mapped_column(server_default=NOW, onupdate=NOW)


class ItemRow(Base):
    """One call of a batch. Of several with one key only `leads` is judged; the others share what becomes of it."""

    __tablename__ = "batch_items"
    batch: Mapped[str] = mapped_column(String(40), ForeignKey("batches.id", ondelete="CASCADE"), primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True)
    source: Mapped[str] = mapped_column(Text)
    position: Mapped[int]
    ends_source: Mapped[bool]
    call_id: Mapped[str | None] = mapped_column(Text)
    call: Mapped[str | None] = mapped_column(HASH, ForeignKey("calls.id"))
    key: Mapped[str | None] = mapped_column(HASH)
    leads: Mapped[bool]
    status: Mapped[str] = mapped_column(String(10))
    reason: Mapped[str] = mapped_column(Text, default="")
    reused: Mapped[bool] = mapped_column(default=False)
    deferred_in: Mapped[int] = mapped_column(default=-1)
    """The last round in which it had to wait for an answer in a file."""

    __table_args__ = (
        Index(None, "batch", "source", "position", unique=True),
        Index(None, "batch", "key", "status"),
        Index(None, "batch", "status", "seq"),
    )


class EventRow(Base):
    """What happened to a batch, in order."""

    __tablename__ = "events"
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    batch: Mapped[str] = mapped_column(String(40), ForeignKey("batches.id", ondelete="CASCADE"), index=True)
    at: Mapped[datetime] = mapped_column(server_default=NOW)
    kind: Mapped[str] = mapped_column(String(40))
    text: Mapped[str] = mapped_column(Text)


class WorkerTableRow(Base):
    """A process that works on batches, and when it was last heard of."""

    __tablename__ = "workers"
    id: Mapped[str] = mapped_column(String(80), primary_key=True)
    host: Mapped[str] = mapped_column(Text)
    pid: Mapped[int]
    stopped: Mapped[bool] = mapped_column(default=False)
    seen_at: Mapped[float] = mapped_column(server_default=text("0"))


class RequestRow(Base):
    """One model request that is sent in a file; what is answered is never sent again. `body` goes with the answer."""

    __tablename__ = "model_requests"
    id: Mapped[str] = mapped_column(HASH, primary_key=True)
    batch: Mapped[str] = mapped_column(String(40), index=True)
    body: Mapped[str | None] = mapped_column(Text)
    upload: Mapped[str | None] = mapped_column(Text)
    answer: Mapped[str | None] = mapped_column(Text)
    tries: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime] = mapped_column(server_default=NOW)
