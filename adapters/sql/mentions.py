"""Whom a text may mention, in SQL."""

from collections.abc import Collection, Mapping

from sqlalchemy import select

from adapters.sql.engine import Database
from adapters.sql.lookups import has_row
from adapters.sql.muted import READER
from adapters.sql.tables import accounts, mutes, names

_BLOCKS = has_row(mutes.c.owner_id == READER, mutes.c.other_id == accounts.c.id, mutes.c.blocked)
_IS_BLOCKED = has_row(mutes.c.owner_id == accounts.c.id, mutes.c.other_id == READER, mutes.c.blocked)
_NAMED = (
    select(names.c.key, accounts.c.id).join_from(names, accounts).where(~accounts.c.deleted, ~_BLOCKS, ~_IS_BLOCKED)
)


class SqlMentionFeeds:
    def __init__(self, database: Database) -> None:
        self._database = database

    def mentionable(self, author_id: int, keys: Collection[str]) -> Mapping[str, int]:
        rows = self._database.rows(_NAMED.where(names.c.key.in_(keys)), {"reader_id": author_id})
        return {row.key: row.id for row in rows}
