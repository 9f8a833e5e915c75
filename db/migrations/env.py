"""Runs the migrations on the connection that it is handed."""

from alembic import context

from db.models import Base

connection = context.config.attributes["connection"]
context.configure(
    connection, target_metadata=Base.metadata, render_as_batch=True, compare_type=True
)
with context.begin_transaction():
    context.run_migrations()
