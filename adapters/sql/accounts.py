"""Members, who follows whom, and the counters of both."""

from collections.abc import Mapping
from importlib import import_module
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, delete, or_, select, update

from adapters.sql.tables import accounts, follows, posts, site_totals
from application.ports import Tally, Total
from domain.accounts import Account, Email, Username
from domain.display import Language, Theme
from domain.errors import NotFound, TryAgain
from domain.following import Follow
from domain.ids import time_of
from domain.roles import Role


def insert_or_ignore(connection: Connection, table: Any, *conflict: str) -> Any:
    """INSERT … ON CONFLICT (columns) DO NOTHING, which both databases have and SQLAlchemy spells twice. The result's
    `rowcount` says whether anything was added."""
    statement = insert_into(connection, table).on_conflict_do_nothing(index_elements=conflict)
    return statement.execution_options(preserve_rowcount=True)


def insert_into(connection: Connection, table: Any) -> Any:
    """An INSERT that can be told ON CONFLICT. The other dialect is not even imported, which would cost every start."""
    return import_module(f"sqlalchemy.dialects.{connection.dialect.name}").insert(table)


def account_of(row: Row[Any]) -> Account:
    return Account(
        id=row.id,
        username=Username(row.username),
        email=Email(row.email),
        password_hash=row.password_hash,
        role=Role(row.role),
        confirmed=row.confirmed,
        disabled=row.disabled,
        deleted=row.deleted,
        name=row.name,
        location=row.location,
        about_me=row.about_me,
        language=Language(row.language),
        theme=Theme(row.theme),
        token_generation=row.token_generation,
        version=row.version,
    )


def _values(account: Account) -> dict[str, Any]:
    return {
        "username": account.username.text,
        "username_key": account.username.key,
        "email": account.email.text,
        "email_key": account.email.key,
        "password_hash": account.password_hash,
        "role": account.role.value,
        "confirmed": account.confirmed,
        "disabled": account.disabled,
        "deleted": account.deleted,
        "name": account.name,
        "location": account.location,
        "about_me": account.about_me,
        "language": account.language.value,
        "theme": account.theme.value,
        "token_generation": account.token_generation,
    }


# How many rows make up a total of the site.
SHARDS = 8


class SqlAccounts:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def get(self, account_id: int) -> Account:
        account = self._find(accounts.c.id == account_id)
        if account is None:
            raise NotFound()
        return account

    def find_by_username(self, key: str) -> Account | None:
        return self._find(accounts.c.username_key == key)

    def find_by_email(self, key: str) -> Account | None:
        return self._find(accounts.c.email_key == key)

    def add(self, account: Account) -> bool:
        counters = dict.fromkeys(("post_count", "comment_count", "follower_count", "following_count"), 0)
        added = self._connection.execute(
            insert_or_ignore(self._connection, accounts, "email_key").values(
                id=account.id,
                version=account.version,
                last_seen_at=time_of(account.id),
                **_values(account),
                **counters,
            )
        )
        return bool(added.rowcount)

    def save(self, account: Account) -> None:
        saved = self._connection.execute(
            update(accounts)
            .where(accounts.c.id == account.id, accounts.c.version == account.version)
            .values(version=account.version + 1, **_values(account))
        )
        if not saved.rowcount:
            raise TryAgain()
        account.version += 1

    def lock_administrators(self) -> list[int]:
        found = self._connection.execute(
            select(accounts.c.id)
            .where(
                accounts.c.role == Role.ADMINISTRATOR.value,
                accounts.c.confirmed,
                ~accounts.c.disabled,
                ~accounts.c.deleted,
            )
            .order_by(accounts.c.id)
            .with_for_update()
        )
        return list(found.scalars())

    def _find(self, condition: ColumnElement[bool]) -> Account | None:
        row = self._connection.execute(select(accounts).where(condition)).one_or_none()
        return None if row is None else account_of(row)


class SqlFollows:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, follow: Follow) -> bool:
        added = self._connection.execute(
            insert_or_ignore(self._connection, follows, "follower_id", "followed_id").values(
                id=follow.id, follower_id=follow.follower_id, followed_id=follow.followed_id
            )
        )
        return bool(added.rowcount)

    def remove(self, follower_id: int, followed_id: int) -> bool:
        removed = self._connection.execute(
            delete(follows).where(follows.c.follower_id == follower_id, follows.c.followed_id == followed_id)
        )
        return bool(removed.rowcount)

    def some_of(self, account_id: int, limit: int) -> list[Follow]:
        rows = self._connection.execute(
            select(follows)
            .where(or_(follows.c.follower_id == account_id, follows.c.followed_id == account_id))
            .limit(limit)
        )
        return [Follow(id=row.id, follower_id=row.follower_id, followed_id=row.followed_id) for row in rows]


class SqlTallies:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, changes: Mapping[int, Tally]) -> None:
        for account_id, change in sorted(item for item in changes.items() if item[1] != Tally()):
            counters = {
                accounts.c.post_count: change.posts,
                accounts.c.comment_count: change.comments,
                accounts.c.follower_count: change.followers,
                accounts.c.following_count: change.following,
            }
            self._connection.execute(
                update(accounts)
                .where(accounts.c.id == account_id)
                .values({column: column + amount for column, amount in counters.items() if amount})
            )

    def add_comments(self, post_id: int, count: int) -> None:
        self._connection.execute(
            update(posts).where(posts.c.id == post_id).values(comment_count=posts.c.comment_count + count)
        )

    def add_to_site(self, changes: Mapping[Total, int], *, shard_of: int) -> None:
        if not changes:
            return
        added = insert_into(self._connection, site_totals)
        self._connection.execute(
            added.on_conflict_do_update(
                index_elements=["name", "shard"], set_={"amount": site_totals.c.amount + added.excluded.amount}
            ),
            [
                {"name": total.value, "shard": shard_of % SHARDS, "amount": change}
                for total, change in sorted(changes.items(), key=lambda item: item[0].value)
            ],
        )
