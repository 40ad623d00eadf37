"""What a reader sees in SQL. Lists hold what is listed, pages show what is visible. `domain.posts.may_see` says the
same."""

from dataclasses import replace
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, literal_column, or_, select

from adapters.sql.engine import Database
from adapters.sql.muted import READER, is_muted
from adapters.sql.restrictions import AT
from adapters.sql.tables import accounts, comments, posts
from domain.errors import NotFound
from domain.joining import Admission
from domain.roles import Permission, Reader

_HIDDEN = select(posts.c.id).where(posts.c.hidden_by.is_not(None), posts.c.deleted_at.is_(None))

# In the lists of visitors.
POST_IS_LISTED = (posts.c.hidden_by.is_(None), posts.c.deleted_at.is_(None))
# The condition of the indexes of people. A parameter in it would keep SQLite from using them.
IS_LISTED = accounts.c.names_text != literal_column("''")
# `not Account.listed`. A process of the version before changes an account, and leaves its names text as it is. Beside a
# condition `NOT deleted`, SQLite would take an index of all members.
_IS_UNLISTED = or_(
    accounts.c.deleted,
    accounts.c.disabled,
    ~accounts.c.confirmed,
    accounts.c.admission.in_([admission.value for admission in Admission if admission.waits]),
)


def listed_posts(reader: Reader | None, listed: Select[Any]) -> Select[Any]:
    """Limits `listed`, which selects from `posts`, to those in the lists of this reader: neither hidden nor deleted,
    and by nobody whom the reader mutes. Every list of posts starts here. `listed` is a constant, because what is built
    from it is kept. The statement takes `parameters_of` the reader."""
    return _listed_posts(listed, reader is not None and reader.mutes)


def posts_of_one(reader: Reader | None, listed: Select[Any]) -> Select[Any]:
    """As `listed_posts`, for the page of one author. It has all of theirs, whoever mutes them."""
    return listed_posts(None if reader is None else replace(reader, mutes=False), listed)


def listed_comments(reader: Reader | None, listed: Select[Any]) -> Select[Any]:
    """The same for lists of comments on any posts. A comment below a hidden or deleted post is in none. Below a post of
    somebody whom the reader mutes, the comments of others are in them."""
    return _listed_comments(listed, reader is not None and reader.mutes)


def comments_of_one(reader: Reader | None, listed: Select[Any]) -> Select[Any]:
    """As `listed_comments`, for the page of one author. It has all of theirs, whoever mutes them."""
    return listed_comments(None if reader is None else replace(reader, mutes=False), listed)


def listed_people(reader: Reader | None, listed: Select[Any]) -> Select[Any]:
    """Limits `listed`, which selects from `accounts`, to the people of the site: neither suspended at the time `AT`,
    nor muted by the reader. Every list of people whom nobody chose starts here."""
    until = accounts.c.suspended_until
    found = listed.where(IS_LISTED, ~_IS_UNLISTED, or_(until.is_(None), until <= AT))
    return found if reader is None or not reader.mutes else found.where(~is_muted(accounts.c.id))


def visible_posts(reader: Reader | None, found: Select[Any]) -> Select[Any]:
    """Limits `found`, which selects from `posts`, to those that this reader may see by their address: none that is
    deleted, and a hidden one only for its author and for moderators. Every page of one post starts here. The statement
    takes `parameters_of` the reader."""
    return found.where(post_is_visible(reader))


def post_is_visible(reader: Reader | None) -> ColumnElement[bool]:
    there, shown = posts.c.deleted_at.is_(None), posts.c.hidden_by.is_(None)
    if reader is None:
        return and_(there, shown)
    if reader.can(Permission.MODERATE):
        return there
    return and_(there, or_(shown, posts.c.author_id == READER))


def visible_comments(reader: Reader | None, found: Select[Any]) -> Select[Any]:
    """Limits `found`, which selects from `comments` and joins `posts`, to those that this reader may see below their
    post or by their address."""
    return visible_posts(reader, found).where(comments.c.deleted_at.is_(None))


def in_order(listed: Select[Any]) -> Select[Any]:
    """For a list of all posts. After an ANALYZE, SQLite would rather walk the primary key, past all that is hidden."""
    return listed.with_hint(posts, "INDEXED BY ix_posts_id_listed", "sqlite")


def comments_in_order(listed: Select[Any]) -> Select[Any]:
    """For a list of all comments."""
    return listed.with_hint(comments, "INDEXED BY ix_comments_id_listed", "sqlite")


def people_in_order(listed: Select[Any]) -> Select[Any]:
    """For a list of all people."""
    return listed.with_hint(accounts, "INDEXED BY ix_accounts_id_listed", "sqlite")


def absence(database: Database, post_id: int) -> NotFound:
    """Why nobody gets this post: it is hidden, or it is not there."""
    return NotFound("hidden" if database.rows(_HIDDEN.where(posts.c.id == post_id)) else "")


@lru_cache(maxsize=64)
def _listed_posts(listed: Select[Any], mutes: bool) -> Select[Any]:
    found = listed.where(*POST_IS_LISTED)
    return found.where(~is_muted(posts.c.author_id)) if mutes else found


@lru_cache(maxsize=64)
def _listed_comments(listed: Select[Any], mutes: bool) -> Select[Any]:
    found = listed.where(comments.c.deleted_at.is_(None), ~comments.c.absent)
    return found.where(~is_muted(comments.c.author_id)) if mutes else found
