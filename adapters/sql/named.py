"""Accounts by their usernames, as parts of statements."""

from typing import Any

from sqlalchemy import ColumnElement, Select, func, select

from adapters.sql.tables import accounts, names
from domain.identifiers import username_key


def id_named(username: str) -> ColumnElement[int]:
    """A subquery for the id of the account with this username, in any case."""
    return select(accounts.c.id).where(accounts.c.username_key == username_key(username)).scalar_subquery()


def id_ever_named(key: str | ColumnElement[str]) -> ColumnElement[int]:
    """A subquery for the id of the account that has this username or had it before."""
    # A process of the version before may have added an account without its row in `names`.
    present = select(accounts.c.id).where(accounts.c.username_key == key).scalar_subquery()
    kept = select(names.c.account_id).where(names.c.key == key).scalar_subquery()
    return func.coalesce(present, kept)


def counter_named(username: str, counter: ColumnElement[int]) -> Select[Any]:
    """A counter of a member, for `counted_page`. There is no row for a deleted member."""
    named = accounts.c.username_key == username_key(username)
    return select(counter.label("count_of_all")).where(named, ~accounts.c.deleted)
