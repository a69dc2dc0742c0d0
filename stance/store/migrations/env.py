"""Runs the migrations over the connection that stance.store.connect hands over, inside its transaction."""

from alembic import context

from stance.store.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    transactional_ddl=False,  # the caller's transaction holds it all
    render_as_batch=True,
)
context.run_migrations()
