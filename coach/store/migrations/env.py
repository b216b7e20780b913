"""Run by Alembic: brings the database of the given connection up to date."""

from __future__ import annotations

from alembic import context

from coach.store.models import Base

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=Base.metadata,
    render_as_batch=connection.dialect.name == "sqlite",
    version_table="coach_version",
)
with context.begin_transaction():
    context.run_migrations()
