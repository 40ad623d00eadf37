"""Comments in threads, in lists and one by one."""

from typing import Any

from sqlalchemy import (
    CompoundSelect,
    Row,
    Select,
    Text,
    bindparam,
    cast,
    false,
    literal_column,
    null,
    select,
    true,
    union_all,
)
from sqlalchemy.types import BigInteger, Integer

from adapters.sql.answers import NO_ANSWERS, answers_of, with_answers
from adapters.sql.engine import Database
from adapters.sql.kept import kept
from adapters.sql.liked import liked_comment
from adapters.sql.member_names import MEMBER_NAME, member_name_of
from adapters.sql.muted import mute_by, mute_of, parameters_of
from adapters.sql.paging import counted_page, kept_bounded, owned_by, page_of, place, windowed
from adapters.sql.posts.feeds import detail_of, standing, standing_of
from adapters.sql.tables import accounts, comments, posts
from adapters.sql.tallies import total_of
from adapters.sql.visibility import (
    absence,
    comments_in_order,
    listed_comments,
    posts_of_one,
    visible_comments,
    visible_posts,
)
from application.ports.comments import OTHERS_SHOWN, CommentCard, CommentPosition, Thread
from application.ports.paging import Counted, Window
from application.ports.posts import PostLink
from application.ports.tallies import Total
from domain.comments import may_see_reason, may_see_text
from domain.roles import Reader

# The columns of a comment on the page of its author.
_OF_ONE = (
    comments.c.id,
    comments.c.post_id,
    comments.c.body,
    comments.c.body_html,
    comments.c.edited_at,
    comments.c.version,
    comments.c.like_count,
    comments.c.hidden,
    comments.c.hidden_reason,
    comments.c.hidden_by,
    comments.c.reply_to,
    posts.c.title.label("post_title"),
)
# One statement reads a post and its comments. So the row of a post and the row of a comment have the same columns.
_COMMENT = (
    false().label("is_post"),
    comments.c.id,
    comments.c.post_id,
    literal_column("''", Text).label("title"),
    comments.c.body,
    comments.c.body_html,
    comments.c.edited_at,
    comments.c.version,
    literal_column("0", Integer).label("comment_count"),
    comments.c.like_count,
    null().label("tags"),
    cast(null(), BigInteger).label("picture_id"),
    comments.c.hidden,
    comments.c.hidden_reason,
    comments.c.hidden_by,
    comments.c.reply_to,
    false().label("closed"),
    *MEMBER_NAME,
)
_POST = (
    true().label("is_post"),
    posts.c.id,
    posts.c.id.label("post_id"),
    posts.c.title,
    posts.c.body,
    posts.c.body_html,
    posts.c.edited_at,
    posts.c.version,
    posts.c.comment_count,
    posts.c.like_count,
    posts.c.tags,
    posts.c.picture_id,
    false().label("hidden"),
    posts.c.hidden_reason,
    posts.c.hidden_by,
    null().label("reply_to"),
    posts.c.closed,
    *MEMBER_NAME,
    false().label("beyond"),
)
_TOP = select(*_POST).join_from(posts, accounts, posts.c.author_id == accounts.c.id)
# Other posts of the author are in the same rows. They are neither a post nor a comment of the thread.
_FILLED = {"id": posts.c.id, "post_id": posts.c.id, "title": posts.c.title, "body_html": posts.c.excerpt_html}
_OTHER = tuple(_FILLED.get(column.name, null()).label(column.name) for column in _POST)
_IDS = select(posts.c.id)
BELOW = (
    select(*_COMMENT)
    .join_from(comments, accounts, comments.c.author_id == accounts.c.id)
    .join(posts, posts.c.id == comments.c.post_id)
)
COMMENTS = BELOW.add_columns(posts.c.title.label("post_title"))
ALL_COMMENTS = comments_in_order(COMMENTS)
# By whether a reader is signed in.
COMMENTS_FOR = {signed_in: COMMENTS.add_columns(liked_comment(signed_in=signed_in)) for signed_in in (False, True)}
_ALL_FOR = {signed_in: ALL_COMMENTS.add_columns(liked_comment(signed_in=signed_in)) for signed_in in (False, True)}
OF_ONE_FOR = {
    signed_in: select(*_OF_ONE, liked_comment(signed_in=signed_in)).join_from(comments, posts)
    for signed_in in (False, True)
}
_PLACE = place(comments.c.id)
_POST_ID = bindparam("post_id", type_=BigInteger())
_ALL_IDS = comments_in_order(select(comments.c.id))
_PLACES = select(comments.c.id, comments.c.post_id, posts.c.comment_count).join_from(comments, posts)


class SqlCommentFeeds:
    def __init__(self, database: Database) -> None:
        self._database = database

    def thread(self, reader: Reader | None, post_id: int, window: Window) -> Thread:
        rows = self._database.kept_rows(_thread(reader, window), {**parameters_of(reader, window), "post_id": post_id})
        found = [row for row in rows if row.is_post]
        if not found:
            raise absence(self._database, post_id)
        post = detail_of(found[0], **standing_of(found[0]))
        shown = [row for row in rows if row.is_post is False]
        beside = sorted((row for row in rows if row.is_post is None), key=lambda row: int(row.id), reverse=True)
        record = lambda row: card_of(row, reader, post.title, **_standing_of(row), **answers_of(row))  # noqa: E731
        links = tuple(PostLink(row.id, row.title, row.body_html) for row in beside)
        return Thread(post, page_of(shown, window, record, newest_first=False), links)

    def latest(self, reader: Reader | None, window: Window) -> Counted[CommentCard]:
        listed = listed_comments(reader, _ALL_FOR[reader is not None])
        if reader is None or not reader.mutes:
            cut = windowed(listed, _PLACE, window)
        else:
            cut = kept_bounded(listed, listed_comments(None, _ALL_IDS), _PLACE, window)
        record = lambda row: listed_card_of(row, reader)  # noqa: E731
        count = total_of(Total.COMMENTS)
        return counted_page(self._database, count, cut, window, record, parameters=parameters_of(reader, window))

    def comment(self, reader: Reader | None, comment_id: int) -> CommentCard:
        asked = visible_comments(reader, COMMENTS).where(comments.c.id == comment_id)
        standing = mute_by(reader, comments.c.author_id), liked_comment(signed_in=reader is not None)
        row = self._database.row(asked.add_columns(*standing), parameters_of(reader))
        return card_of(row, reader, row.post_title, **_standing_of(row))

    def position(self, reader: Reader | None, comment_id: int) -> CommentPosition:
        row = self._database.row(
            visible_comments(reader, _PLACES).where(comments.c.id == comment_id), parameters_of(reader)
        )
        return CommentPosition(row.id, row.post_id, row.comment_count)


@kept
def _thread(reader: Reader | None, window: Window) -> CompoundSelect[Any]:
    top = visible_posts(reader, _TOP).where(posts.c.id == _POST_ID)
    listed = visible_comments(reader, BELOW).where(owned_by(comments.c.post_id, _POST_ID))
    below = windowed(listed, _PLACE, window, newest_first=False, owner=comments.c.post_id).add_columns(
        mute_by(reader, comments.c.author_id),
        false().label("refuses"),
        liked_comment(signed_in=reader is not None),
        false().label("bookmarked"),
        false().label("watched"),
    )
    below = with_answers(reader, below)
    others = select(*_OTHER, *(null() for _ in standing(reader)), *NO_ANSWERS).where(
        posts.c.id.in_(_newest_beside(reader))
    )
    return union_all(top.add_columns(*standing(reader), *NO_ANSWERS), select(below.subquery()), others)


def _newest_beside(reader: Reader | None) -> Select[Any]:
    """The ids of the newest posts of the author of this post, without this one."""
    author = select(posts.c.author_id).where(posts.c.id == _POST_ID).scalar_subquery()
    theirs = posts_of_one(reader, _IDS).where(owned_by(posts.c.author_id, author), posts.c.id != _POST_ID)
    return theirs.order_by(posts.c.author_id.desc(), place(posts.c.id).desc()).limit(OTHERS_SHOWN)


def listed_card_of(row: Row[Any], reader: Reader | None) -> CommentCard:
    return card_of(row, reader, row.post_title, liked=bool(row.liked))


def _standing_of(row: Row[Any]) -> dict[str, bool]:
    return {**mute_of(row), "liked": bool(row.liked)}


def card_of(row: Row[Any], reader: Reader | None, post_title: str, **more: Any) -> CommentCard:
    visible = may_see_text(reader, hidden=row.hidden)
    explained = row.hidden and may_see_reason(reader, author_id=row.member_id)
    return CommentCard(
        id=row.id,
        post_id=row.post_id,
        post_title=post_title,
        author=member_name_of(row),
        author_id=row.member_id,
        body=row.body if visible else None,
        body_html=row.body_html if visible else None,
        edited_at=row.edited_at,
        version=row.version,
        hidden=row.hidden,
        hidden_reason=row.hidden_reason if explained else None,
        hidden_by=row.hidden_by if explained else None,
        like_count=row.like_count,
        reply_to=row.reply_to,
        **more,
    )
