"""The storages that the contract tests run on, each with what the tests have to know about it."""

from collections.abc import Callable
from dataclasses import dataclass, fields
from pathlib import Path

import application.storage
from adapters.memory.storage import memory_storage as storage_in_memory
from adapters.sql.engine import Database
from adapters.sql.storage import sql_storage as storage_in
from adapters.sql.tables import metadata
from tests.contracts.guide import example


@dataclass(frozen=True, kw_only=True, slots=True)
class Storage(application.storage.Storage):
    """`overlaps`: two units of work can be open at once; elsewhere the second waits until the first has ended."""

    overlaps: bool


def memory_storage() -> Storage:
    return _tested(storage_in_memory(), overlaps=False)


def journal_storage(path: Path) -> Storage:
    """The example of docs/building/writing-a-storage.md, with what is in that file."""
    return _tested(example().journal_storage(path), overlaps=False)


# By name, what makes an empty storage in a new folder. The databases are not here: they need a server or a migration.
STORAGES: dict[str, Callable[[Path], Storage]] = {
    "memory": lambda _: memory_storage(),
    "journal": lambda folder: journal_storage(folder / "journal"),
}


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
