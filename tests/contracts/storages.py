"""The storages that keep the contracts, each with what their tests have to know of it."""

from dataclasses import dataclass, fields

import application.storage
from adapters.memory.storage import memory_storage as storage_in_memory
from adapters.sql.engine import Database
from adapters.sql.storage import sql_storage as storage_in
from adapters.sql.tables import metadata


@dataclass(frozen=True, kw_only=True, slots=True)
class Storage(application.storage.Storage):
    """`overlaps`: two units of work can be open at once; elsewhere the second waits until the first has ended."""

    overlaps: bool


def memory_storage() -> Storage:
    return _tested(storage_in_memory(), overlaps=False)


def sql_storage(database: Database) -> Storage:
    """Emptied first: that takes milliseconds, making and migrating another database a tenth of a second."""
    empty(database)
    return _tested(storage_in(database), overlaps=not database.is_sqlite)


def empty(database: Database) -> None:
    statements = [f"DELETE FROM {table.name}" for table in reversed(metadata.sorted_tables)]
    with database.writing() as connection:
        # PostgreSQL takes them all in one round trip.
        for statement in statements if database.is_sqlite else [";".join(statements)]:
            connection.exec_driver_sql(statement)
        connection.commit()


def _tested(storage: application.storage.Storage, *, overlaps: bool) -> Storage:
    return Storage(
        **{field.name: getattr(storage, field.name) for field in fields(application.storage.Storage)}, overlaps=overlaps
    )
