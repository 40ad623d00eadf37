"""Indexes that are put aside while their tables are filled: to make one from all rows at once takes a fraction of the
time."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from sqlalchemy import Connection, Table, bindparam, text

from adapters.sql.filling.progress import Steps

# As the databases themselves say it, so that they are the same again. Those of keys stay.
_ON_SQLITE = text(
    "SELECT name, sql AS made FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL AND tbl_name IN :tables"
    " ORDER BY rootpage"
)
_ON_POSTGRESQL = text(
    "SELECT indexrelid::regclass::text AS name, pg_get_indexdef(indexrelid) AS made FROM pg_index"
    " WHERE indrelid::regclass::text IN :tables AND NOT indisunique ORDER BY indexrelid"
)


def count_indexes(connection: Connection, tables: Sequence[Table]) -> int:
    return len(_indexes(connection, tables))


@contextmanager
def without_indexes(connection: Connection, tables: Sequence[Table], steps: Steps) -> Iterator[None]:
    """They are back at the end. All of it is in the transaction of the connection."""
    indexes = _indexes(connection, tables)
    for name, _ in indexes:
        connection.exec_driver_sql(f"DROP INDEX {name}")
    yield
    for name, made in indexes:
        connection.exec_driver_sql(made)
        steps.done(f"index {name}", 1)


def _indexes(connection: Connection, tables: Sequence[Table]) -> list[tuple[str, str]]:
    found = _ON_SQLITE if connection.dialect.name == "sqlite" else _ON_POSTGRESQL
    named = found.bindparams(bindparam("tables", expanding=True))
    rows = connection.execute(named, {"tables": [table.name for table in tables]})
    return [(row.name, row.made) for row in rows]
