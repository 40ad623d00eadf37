"""What was brought here from another site, in SQL."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, exists, insert, literal, select, tuple_, union_all, update

from adapters.sql.engine import Database
from adapters.sql.posts import visible_posts
from adapters.sql.tables import accounts, comments, flasky, names, posts
from application.ports.flasky import Brought
from domain.accounts import username_key
from domain.flasky import Kind
from domain.roles import Reader

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
        found = select(exists().where(flasky.c.kind == Kind.USER.value, flasky.c.made_id == account_id))
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
        users = flasky.c.kind == Kind.USER.value
        exact = select(flasky.c.made_id, literal(0).label("place")).where(users, flasky.c.name == old_username)
        alike = (
            select(flasky.c.made_id, literal(1).label("place"))
            .join_from(flasky, names, names.c.account_id == flasky.c.made_id)
            .where(users, names.c.key == username_key(old_username))
        )
        first = union_all(exact, alike).order_by("place").limit(1).subquery()
        found = select(accounts.c.username).join_from(first, accounts, accounts.c.id == first.c.made_id)
        return str(self._database.row(found.where(~accounts.c.deleted)).username)

    def post_id(self, reader: Reader | None, number: int) -> int:
        made = select(flasky.c.made_id).where(
            flasky.c.kind == Kind.POST.value, flasky.c.number == number, flasky.c.followed == 0
        )
        return int(self._database.row(visible_posts(reader, select(posts.c.id)).where(posts.c.id.in_(made))).id)
