"""A crowd in SQL: its rows, and what the site keeps beside them, as if each had been written by itself."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, count, repeat
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Connection,
    Integer,
    Select,
    Table,
    Text,
    cast,
    func,
    insert,
    literal,
    select,
)

from adapters.sql.comments.storing import new_comment
from adapters.sql.filling.counting import count_all
from adapters.sql.filling.indexes import Indexes
from adapters.sql.filling.parts import part_of, put, temporary, texts_of
from adapters.sql.filling.progress import Steps
from adapters.sql.filling.transaction import filling
from adapters.sql.moving import SqlRecords
from adapters.sql.posts.storing import new_post
from adapters.sql.searching.columns import FIRST, text_of_comment, text_of_post
from adapters.sql.searching.indexing import SEGMENT
from adapters.sql.tables import (
    comment_likes,
    comments,
    follows,
    notifications,
    post_likes,
    post_tags,
    posts,
    search_segments,
)
from application.ports.filling import Crowd, LikeRows, Progress, ToldRows
from domain.comments import Comment
from domain.notifications import NotificationKind
from domain.posts import Post
from domain.searching.words import VERSION, Kind

# Stands for the author of a text that many write. No text has such a number.
_ANYBODY = 9_000_000_000_000_000_000
# What differs between the rows of one text.
_VARYING = frozenset({"id", "post_id", "author_id", "reply_to", "comment_count"})


class SqlFilling:
    """The port `Filling`, for the database at this URL."""

    def __init__(self, url: str) -> None:
        self._url = url

    def fill(self, crowd: Crowd, progress: Progress) -> None:
        with filling(self._url) as connection:
            records = SqlRecords(connection)
            records.begin()
            records.add(crowd.accounts)
            if crowd.tags:
                records.add(crowd.tags)
            sizes = _sizes_of(crowd)
            indexes = Indexes(connection, sizes)
            steps = Steps(progress, sum(sizes.values()) - sizes[post_tags.name] + indexes.weight)
            with indexes.put_aside(steps):
                _Rows(connection, crowd, steps).put()
            steps.done("counters", 0)
            count_all(connection, crowd)
            steps.done("commit", 0)


def _sizes_of(crowd: Crowd) -> dict[str, int]:
    """How many rows each table will have. Posts have a tag or about so."""
    sizes = {
        posts: len(crowd.posts.id),
        post_tags: len(crowd.posts.id),
        comments: len(crowd.comments.id),
        follows: len(crowd.follows.id),
        post_likes: len(crowd.post_likes.id),
        comment_likes: len(crowd.comment_likes.id),
        notifications: sum(len(rows.id) for rows in crowd.told.values()),
    }
    return {table.name: size for table, size in sizes.items()}


class _Rows:
    def __init__(self, connection: Connection, crowd: Crowd, steps: Steps) -> None:
        self._connection = connection
        self._crowd = crowd
        self._steps = steps

    def put(self) -> None:
        self._posts()
        self._comments()
        self._follows()
        self._likes(post_likes, "post_id", self._crowd.post_likes)
        self._likes(comment_likes, "comment_id", self._crowd.comment_likes)
        for kind, told in self._crowd.told.items():
            self._notifications(kind, told)

    def _posts(self) -> None:
        rows = self._crowd.posts
        written = [Post(id=0, author_id=_ANYBODY, text=text, html=html) for text, html in self._crowd.post_texts]
        texts = self._put_texts(posts, map(new_post, written), map(text_of_post, written))
        tagged = self._put_tags(written)
        part = part_of(posts, "id", "author_id", "text", "comment_count", "like_count", "segment")
        own = [part.c[name] for name in ("id", "author_id", "comment_count", "like_count")]
        under = select(tagged.c.tag_id, part.c.id.label("post_id")).join(part, part.c.text == tagged.c.place)
        columns = (rows.id, rows.author_id, rows.text, rows.comment_count, rows.like_count, _segments())
        into = {posts: _with_text(texts, part, own), post_tags: under.order_by(part.c.id)}
        put(self._connection, part, columns, into, self._steps)
        self._put_segments(Kind.POSTS, rows.id)

    def _comments(self) -> None:
        rows = self._crowd.comments
        written = [
            Comment(
                id=0,
                post_id=0,
                author_id=_ANYBODY,
                body=text.body,
                body_html=text.body_html,
                html_version=text.html_version,
            )
            for text in self._crowd.comment_texts
        ]
        texts = self._put_texts(comments, map(new_comment, written), map(text_of_comment, written))
        part = part_of(comments, "id", "post_id", "author_id", "reply_to", "text", "like_count", "segment")
        reply_to = func.nullif(part.c.reply_to, 0).label("reply_to")
        own = [*(part.c[name] for name in ("id", "post_id", "author_id", "like_count")), reply_to]
        columns = (rows.id, rows.post_id, rows.author_id, rows.reply_to, rows.text, rows.like_count, _segments())
        put(self._connection, part, columns, {comments: _with_text(texts, part, own)}, self._steps)
        self._put_segments(Kind.COMMENTS, rows.id)

    def _follows(self) -> None:
        rows, part = self._crowd.follows, part_of(follows, "id", "follower_id", "followed_id")
        columns = (rows.id, rows.follower_id, rows.followed_id)
        put(self._connection, part, columns, {follows: select(*part.c)}, self._steps)

    def _likes(self, table: Table, thing: str, rows: LikeRows) -> None:
        part = part_of(table, "id", thing, "account_id")
        put(self._connection, part, (rows.id, rows.thing_id, rows.account_id), {table: select(*part.c)}, self._steps)

    def _notifications(self, kind: NotificationKind, rows: ToldRows) -> None:
        names = ("id", "account_id", "thing_id", "part", "first_id", "last_id")
        part = part_of(notifications, *names, "post_id", "comment_id", "unread")
        told = select(
            *(part.c[name] for name in names),
            literal(kind.value).label("kind"),
            func.nullif(part.c.post_id, 0).label("post_id"),
            func.nullif(part.c.comment_id, 0).label("comment_id"),
            (part.c.unread == 1).label("unread"),
        )
        columns = (getattr(rows, column.name) for column in part.c)
        put(self._connection, part, columns, {notifications: told}, self._steps)

    def _put_texts(self, table: Table, rows: Iterable[dict[str, Any]], searched: Iterable[str]) -> Table:
        made = []
        for place, row, search_text in zip(count(), rows, searched, strict=False):
            before, after = search_text.split(str(_ANYBODY))
            same = {name: value for name, value in row.items() if name not in _VARYING}
            made.append(same | {"place": place, "before": before, "after": after})
        texts = texts_of(table, [name for name in made[0] if name in table.c] if made else ())
        texts.create(self._connection)
        if made:
            self._connection.execute(insert(texts), made)
        return texts

    def _put_tags(self, written: Sequence[Post]) -> Table:
        """The tags of each text, by its place."""
        ids = {tag.name: tag.id for tag in self._crowd.tags}
        tagged = temporary("tagged", Column("place", Integer), Column("tag_id", BigInteger))
        tagged.create(self._connection)
        rows = [{"place": place, "tag_id": ids[name]} for place, post in enumerate(written) for name in post.tags]
        if rows:
            self._connection.execute(insert(tagged), rows)
        return tagged

    def _put_segments(self, kind: Kind, ids: Sequence[int]) -> None:
        """As the worker begins them: the first one has no row."""
        later = [
            {"kind": kind.value, "id": FIRST + place, "first_id": id, "begins_id": id, "version": VERSION}
            for place, id in enumerate(ids[::SEGMENT])
            if place
        ]
        if later:
            self._connection.execute(insert(search_segments), later)


def _segments() -> Iterator[int]:
    return chain.from_iterable(repeat(number, SEGMENT) for number in count(FIRST))


def _with_text(texts: Table, part: Table, own: Sequence[ColumnElement[Any]]) -> Select[Any]:
    same = [column for column in texts.c if column.name not in ("place", "before", "after")]
    search_text = texts.c.before + cast(part.c.author_id, Text) + texts.c.after
    searched = (search_text.label("search_text"), part.c.segment.label("search_segment"))
    return select(*own, *same, *searched).join_from(part, texts, texts.c.place == part.c.text).order_by(part.c.id)
