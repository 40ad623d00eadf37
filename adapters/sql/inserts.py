"""INSERT … ON CONFLICT. Both databases have it, but SQLAlchemy has one class for each."""

from importlib import import_module
from typing import Any

from sqlalchemy import Connection


def insert_or_ignore(connection: Connection, table: Any, *conflict: str) -> Any:
    """INSERT … ON CONFLICT (columns) DO NOTHING. The `rowcount` of the result says whether a row was added."""
    statement = insert_into(connection, table).on_conflict_do_nothing(index_elements=conflict)
    return statement.execution_options(preserve_rowcount=True)


def insert_into(connection: Connection, table: Any) -> Any:
    """An INSERT that can have ON CONFLICT. Imports only the dialect in use, because imports slow down every start."""
    return import_module(f"sqlalchemy.dialects.{connection.dialect.name}").insert(table)
