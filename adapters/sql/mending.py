"""Counters in SQL, compared in one statement and counted anew under a lock. The search texts of members."""

from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Row,
    ScalarSelect,
    Select,
    Table,
    and_,
    func,
    insert,
    or_,
    select,
    text,
    update,
)

from adapters.sql.inserts import insert_into
from adapters.sql.member_search import fts_fill, fts_finds
from adapters.sql.members import account_of
from adapters.sql.overview import days_counted
from adapters.sql.tables import (
    accounts,
    comment_likes,
    comments,
    follows,
    moderation_log,
    pictures,
    post_likes,
    post_tags,
    posts,
    site_totals,
    tags,
)
from adapters.sql.tallies import SHARDS
from application.ports.mending import Counter, Drift, Part
from application.ports.tallies import Total
from domain.accounts import Account
from domain.members import names_text, search_text

# How many members, posts, comments or tags `count_everything` counts for in one statement.
_COUNTED = 200
# How many of the oldest and of the newest members are searched for, to see whether the index is behind.
_SEARCHED = 25


def _counting(of: ColumnElement[Any], owner: ColumnElement[Any], *where: ColumnElement[bool]) -> ScalarSelect[int]:
    return select(func.count()).where(of == owner, *where).scalar_subquery()


_POST_IS_LISTED = and_(posts.c.hidden_by.is_(None), posts.c.deleted_at.is_(None))
_COMMENT_IS_THERE = comments.c.deleted_at.is_(None)
_COMMENT_IS_LISTED = and_(_COMMENT_IS_THERE, ~comments.c.absent)


# By counter: the column that holds it, and the statement that counts.
_OF_MEMBERS: dict[Counter, tuple[Column[Any], ScalarSelect[int]]] = {
    Counter.POSTS_OF_MEMBER: (accounts.c.post_count, _counting(posts.c.author_id, accounts.c.id, _POST_IS_LISTED)),
    Counter.COMMENTS_OF_MEMBER: (
        accounts.c.comment_count,
        _counting(comments.c.author_id, accounts.c.id, _COMMENT_IS_LISTED),
    ),
    Counter.FOLLOWERS: (accounts.c.follower_count, _counting(follows.c.followed_id, accounts.c.id)),
    Counter.FOLLOWING: (accounts.c.following_count, _counting(follows.c.follower_id, accounts.c.id)),
    Counter.PICTURE_BYTES: (
        accounts.c.picture_bytes,
        select(func.coalesce(func.sum(pictures.c.size), 0))
        .where(pictures.c.owner_id == accounts.c.id)
        .scalar_subquery(),
    ),
}
_OF_POSTS: dict[Counter, tuple[Column[Any], ScalarSelect[int]]] = {
    Counter.COMMENTS_OF_POST: (posts.c.comment_count, _counting(comments.c.post_id, posts.c.id, _COMMENT_IS_THERE)),
    Counter.LIKES_OF_POST: (posts.c.like_count, _counting(post_likes.c.post_id, posts.c.id)),
}
_OF_COMMENTS: dict[Counter, tuple[Column[Any], ScalarSelect[int]]] = {
    Counter.LIKES_OF_COMMENT: (comments.c.like_count, _counting(comment_likes.c.comment_id, comments.c.id)),
}
_OF_TAGS: dict[Counter, tuple[Column[Any], ScalarSelect[int]]] = {
    # A process of an older version leaves a post under its tags when it hides it.
    Counter.POSTS_OF_TAG: (
        tags.c.post_count,
        _counting(post_tags.c.tag_id, tags.c.id, post_tags.c.post_id == posts.c.id, _POST_IS_LISTED),
    ),
}
_BY_OWNER = ((accounts, _OF_MEMBERS), (posts, _OF_POSTS), (comments, _OF_COMMENTS), (tags, _OF_TAGS))
_OF_SITE: dict[Counter, tuple[Total, Select[Any]]] = {
    Counter.POSTS: (Total.POSTS, select(func.count()).select_from(posts).where(_POST_IS_LISTED)),
    Counter.COMMENTS: (Total.COMMENTS, select(func.count()).select_from(comments).where(_COMMENT_IS_LISTED)),
    Counter.LOG_ENTRIES: (Total.LOG_ENTRIES, select(func.count()).select_from(moderation_log)),
    Counter.MEMBERS: (Total.MEMBERS, select(func.count()).select_from(accounts).where(~accounts.c.deleted)),
}


def count_everything(connection: Connection) -> None:
    """All counters anew, where nobody else writes and the site has no totals. In parts, so that each statement is
    short."""
    for table, counters in _BY_OWNER:
        counted = update(table).values(dict(counters.values()))
        is_wrong = or_(*(column != count for column, count in counters.values()))
        ids = select(table.c.id).order_by(table.c.id).limit(_COUNTED)
        after = 0
        while part := connection.execute(ids.where(table.c.id > after)).scalars().all():
            connection.execute(counted.where(table.c.id.between(part[0], part[-1]), is_wrong))
            after = part[-1]
    amounts = [
        {"name": total.value, "shard": 0, "amount": connection.execute(count).scalar_one()}
        for total, count in _OF_SITE.values()
    ]
    connection.execute(insert(site_totals), amounts + [{"shard": 0, **row} for row in days_counted(connection)])


class SqlCounters:
    """A statement sees one moment, in which a counter and its rows are of the same commits."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def owners(self) -> int:
        counts = [select(func.count()).select_from(table).scalar_subquery() for table, _ in _BY_OWNER]
        return sum(self._connection.execute(select(*counts)).one())

    def of_members(self, after: int, limit: int) -> Part[Drift]:
        return self._part(accounts, _OF_MEMBERS, after, limit)

    def of_posts(self, after: int, limit: int) -> Part[Drift]:
        return self._part(posts, _OF_POSTS, after, limit)

    def of_comments(self, after: int, limit: int) -> Part[Drift]:
        return self._part(comments, _OF_COMMENTS, after, limit)

    def of_tags(self, after: int, limit: int) -> Part[Drift]:
        return self._part(tags, _OF_TAGS, after, limit)

    def of_site(self, counter: Counter) -> Drift | None:
        total, count = _OF_SITE[counter]
        kept = select(func.coalesce(func.sum(site_totals.c.amount), 0)).where(site_totals.c.name == total.value)
        row = self._connection.execute(select(kept.scalar_subquery(), count.scalar_subquery())).one()
        return _drift(counter, 0, *row)

    def recount(self, counter: Counter, owner_id: int) -> None:
        if counter in _OF_SITE:
            self._recount_site(*_OF_SITE[counter])
            return
        table, (column, count) = next(
            (table, counters[counter]) for table, counters in _BY_OWNER if counter in counters
        )
        # The lock that a counting UPDATE takes. Who acts for the member or comments on the post does not wait for it.
        self._connection.execute(select(table.c.id).where(table.c.id == owner_id).with_for_update(key_share=True))
        # A further statement, which sees what was committed until the lock was there. PostgreSQL gives an UPDATE that
        # waits for a row the row that is there now, and its subqueries the rows from before the wait.
        counted = self._connection.execute(select(count).where(table.c.id == owner_id)).scalar_one_or_none()
        if counted is not None:
            self._connection.execute(update(table).where(table.c.id == owner_id).values({column: counted}))

    def _recount_site(self, total: Total, count: Select[Any]) -> None:
        # A row that is missing could not be locked. Whoever is about to add it counts first.
        rows = [{"name": total.value, "shard": shard, "amount": 0} for shard in range(SHARDS)]
        self._connection.execute(
            insert_into(self._connection, site_totals).on_conflict_do_nothing(index_elements=["name", "shard"]), rows
        )
        named = site_totals.c.name == total.value
        amounts = self._connection.execute(
            select(site_totals.c.amount).where(named).order_by(site_totals.c.shard).with_for_update()
        ).scalars()
        missing = self._connection.execute(count).scalar_one() - sum(amounts)
        self._connection.execute(
            update(site_totals).where(named, site_totals.c.shard == 0).values(amount=site_totals.c.amount + missing)
        )

    def _part(
        self, table: Table, counters: dict[Counter, tuple[Column[Any], ScalarSelect[int]]], after: int, limit: int
    ) -> Part[Drift]:
        columns = [column for pair in counters.values() for column in pair]
        some = select(table.c.id, *columns).where(table.c.id > after).order_by(table.c.id).limit(limit)
        rows = self._connection.execute(some).all()
        drifts = (
            _drift(counter, row[0], row[1 + 2 * at], row[2 + 2 * at])
            for row in rows
            for at, counter in enumerate(counters)
        )
        return Part(len(rows), tuple(filter(None, drifts)), rows[-1][0] if rows else None)


def _drift(counter: Counter, owner_id: int, stored: int, counted: int) -> Drift | None:
    return None if stored == counted else Drift(counter, owner_id, int(stored), int(counted))


class SqlSearchTexts:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def stale(self, after: int, limit: int) -> Part[int]:
        some = select(accounts).where(accounts.c.id > after).order_by(accounts.c.id).limit(limit)
        rows = self._connection.execute(some).all()
        behind = tuple(row.id for row in rows if _texts_in(row) != _texts_of(account_of(row)))
        return Part(len(rows), behind, rows[-1].id if rows else None)

    def store(self, account_id: int) -> None:
        # Who saves the account meanwhile waits, and then stores a text that is newer.
        locked = select(accounts).where(accounts.c.id == account_id).with_for_update(key_share=True)
        row = self._connection.execute(locked).one_or_none()
        if row is not None:
            texts = _texts_of(account_of(row))
            self._connection.execute(update(accounts).where(accounts.c.id == row.id).values(texts))

    def is_index_behind(self) -> bool:
        """PostgreSQL keeps its index itself."""
        if self._connection.dialect.name != "sqlite":
            return False
        members = select(accounts.c.id, accounts.c.search_text, accounts.c.names_text).where(~accounts.c.deleted)
        ends = (members.order_by(order).limit(_SEARCHED) for order in (accounts.c.id, accounts.c.id.desc()))
        return any(
            not self._connection.execute(finds).scalar_one()
            for end in ends
            for row in self._connection.execute(end).all()
            for finds in fts_finds(row.id, search_text=row.search_text, names_text=row.names_text)
        )

    def fill_index(self) -> None:
        if self._connection.dialect.name == "sqlite":
            for statement in fts_fill():
                self._connection.execute(text(statement))


def _texts_of(account: Account) -> dict[str, str]:
    return {"search_text": search_text(account), "names_text": names_text(account)}


def _texts_in(row: Row[Any]) -> dict[str, str]:
    return {"search_text": row.search_text, "names_text": row.names_text}
