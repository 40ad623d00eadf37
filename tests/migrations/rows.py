"""The revisions, and a row in every table of any of them."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, MetaData, Table, create_engine, func, pool, select, types

import migrations
from adapters.sql.tables import is_of_fts

ROOT = Path(migrations.__file__).parent.parent


def scripts() -> ScriptDirectory:
    config = Config()
    config.set_main_option("script_location", str(ROOT / "migrations"))
    return ScriptDirectory.from_config(config)


def revisions() -> list[str]:
    """From the first to the newest."""
    return [script.revision for script in scripts().walk_revisions()][::-1]


@contextmanager
def connected(url: str) -> Iterator[Connection]:
    engine = create_engine(url, poolclass=pool.NullPool)
    try:
        with engine.begin() as connection:
            yield connection
    finally:
        engine.dispose()


def tables_of(connection: Connection) -> list[Table]:
    """Those that are there, each after what it points to."""
    found = MetaData()
    found.reflect(connection, only=lambda name, _: not is_of_fts(name))
    return [table for table in found.sorted_tables if table.name != "alembic_version"]


def fill(url: str) -> None:
    """One row in each table that has none."""
    with connected(url) as connection:
        for table in tables_of(connection):
            if not count(connection, table):
                connection.execute(table.insert().values({column.name: value(column.type) for column in table.c}))


def value(kind: types.TypeEngine[Any]) -> object:
    """Ids are all 1, so that whatever points to something points to something that is there."""
    match kind:
        case types.Boolean():
            return True
        case types.Integer():
            return 1
        case types.DateTime():
            return datetime(2026, 1, 5, 12, tzinfo=UTC)
        case types.String():
            return "x"
    raise AssertionError(f"there is no value for {kind!r} yet")


def count(connection: Connection, table: Table) -> int:
    return int(connection.execute(select(func.count()).select_from(table)).scalar_one())


def rows(url: str) -> dict[str, int]:
    with connected(url) as connection:
        return {table.name: count(connection, table) for table in tables_of(connection)}
