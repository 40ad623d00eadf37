"""Accounts by their usernames, as parts of statements."""

from typing import Any

from sqlalchemy import ColumnElement, Select, bindparam, func, select

from adapters.sql.tables import accounts, names
from domain.identifiers import username_key

# The statement takes `named` a username.
IS_NAMED = accounts.c.username_key == bindparam("username_key")
# A subquery for the id of the account.
ID_NAMED = select(accounts.c.id).where(IS_NAMED).scalar_subquery()


def named(username: str) -> dict[str, str]:
    """The parameters of a statement about the account with this username, in any case."""
    return {"username_key": username_key(username)}


def id_ever_named(key: str | ColumnElement[str]) -> ColumnElement[int]:
    """A subquery for the id of the account that has this username or had it before."""
    # A process of the version before may have added an account without its row in `names`.
    present = select(accounts.c.id).where(accounts.c.username_key == key).scalar_subquery()
    kept = select(names.c.account_id).where(names.c.key == key).scalar_subquery()
    return func.coalesce(present, kept)


def counter_named(counter: ColumnElement[int]) -> Select[Any]:
    """A counter of a member, for `counted`. There is no row for a deleted member."""
    return select(counter.label("count_of_all")).where(IS_NAMED, ~accounts.c.deleted)
