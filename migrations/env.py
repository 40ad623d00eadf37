"""What Alembic runs. The connection is given by `adapters.sql.migrate`, which also holds the lock."""

import warnings

from alembic import context

from adapters.sql.tables import is_compared, is_of_fts, metadata

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=metadata,
    render_as_batch=True,
    compare_type=True,
    include_name=lambda name, kind, _: kind != "table" or not is_of_fts(name or ""),
    include_object=lambda _, name, *__: is_compared(name, connection.dialect.name),
    transactional_ddl=True,
)
with warnings.catch_warnings(), context.begin_transaction():
    # `is_compared` leaves these indexes out, but Alembic looks at them before it asks.
    warnings.filterwarnings("ignore", "autogenerate skipping metadata-specified expression-based index")
    context.run_migrations()
