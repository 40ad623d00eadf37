"""A hand-made page of Flask for each page of the site: one statement of SQLAlchemy Core, one short template, and
nothing else. It checks nothing, sets no headers, keeps no log, and knows one language. For a member one more statement
reads who that is.

Statements are built once, as a page of the site would have them. The API's POST writes into a table of its own.
"""

import json
import secrets
import time
from collections.abc import Callable
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from flask import Flask, Response, render_template, request
from sqlalchemy import (
    BigInteger,
    Column,
    Engine,
    Index,
    MetaData,
    Row,
    Select,
    Table,
    Text,
    bindparam,
    create_engine,
    event,
    exists,
    insert,
    make_url,
    null,
    select,
    union_all,
)

from adapters.sql.tables import accounts, comments, follows, posts, sessions

Rows = Callable[..., list[Row[Any]]]

PER_PAGE, COMMENTS = 20, 30
# What the API's POST writes: into a database of its own on SQLite, which has one writer at a time.
WRITTEN = "benchmark_posts"

_LISTED = (posts.c.hidden_by.is_(None), posts.c.deleted_at.is_(None))
_CARDS = (
    select(
        posts.c.id,
        posts.c.title,
        posts.c.excerpt_html,
        posts.c.cut,
        posts.c.comment_count,
        posts.c.like_count,
        posts.c.tags,
        accounts.c.username,
        accounts.c.name,
    )
    .join_from(posts, accounts, posts.c.author_id == accounts.c.id)
    .where(*_LISTED)
)
_WHOLE = (
    select(
        posts.c.id,
        posts.c.title,
        posts.c.body,
        posts.c.body_html,
        posts.c.version,
        posts.c.comment_count,
        posts.c.like_count,
        posts.c.tags,
        accounts.c.username,
    )
    .join_from(posts, accounts, posts.c.author_id == accounts.c.id)
    .where(*_LISTED)
)
_FOLLOWED = exists().where(follows.c.follower_id == bindparam("reader"), follows.c.followed_id == posts.c.author_id)
_THEIRS = select(posts.c.id).join_from(follows, posts, follows.c.followed_id == posts.c.author_id)


def _page(listed: Select[Any]) -> Select[Any]:
    """One row more, which says whether there are older ones."""
    return listed.order_by(posts.c.id.desc()).limit(PER_PAGE + 1)


VIEWER = (
    select(accounts.c.id, accounts.c.username, accounts.c.name)
    .join_from(sessions, accounts, sessions.c.account_id == accounts.c.id)
    .where(sessions.c.id == bindparam("session"))
)
NEWEST = _page(_CARDS)
BEFORE = _page(_CARDS.where(posts.c.id < bindparam("before")))
FOLLOWING = _page(_CARDS.where(_FOLLOWED))
# By author: it suits who follows few, as the one above suits who follows many.
FOLLOWING_FEW = _page(
    _CARDS.where(posts.c.id.in_(_page(_THEIRS.where(follows.c.follower_id == bindparam("reader"), *_LISTED))))
)
PERSON = (
    select(
        accounts.c.id.label("account_id"),
        accounts.c.username,
        accounts.c.name,
        accounts.c.about_me,
        accounts.c.post_count,
        accounts.c.follower_count,
        accounts.c.following_count,
        posts.c.id,
        posts.c.title,
        posts.c.excerpt_html,
        posts.c.cut,
        posts.c.comment_count,
        posts.c.like_count,
        posts.c.tags,
    )
    .join_from(accounts, posts, posts.c.author_id == accounts.c.id)
    .where(accounts.c.username_key == bindparam("username"), *_LISTED)
    .order_by(posts.c.author_id.desc(), posts.c.id.desc())
    .limit(PER_PAGE + 1)
)
_BELOW = (
    select(comments.c.id, null().label("title"), comments.c.body_html, accounts.c.username, comments.c.like_count)
    .join_from(comments, accounts, comments.c.author_id == accounts.c.id)
    .where(comments.c.post_id == bindparam("post"), comments.c.deleted_at.is_(None))
    .order_by(comments.c.id)
    .limit(COMMENTS + 1)
)
POST = union_all(
    select(posts.c.id, posts.c.title, posts.c.body_html, accounts.c.username, posts.c.like_count)
    .join_from(posts, accounts, posts.c.author_id == accounts.c.id)
    .where(posts.c.id == bindparam("post"), *_LISTED),
    select(_BELOW.subquery()),
)
WHOLE = _page(_WHOLE)
WHOLE_FOLLOWING = _page(_WHOLE.where(_FOLLOWED))
# What an ETag of the first page is made of.
VERSIONS = _page(select(posts.c.id, posts.c.version, posts.c.comment_count, posts.c.like_count).where(*_LISTED))


def limit(database_url: str) -> Flask:
    app = Flask(__name__)
    read = create_engine(database_url, isolation_level="AUTOCOMMIT")

    def rows(statement: Any, **parameters: Any) -> list[Row[Any]]:
        with read.connect() as connection:
            return list(connection.execute(statement, parameters))

    _add_lists(app, rows)
    _add_others(app, rows)
    _add_api(app, rows, writing_engine(database_url))
    return app


def _add_lists(app: Flask, rows: Rows) -> None:
    def show(who: Row[Any] | None, found: list[Row[Any]]) -> str:
        return render_template("list.html", viewer=who, posts=found[:PER_PAGE], more=len(found) > PER_PAGE, date=_date)

    @app.get("/")
    def home() -> str:
        who, before = _viewer(rows), request.args.get("before")
        return show(who, rows(BEFORE, before=int(before)) if before else rows(NEWEST))

    def timeline(statement: Any) -> str:
        who = _viewer(rows)
        assert who is not None
        return show(who, rows(statement, reader=who.id))

    app.add_url_rule("/following", "following", lambda: timeline(FOLLOWING))
    app.add_url_rule("/following-few", "following_few", lambda: timeline(FOLLOWING_FEW))


def _add_others(app: Flask, rows: Rows) -> None:
    @app.get("/posts/<int:post>")
    def post(post: int) -> str:
        who = _viewer(rows)
        first, *below = rows(POST, post=post)
        return render_template("post.html", viewer=who, post=first, comments=below[:COMMENTS], date=_date)

    @app.get("/@<username>")
    def person(username: str) -> str:
        who = _viewer(rows)
        found = rows(PERSON, username=username.lower())
        shown, more = found[:PER_PAGE], len(found) > PER_PAGE
        return render_template("person.html", viewer=who, person=found[0], posts=shown, more=more, date=_date)

    @app.get("/unchanged")
    def unchanged() -> Response:
        """The first page, for who has it."""
        answer = Response()
        answer.set_etag(sha256(repr(rows(VERSIONS)).encode()).hexdigest()[:32], weak=True)
        answer.make_conditional(request)
        return answer


def _add_api(app: Flask, rows: Rows, writing: Engine) -> None:
    add = insert(_written(writing))

    @app.get("/api/v1/posts/")
    def post_list() -> Response:
        return _json({"posts": [_whole(row) for row in rows(WHOLE)[:PER_PAGE]]})

    @app.get("/api/v1/timeline/<int:reader>")
    def timeline(reader: int) -> Response:
        return _json({"posts": [_whole(row) for row in rows(WHOLE_FOLLOWING, reader=reader)[:PER_PAGE]]})

    @app.post("/api/v1/posts/")
    def publish() -> tuple[Response, int]:
        sent = request.get_json()
        made = {"id": time.time_ns() // 1_000_000 << 20 | secrets.randbits(20), "author_id": 1, "body": sent["body"]}
        with writing.begin() as connection:
            connection.execute(add, made)
        return _json(made), 201


def _viewer(rows: Rows) -> Row[Any] | None:
    session = request.cookies.get("session")
    return rows(VIEWER, session=int(session))[0] if session else None


def writing_engine(database_url: str) -> Engine:
    """On SQLite a file of its own beside the database."""
    url = make_url(database_url)
    if url.get_backend_name() != "sqlite":
        return create_engine(url)
    engine = create_engine(url.set(database=f"{url.database}.limit"))

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _record: object) -> None:
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "busy_timeout=5000"):
            connection.execute(f"PRAGMA {pragma}")

    return engine


def make_written(database_url: str) -> None:
    """The table into which the API's POST writes."""
    engine = writing_engine(database_url)
    _written(engine).create(engine, checkfirst=True)
    engine.dispose()


def drop_written(database_url: str) -> None:
    engine = writing_engine(database_url)
    _written(engine).drop(engine, checkfirst=True)
    engine.dispose()


def _written(engine: Engine) -> Table:
    return Table(
        WRITTEN,
        MetaData(),
        Column("id", BigInteger, primary_key=True, autoincrement=False),
        Column("author_id", BigInteger, nullable=False),
        Column("body", Text, nullable=False),
        Index(f"ix_{WRITTEN}", "author_id", "id"),
    )


def _date(id: int) -> str:
    return f"{datetime.fromtimestamp((id >> 20) / 1000, UTC):%d %B %Y}"


def _whole(row: Row[Any]) -> dict[str, Any]:
    return {
        "id": str(row.id),
        "title": row.title or None,
        "body": row.body,
        "body_html": row.body_html,
        "tags": row.tags.split(),
        "timestamp": datetime.fromtimestamp((row.id >> 20) / 1000, UTC).isoformat(),
        "version": row.version,
        "author": row.username,
        "comment_count": row.comment_count,
        "like_count": row.like_count,
    }


def _json(found: Any) -> Response:
    return Response(json.dumps(found, ensure_ascii=False, separators=(",", ":")), mimetype="application/json")
