"""Finds in the community what the pages are about: members by how many they follow, a post, a person, a word."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, exists, func, inspect, select

from adapters.sql.engine import Database
from adapters.sql.paging import place
from adapters.sql.tables import accounts, comments, follows, posts, sessions, tags
from adapters.sql.visibility import POST_IS_LISTED, in_order, listed_posts
from domain.roles import Role

MODERATOR = "bench_moderator"
# Posts on a page, and the page that is the deep one, if there are so many.
PER_PAGE = 20
_DEEP = {"S": 500, "L": 40_000}
_MANY, _FEW, _COMMENTS = 200, 10, 30
_NEWEST = in_order(listed_posts(None, select(posts.c.id))).order_by(place(posts.c.id).desc())

Facts = dict[str, str]


def facts_of(database_url: str, size: str) -> Facts:
    """By name. What the community does not have is left out."""
    with _connected(database_url) as connection:

        def one(statement: Any) -> Any:
            return connection.execute(statement).scalar()

        found = {name: one(statement.limit(1)) for name, statement in _MEMBERS.items()}
        found["post"] = one(_post())
        found["tag"] = one(select(tags.c.name).where(tags.c.leads_to == 0).order_by(tags.c.post_count.desc()).limit(1))
        found["posts"] = one(select(func.count()).select_from(_NEWEST.order_by(None).subquery()))
        found["people"] = one(select(func.count()).select_from(accounts))
        depth = min((_DEEP[size] - 1) * PER_PAGE, found["posts"] // 2)
        found["deep"] = one(_NEWEST.offset(depth - 1).limit(1))
        found["newest"] = one(_NEWEST.limit(1))
        body = one(select(posts.c.body).where(posts.c.id == found["newest"]))
        found["word"] = max(re.findall("[a-z]{4,}", str(body)) or ["words"], key=len)
        many = connection.execute(select(accounts.c.id, accounts.c.email).where(accounts.c.username == found["many"]))
        for row in many:
            found["many_id"], found["email_of_many"] = row
    found["moderator"] = MODERATOR
    return {name: str(value) for name, value in found.items() if value is not None}


def is_empty(database_url: str) -> bool:
    """Whether there are no tables, or no people in them."""
    with _connected(database_url) as connection:
        has_tables = inspect(connection).has_table(accounts.name)
        return not has_tables or not connection.execute(select(accounts.c.id).limit(1)).all()


def strangers_in(database_url: str) -> list[str]:
    """The usernames of some whose addresses are not those of the demo: nobody who has a community of their own wants
    its passwords changed."""
    with _connected(database_url) as connection:
        others = select(accounts.c.username).where(~accounts.c.email_key.endswith("@example.com"), ~accounts.c.deleted)
        return list(connection.execute(others.limit(3)).scalars())


def posts_of(database_url: str, username: str, at_most: int) -> list[int]:
    """The newest."""
    with _connected(database_url) as connection:
        author = select(accounts.c.id).where(accounts.c.username == username).scalar_subquery()
        theirs = select(posts.c.id).where(posts.c.author_id == author, *POST_IS_LISTED)
        ordered = theirs.order_by(posts.c.author_id.desc(), posts.c.id.desc())
        return list(connection.execute(ordered.limit(at_most)).scalars())


def session_of(database_url: str, username: str) -> int:
    """The newest session of this member."""
    with _connected(database_url) as connection:
        theirs = select(func.max(sessions.c.id)).join_from(sessions, accounts, sessions.c.account_id == accounts.c.id)
        return int(connection.execute(theirs.where(accounts.c.username == username)).scalar_one())


def _members() -> dict[str, Any]:
    people = select(accounts.c.username).where(
        accounts.c.confirmed, ~accounts.c.disabled, ~accounts.c.deleted, accounts.c.role == Role.USER.value
    )
    follow_count = accounts.c.following_count
    wrote = accounts.alias("wrote")
    reads_writers = exists().where(
        follows.c.follower_id == accounts.c.id, follows.c.followed_id == wrote.c.id, wrote.c.post_count > 0
    )
    reading = people.where(follow_count > 0, reads_writers)
    return {
        "many": reading.order_by(func.abs(follow_count - _MANY), accounts.c.id),
        "few": reading.order_by(func.abs(follow_count - _FEW), accounts.c.id),
        "lots": reading.order_by(follow_count.desc(), accounts.c.id),
        "nobody": people.where(follow_count == 0).order_by(accounts.c.id),
        "silent": people.where(follow_count > 0, ~reads_writers).order_by(follow_count.desc(), accounts.c.id),
        "person": people.order_by(accounts.c.post_count.desc(), accounts.c.id),
    }


_MEMBERS = _members()


def _post() -> Any:
    """One with the fewest of at least so many comments, or else with the most."""
    count = func.count()
    ranked = select(comments.c.post_id, count.label("count")).group_by(comments.c.post_id).subquery()
    lacks = func.abs(ranked.c.count - _COMMENTS) - (ranked.c.count - _COMMENTS)
    listed = select(ranked.c.post_id).join(posts, posts.c.id == ranked.c.post_id).where(*POST_IS_LISTED)
    return listed.order_by(lacks, ranked.c.count, ranked.c.post_id).limit(1)


@contextmanager
def _connected(database_url: str) -> Iterator[Connection]:
    database = Database(database_url)
    try:
        with database.connected() as connection:
            yield connection
    finally:
        database.close()
