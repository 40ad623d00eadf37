"""What was brought here from another site, in SQL."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, exists, func, insert, literal_column, select, tuple_, update

from adapters.sql.engine import Database
from adapters.sql.muted import parameters_of
from adapters.sql.tables import accounts, comments, flasky, names, posts
from adapters.sql.visibility import visible_posts
from application.ports.flasky import Brought
from domain.flasky import Kind
from domain.identifiers import username_key
from domain.roles import Reader

# In the words of the indexes, which are of users alone. With a parameter no database would use them.
_IS_USER = flasky.c.kind == literal_column("'user'")
_MEMBERS = select(flasky.c.made_id).where(_IS_USER)
_WITH_IDS = {Kind.USER: accounts, Kind.POST: posts, Kind.COMMENT: comments}


class SqlBroughtThings:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def find(self, kind: Kind, numbers: Sequence[int]) -> dict[int, Brought]:
        if not numbers:
            return {}
        rows = self._connection.execute(
            select(flasky).where(flasky.c.kind == kind.value, flasky.c.number.in_(numbers), flasky.c.followed == 0)
        )
        return {row.number: Brought(kind, row.number, row.made_id, name=row.name) for row in rows}

    def find_follows(self, pairs: Sequence[tuple[int, int]]) -> set[tuple[int, int]]:
        if not pairs:
            return set()
        rows = self._connection.execute(
            select(flasky.c.number, flasky.c.followed).where(
                flasky.c.kind == Kind.FOLLOW.value, tuple_(flasky.c.number, flasky.c.followed).in_(pairs)
            )
        )
        return {(row.number, row.followed) for row in rows}

    def add(self, things: Sequence[Brought]) -> None:
        if things:
            self._connection.execute(
                insert(flasky),
                [
                    {
                        "kind": thing.kind.value,
                        "number": thing.number,
                        "followed": thing.followed,
                        "made_id": thing.made_id,
                        "name": thing.name,
                    }
                    for thing in things
                ],
            )

    def is_old_user(self, account_id: int) -> bool:
        found = select(exists().where(_IS_USER, flasky.c.made_id == account_id))
        return bool(self._connection.execute(found).scalar_one())

    def taken(self, kind: Kind, ids: Sequence[int]) -> set[int]:
        if not ids:
            return set()
        id = _WITH_IDS[kind].c.id
        return set(self._connection.execute(select(id).where(id.in_(ids))).scalars())

    def note_visit(self, account_id: int, at: datetime) -> None:
        self._connection.execute(update(accounts).where(accounts.c.id == account_id).values(last_seen_at=at))


class SqlFlaskyFeeds:
    def __init__(self, database: Database) -> None:
        self._database = database

    def username(self, reader: Reader | None, old_username: str) -> str:
        exact = _MEMBERS.where(flasky.c.name == old_username).limit(1)
        alike = (
            _MEMBERS.join_from(flasky, names, names.c.account_id == flasky.c.made_id)
            .where(names.c.key == username_key(old_username))
            .limit(1)
        )
        member = func.coalesce(exact.scalar_subquery(), alike.scalar_subquery())
        found = select(accounts.c.username).where(accounts.c.id == member, ~accounts.c.deleted)
        return str(self._database.row(found).username)

    def post_id(self, reader: Reader | None, number: int) -> int:
        made = select(flasky.c.made_id).where(
            flasky.c.kind == Kind.POST.value, flasky.c.number == number, flasky.c.followed == 0
        )
        found = visible_posts(reader, select(posts.c.id)).where(posts.c.id.in_(made))
        return int(self._database.row(found, parameters_of(reader)).id)
