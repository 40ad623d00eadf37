"""INSERT … ON CONFLICT, which both databases have and SQLAlchemy spells twice."""

from importlib import import_module
from typing import Any

from sqlalchemy import Connection


def insert_or_ignore(connection: Connection, table: Any, *conflict: str) -> Any:
    """INSERT … ON CONFLICT (columns) DO NOTHING. The result's `rowcount` says whether anything was added."""
    statement = insert_into(connection, table).on_conflict_do_nothing(index_elements=conflict)
    return statement.execution_options(preserve_rowcount=True)


def insert_into(connection: Connection, table: Any) -> Any:
    """An INSERT that takes ON CONFLICT. The other dialect is not even imported, which would cost every start."""
    return import_module(f"sqlalchemy.dialects.{connection.dialect.name}").insert(table)
