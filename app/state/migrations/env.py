"""Alembic's entry: runs on the connection that the opener hands over, inside its transaction."""

from alembic import context

from app.state.tables import METADATA

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=METADATA,
    render_as_batch=True,
    transactional_ddl=True,
)
context.run_migrations()
