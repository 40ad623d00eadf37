"""The public read ports. Every method is one statement, so that it needs no transaction to be consistent."""

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, Text, exists, false, literal_column, or_, select, true, union_all

from adapters.sql.engine import Database
from adapters.sql.pages import page_of, windowed
from adapters.sql.records import (
    CARD,
    COMMENT,
    COMMENTS,
    FACE,
    card_of,
    comment_of,
    detail_of,
    follow_of,
    person,
    profile_of,
)
from adapters.sql.tables import accounts, comments, follows, posts, sessions
from application.feeds import (
    LATELY,
    CommentCard,
    FollowCard,
    Page,
    Place,
    PostCard,
    PostDetail,
    Profile,
    ProfilePage,
    SessionCard,
    Thread,
    TokenReader,
    Viewer,
    Window,
)
from domain.display import Language, Theme
from domain.errors import NotFound
from domain.roles import Reader, Role
from domain.sessions import is_over

_CARDS = select(*CARD, *FACE).join_from(posts, accounts, posts.c.author_id == accounts.c.id)


class SqlFeed:
    def __init__(self, database: Database) -> None:
        self._database = database

    def _rows(self, statement: Any) -> list[Row[Any]]:
        with self._database.reads.connect() as connection:
            return list(connection.execute(statement))

    def _row(self, statement: Any) -> Row[Any]:
        """Raises NotFound."""
        rows = self._rows(statement)
        if not rows:
            raise NotFound()
        return rows[0]


class SqlPostFeeds(SqlFeed):
    def latest(self, window: Window) -> Page[PostCard]:
        return self._cards(_CARDS, window)

    def timeline(self, reader_id: int, window: Window) -> Page[PostCard]:
        followed = exists().where(follows.c.follower_id == reader_id, follows.c.followed_id == posts.c.author_id)
        return self._cards(_CARDS.where(or_(posts.c.author_id == reader_id, followed)), window)

    def thread(self, post_id: int, window: Window, reader: Reader | None) -> Thread:
        below = select(*COMMENT, *FACE).join_from(comments, accounts, comments.c.author_id == accounts.c.id)
        cut = windowed(below.where(comments.c.post_id == post_id), comments.c.id, window, newest_first=False)
        rows = self._rows(union_all(_post_as_row(post_id), select(cut.subquery())))
        top = [row for row in rows if row.is_post]
        if not top:
            raise NotFound()
        detail = detail_of(top[0])
        shown = [row for row in rows if not row.is_post]
        return Thread(
            detail, page_of(shown, window, lambda row: comment_of(row, reader, detail.title), newest_first=False)
        )

    def post(self, post_id: int) -> PostDetail:
        return detail_of(self._row(_post_as_row(post_id)))

    def _cards(self, listed: Select[Any], window: Window) -> Page[PostCard]:
        return page_of(self._rows(windowed(listed, posts.c.id, window)), window, card_of)


def _post_as_row(post_id: int) -> Select[Any]:
    """A post in the shape of a comment's row, so that a thread is one statement: column by column as `COMMENT`."""
    return (
        select(
            true().label("is_post"),
            posts.c.id,
            posts.c.id.label("post_id"),
            posts.c.title,
            posts.c.body,
            posts.c.body_html,
            posts.c.edited_at,
            posts.c.version,
            posts.c.comment_count,
            false().label("hidden"),
            literal_column("''", Text).label("hidden_reason"),
            *FACE,
            false().label("beyond"),
        )
        .join_from(posts, accounts, posts.c.author_id == accounts.c.id)
        .where(posts.c.id == post_id)
    )


class SqlCommentFeeds(SqlFeed):
    def comment(self, comment_id: int, reader: Reader | None) -> CommentCard:
        row = self._row(COMMENTS.where(comments.c.id == comment_id))
        return comment_of(row, reader, row.post_title)

    def place(self, comment_id: int) -> Place:
        row = self._row(
            select(comments.c.id, comments.c.post_id, posts.c.comment_count)
            .join_from(comments, posts)
            .where(comments.c.id == comment_id)
        )
        return Place(row.id, row.post_id, row.comment_count)


class SqlPeopleFeeds(SqlFeed):
    def page(self, username: str, window: Window, reader: Reader | None) -> ProfilePage:
        who = _person(username, reader).subquery("who")
        author_id = select(accounts.c.id).where(accounts.c.username_key == username.lower()).scalar_subquery()
        theirs = windowed(select(*CARD).where(posts.c.author_id == author_id), posts.c.id, window).subquery("theirs")
        rows = self._rows(select(who, theirs).join_from(who, theirs, true(), isouter=True))
        if not rows:
            raise NotFound()
        written = [row for row in rows if row.id is not None]
        return ProfilePage(profile_of(rows[0]), page_of(written, window, card_of))

    def profile(self, username: str, reader: Reader | None) -> Profile:
        return profile_of(self._row(_person(username, reader)))

    def followers(self, account_id: int, window: Window) -> Page[FollowCard]:
        return self._follows(follows.c.followed_id == account_id, follows.c.follower_id, window)

    def following(self, account_id: int, window: Window) -> Page[FollowCard]:
        return self._follows(follows.c.follower_id == account_id, follows.c.followed_id, window)

    def suggestions(self, reader_id: int, limit: int) -> tuple[Profile, ...]:
        lately = select(posts.c.author_id).order_by(posts.c.id.desc()).limit(LATELY)
        followed = exists().where(follows.c.follower_id == reader_id, follows.c.followed_id == accounts.c.id)
        rows = self._rows(
            select(*person(reader_id))
            .where(accounts.c.id.in_(lately), accounts.c.id != reader_id, ~followed)
            .where(~accounts.c.disabled, ~accounts.c.deleted)
            .order_by(accounts.c.follower_count.desc(), accounts.c.id.desc())
            .limit(limit)
        )
        return tuple(map(profile_of, rows))

    def _follows(self, which: ColumnElement[bool], shown: ColumnElement[int], window: Window) -> Page[FollowCard]:
        listed = (
            select(follows.c.id, *FACE)
            .join_from(follows, accounts, accounts.c.id == shown)
            .where(which, ~accounts.c.deleted)
        )
        return page_of(self._rows(windowed(listed, follows.c.id, window)), window, follow_of)


def _person(username: str, reader: Reader | None) -> Select[Any]:
    seen_by = None if reader is None else reader.id
    return select(*person(seen_by)).where(accounts.c.username_key == username.lower(), ~accounts.c.deleted)


class SqlSessionFeeds(SqlFeed):
    def viewer(self, secret_hash: str, at: datetime) -> Viewer | None:
        rows = self._rows(
            select(
                sessions.c.id.label("session_id"),
                sessions.c.remember,
                sessions.c.seen_at,
                accounts.c.id,
                accounts.c.role,
                accounts.c.confirmed,
                accounts.c.username,
                accounts.c.name,
                accounts.c.email,
                accounts.c.language,
                accounts.c.theme,
            )
            .join_from(sessions, accounts)
            .where(sessions.c.secret_hash == secret_hash, ~accounts.c.disabled, ~accounts.c.deleted)
        )
        if not rows:
            return None
        row = rows[0]
        if is_over(id=row.session_id, remember=row.remember, seen_at=row.seen_at, at=at):
            return None
        return Viewer(
            id=row.id,
            role=Role(row.role),
            confirmed=row.confirmed,
            username=row.username,
            name=row.name,
            email=row.email,
            language=Language(row.language),
            theme=Theme(row.theme),
            session_id=row.session_id,
            seen_at=row.seen_at,
        )

    def reader(self, account_id: int) -> Reader:
        row = self._row(
            select(accounts.c.id, accounts.c.role, accounts.c.confirmed).where(
                accounts.c.id == account_id, ~accounts.c.disabled, ~accounts.c.deleted
            )
        )
        return Reader(id=row.id, role=Role(row.role), confirmed=row.confirmed)

    def token_reader(self, account_id: int) -> TokenReader:
        row = self._row(
            select(
                accounts.c.id,
                accounts.c.role,
                accounts.c.confirmed,
                accounts.c.username,
                accounts.c.token_generation,
            ).where(accounts.c.id == account_id, ~accounts.c.disabled, ~accounts.c.deleted)
        )
        return TokenReader(
            id=row.id,
            role=Role(row.role),
            confirmed=row.confirmed,
            username=row.username,
            token_generation=row.token_generation,
        )

    def of_account(self, account_id: int, at: datetime) -> tuple[SessionCard, ...]:
        rows = self._rows(select(sessions).where(sessions.c.account_id == account_id).order_by(sessions.c.id.desc()))
        return tuple(
            SessionCard(id=row.id, device=row.device, remember=row.remember, seen_at=row.seen_at)
            for row in rows
            if not is_over(id=row.id, remember=row.remember, seen_at=row.seen_at, at=at)
        )
