"""Indexes that are put aside while their tables are filled: to make one from all rows at once takes a fraction of the
time."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from sqlalchemy import Connection, bindparam, text

from adapters.sql.filling.progress import Steps

# As the databases themselves say it, so that they are the same again. Those of keys stay.
_ON_SQLITE = text(
    "SELECT name, tbl_name AS of_table, sql AS made FROM sqlite_master"
    " WHERE type = 'index' AND sql IS NOT NULL AND tbl_name IN :tables ORDER BY rootpage"
)
_ON_POSTGRESQL = text(
    "SELECT indexrelid::regclass::text AS name, indrelid::regclass::text AS of_table,"
    " pg_get_indexdef(indexrelid) AS made FROM pg_index"
    " WHERE indrelid::regclass::text IN :tables AND NOT indisunique ORDER BY indexrelid"
)
# How many rows could be added while an index gets one.
_OF_TOKENS, _OF_NUMBERS = 2.0, 0.05


class Indexes:
    """Those of these tables. `sizes` says how many rows there will be, by the name of the table."""

    def __init__(self, connection: Connection, sizes: Mapping[str, int]) -> None:
        self._connection = connection
        found = _ON_SQLITE if connection.dialect.name == "sqlite" else _ON_POSTGRESQL
        named = found.bindparams(bindparam("tables", expanding=True))
        rows = connection.execute(named, {"tables": list(sizes)}).all()
        self._made = {row.name: row.made for row in rows}
        self._weights = {row.name: int(sizes[row.of_table] * _weight(row.made)) for row in rows}
        self.weight = sum(self._weights.values())

    @contextmanager
    def put_aside(self, steps: Steps) -> Iterator[None]:
        """They are back at the end. All of it is in the transaction of the connection."""
        for name in self._made:
            self._connection.exec_driver_sql(f"DROP INDEX {name}")
        yield
        for name, made in self._made.items():
            steps.done(f"index {name}", 0)
            self._connection.exec_driver_sql(made)
            steps.done(f"index {name}", self._weights[name])


def _weight(made: str) -> float:
    return _OF_TOKENS if "USING gin" in made else _OF_NUMBERS
