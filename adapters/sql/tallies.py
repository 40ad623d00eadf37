"""The counters of members, of posts and of the site, in SQL."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import Connection, Select, func, select, update

from adapters.sql.inserts import insert_into
from adapters.sql.tables import accounts, comments, posts, site_totals
from application.ports.tallies import Tally, Total
from domain.overview import Daily, Series

# The number of rows of a total of the site.
SHARDS = 8


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
                accounts.c.picture_bytes: change.picture_bytes,
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

    def add_likes(self, post_id: int, count: int) -> None:
        self._connection.execute(
            update(posts).where(posts.c.id == post_id).values(like_count=posts.c.like_count + count)
        )

    def add_likes_of_comment(self, comment_id: int, count: int) -> None:
        self._connection.execute(
            update(comments).where(comments.c.id == comment_id).values(like_count=comments.c.like_count + count)
        )

    def add_to_site(self, changes: Mapping[Total | Daily, int], *, shard_of: int) -> None:
        if not changes:
            return
        added = insert_into(self._connection, site_totals)
        self._connection.execute(
            added.on_conflict_do_update(
                index_elements=["name", "shard"], set_={"amount": site_totals.c.amount + added.excluded.amount}
            ),
            [
                {"name": name, "shard": shard_of % SHARDS, "amount": change}
                for name, change in sorted((name_of(counter), change) for counter, change in changes.items())
            ],
        )


def name_of(counter: Total | Daily) -> str:
    """The name of the rows of a counter. That of a day begins with it, so that all of some days stand together."""
    return counter.value if isinstance(counter, Total) else f"{counter.day.isoformat()} {counter.series.value}"


def daily_named(name: str) -> Daily:
    day, _, series = name.partition(" ")
    return Daily(Series(series), date.fromisoformat(day))


def total_of(total: Total) -> Select[Any]:
    """A total, for `counted_page`."""
    return select(func.sum(site_totals.c.amount).label("count_of_all")).where(site_totals.c.name == total.value)
