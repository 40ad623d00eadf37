"""A database that is filled as one of a large community is: the same few people have very many of everything, and the
newest things are hidden, deleted or somebody else's."""

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any

from sqlalchemy import Connection, Table, select, update

from adapters.sql.engine import Database
from adapters.sql.inserts import insert_into
from adapters.sql.tables import comments, metadata, posts
from tests.contracts.crowded import Crowded

# So many rows of each kind are written by use cases, and so many copies are made of each.
ROWS, COPIES = 30, 60
# Every member of the crowd writes so many posts, and so many comments.
WRITTEN = 4
# No list shows them, or they are one row, or the index of SQLite that triggers fill.
_LEFT_OUT = {"site", "site_totals", "heartbeat", "incidents", "rate_limits", "once_keys", "search_segments"}
# Copies of a text have an x and a number behind it.
_UNIQUE = {"username", "username_key", "email", "email_key", "search_text", "names_text", "secret_hash", "code", "key"}
_BATCH = 2_000


class Filled(Crowded):
    """`rows` says how many each table has."""

    def __init__(self, database: Database) -> None:
        super().__init__(database, ROWS)
        self.rows: dict[str, int] = {}
        with database.writing() as connection:
            found = {table: connection.execute(select(table)).mappings().all() for table in _tables()}
            of_all = {row["id"] for rows in found.values() for row in rows if "id" in row}
            soup = next(row["id"] for row in found[metadata.tables["tags"]] if row["name"] == "soup")
            copied = of_all - {self.ada.id, self.weary.id, self.post.id, self.comment.id, soup}
            there: dict[Table, set[int]] = {}
            for table, rows in found.items():
                _insert(connection, table, _with_keys(table, _copies(rows, copied), there))
                if "id" in table.c:
                    there[table] = set(connection.execute(select(table.c.id)).scalars())
            self._let_all_write(connection, found)
            connection.commit()

    def _let_all_write(self, connection: Connection, found: dict[Table, Sequence[Any]]) -> None:
        """Of what the crowd writes, a half is in no list, and that is the newest."""
        crowd = [row["id"] for row in found[metadata.tables["accounts"]] if row["username"].startswith("m")]
        last = 0
        for table, thing in ((posts, self.post), (comments, self.comment)):
            (one,) = (row for row in found[table] if row["id"] == thing.id)
            last = max(row["id"] for row in found[table])
            written = (
                dict(one) | {"id": last + (step * WRITTEN + number) * 1_000 + copy + 1, "author_id": id + copy}
                for step, id in enumerate(crowd)
                for number in range(WRITTEN)
                for copy in range(COPIES)
            )
            _insert(connection, table, written)
            middle = last + len(crowd) * WRITTEN * 500
            newest = update(table).where(table.c.id > middle)
            connection.execute(newest.where(table.c.id % 2 == 0).values(hidden_by=1))
            connection.execute(newest.where(table.c.id % 2 == 1).values(deleted_at=self.now, deleted_by=1))


def _tables() -> list[Table]:
    return [table for table in metadata.sorted_tables if table.name not in _LEFT_OUT]


def _copies(rows: Sequence[Any], copied: set[int]) -> Iterator[dict[str, Any]]:
    """What is copied gets other ids, which are those of the copies wherever they are named."""
    for row in rows:
        for copy in range(1, COPIES):
            yield {
                name: value + copy
                if value in copied
                else f"{value}x{copy}"
                if value and (name in _UNIQUE or (name == "name" and "leads_to" in row))
                else value
                for name, value in row.items()
            }


def _with_keys(table: Table, rows: Iterator[dict[str, Any]], there: dict[Table, set[int]]) -> Iterator[dict[str, Any]]:
    """Without what belongs to a copy that was not made."""
    keys = [(key.parent.name, there[key.column.table]) for key in table.foreign_keys]
    return (row for row in rows if all(row[name] is None or row[name] in ids for name, ids in keys))


def _insert(connection: Connection, table: Table, rows: Iterator[dict[str, Any]]) -> None:
    """A copy of what belongs to one of those who stay the same, and to nothing else, is there already."""
    adding = insert_into(connection, table).on_conflict_do_nothing()
    while batch := list(islice(rows, _BATCH)):
        connection.execute(adding, batch)
